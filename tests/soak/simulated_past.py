"""Generated pasts on a workbench, and all that a simulation makes of them there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from application.simulating import comparing, goodness
from application.simulating.workbench import Workbench
from domain.facts import LeadFacts
from rules.columnar_plan import ColumnarPlan
from rules.columnar_reach import threshold
from rules.columnar_tables import Case, accounts_table, activities_table, leads_table, outcomes_table
from rules.rulebook import Rulebook
from tests.rules.samples import NOW

MOMENTS = [NOW - timedelta(days=9, microseconds=1), NOW - timedelta(days=2), NOW]
"""When each lead is judged."""
SIDES = {comparing.NEW: 7, comparing.OLD: 5}
"""Both versions; each governs all leads but every so manieth."""


def fill(bench: Workbench, books: Sequence[Rulebook], found: Sequence[LeadFacts]) -> None:
    """Put leads there as they were at several moments, with what sales made of them."""
    for (side, apart), book in zip(SIDES.items(), books, strict=True):
        plan, numbers = ColumnarPlan(book), [n for n in range(len(found)) if (n + 1) % apart]
        cases = [Case(n, at, found[n]) for n in numbers for at in MOMENTS]
        half = len(cases) // 2
        for first, some in ((0, cases[:half]), (half, cases[half:])):
            bench.add(f"{side}leads", leads_table(plan, some, first=first))
            bench.add(f"{side}accounts", accounts_table(plan, some, first=first))
        bench.add(f"{side}activities", activities_table(plan, [(n, lead.activities) for n, lead in enumerate(found)]))
    outcomes = [(n % 2 == 0, n % 4 == 0, n % 8 == 0, n % 3 == 0) for n in range(len(found))]
    bench.add("outcomes", outcomes_table(outcomes))


def all_of_it(bench: Workbench, books: Sequence[Rulebook]) -> dict[str, Any]:
    """Judge, compare, and tell everything that a simulation tells."""
    for side, book in zip(SIDES, books, strict=True):
        bench.judge(ColumnarPlan(book), side, key="case", keep_on=lambda _: None)
    comparing.gather(bench)
    differences = list(comparing.differences(bench))
    return {
        "counts": comparing.counts(bench),
        "differences": [(one, comparing.reasons(one)) for one in differences],
        "handed over": comparing.handed_over(bench),
        "quality": goodness.quality(bench),
        "curve": goodness.curve(bench, threshold(ColumnarPlan(books[0]))),
    }
