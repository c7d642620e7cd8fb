"""Generated pasts on a backend, and all that a simulation makes of them there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from application.simulation import comparing, goodness
from application.simulation.backend import Backend
from domain.facts import LeadFacts
from rules.columnar.plan import ColumnarPlan
from rules.columnar.reach import threshold
from rules.columnar.tables import LeadCase, accounts_table, activities_table, leads_table, outcomes_table
from rules.judging.compiled_rules import CompiledRules
from tests.rules.samples import NOW

MOMENTS = [NOW - timedelta(days=9, microseconds=1), NOW - timedelta(days=2), NOW]
"""When each lead is judged."""
SIDES = {comparing.NEW: 7, comparing.OLD: 5}
"""Both versions; each governs all leads but every so manieth."""


def fill(backend: Backend, compiled_versions: Sequence[CompiledRules], found: Sequence[LeadFacts]) -> None:
    """Put leads there as they were at several moments, with what sales made of them."""
    for (side, apart), compiled_version in zip(SIDES.items(), compiled_versions, strict=True):
        plan, numbers = ColumnarPlan(compiled_version), [n for n in range(len(found)) if (n + 1) % apart]
        cases = [LeadCase(n, at, found[n]) for n in numbers for at in MOMENTS]
        half = len(cases) // 2
        for first, some in ((0, cases[:half]), (half, cases[half:])):
            backend.add(f"{side}leads", leads_table(plan, some, first=first))
            backend.add(f"{side}accounts", accounts_table(plan, some, first=first))
        backend.add(f"{side}activities", activities_table(plan, [(n, lead.activities) for n, lead in enumerate(found)]))
    outcomes = [(n % 2 == 0, n % 4 == 0, n % 8 == 0, n % 3 == 0) for n in range(len(found))]
    backend.add("outcomes", outcomes_table(outcomes))


def all_of_it(backend: Backend, compiled_versions: Sequence[CompiledRules]) -> dict[str, Any]:
    """Judge, compare, and tell everything that a simulation tells."""
    for side, compiled_version in zip(SIDES, compiled_versions, strict=True):
        backend.judge(ColumnarPlan(compiled_version), side, key="case", keep_on=lambda _: None)
    comparing.gather(backend)
    differences = list(comparing.differences(backend))
    return {
        "counts": comparing.counts(backend),
        "differences": [(one, comparing.reasons(one)) for one in differences],
        "handed over": comparing.handed_over(backend),
        "quality": goodness.quality(backend),
        "curve": goodness.curve(backend, threshold(ColumnarPlan(compiled_versions[0]))),
    }
