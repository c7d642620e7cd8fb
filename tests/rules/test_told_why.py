"""Whoever is not due is told why: outside of the scope, with points that can come, with what no way leads to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.leads.decision import Block, Blocked, MissingKind
from rules.explaining.explain import Explainer
from rules.judging.compiled_rules import CompiledRules
from rules.scoring.scoring import FitPlan
from tests.rules.judging import decide
from tests.rules.samples import HOT, activity, compiled_version, when

GERMAN = when("text", "eq", "DE")


def fitting(*points: float, **trigger: Any) -> CompiledRules:
    """The sample with a criterion of one band for each number of points, and a trigger over fit."""
    fields = ("text", "other", "phone", "whole", "truth")
    criteria = {
        field: {"label": field, "bands": [{"when": when(field, "exists"), "points": worth}]}
        for field, worth in zip(fields, points, strict=False)
    }
    return compiled_version(scoring__fit__criteria=criteria, handover__triggers={"hot": {**HOT, **trigger}})


@pytest.mark.parametrize("done", [(), (activity(), activity(days=1))])
def test_a_lead_outside_of_the_scope_is_never_due(done: tuple[Any, ...]) -> None:
    """That stands against it, with words in both languages, also where a trigger holds."""
    scoped = compiled_version(scope=GERMAN)
    verdict = decide(*done, compiled_rules=scoped).verdict
    assert not verdict.due
    assert verdict.blocked_by == (Blocked(Block.OUT_OF_SCOPE),)
    assert bool(verdict.trigger) is bool(done)
    assert decide(*done, compiled_rules=scoped, fields={"text": "DE"}).verdict.due is bool(done)
    said = [Explainer(scoped.document, language).blocked(verdict.blocked_by[0]) for language in ("en", "de")]
    assert [one.code for one in said] == ["OUT_OF_SCOPE"] * 2
    assert len({one.message for one in said}) == 2


def test_an_open_handover_stays_with_its_agreement() -> None:
    """Whatever the scope says of the lead by now."""
    verdict = decide(
        activity(), activity(days=1), compiled_rules=compiled_version(scope=GERMAN), open_handover=True
    ).verdict
    assert verdict.blocked_by == (Blocked(Block.OPEN_HANDOVER),)


def test_missing_fit_is_what_the_criteria_can_give() -> None:
    """49.995 % is rounded to 50 %, yet no criterion gives 99.99 points: 100 are missing."""
    compiled_rules = fitting(100, 100, when=when("fit.percent", "gte", 50))
    (missing,) = decide(compiled_rules=compiled_rules).verdict.missing
    assert (missing.kind, missing.detail["points"]) == (MissingKind.POINTS, "100")


def test_fit_is_rounded_before_it_is_compared() -> None:
    """To two decimals of a percent, half to even."""
    compiled_rules = fitting(99.99, 100.01, when=when("fit.percent", "gte", 50))
    decision = decide(compiled_rules=compiled_rules, fields={"text": "x"})
    assert decision.fit.percent == Decimal(50)
    assert decision.verdict.due


def test_the_totals_of_criteria_are_not_counted_without_end() -> None:
    """Of very many the points that are asked for are told as they are."""
    few = fitting(30, 30, 25)
    assert [few.fit.least_total(points) for points in (1, 2501, 5600, 8501)] == [2500, 3000, 6000, 8501]
    many = {f"k{n}": {"label": "x", "bands": [{"when": when("whole", "eq", n), "points": 2**n}]} for n in range(14)}
    plan: FitPlan = compiled_version(scoring__fit__criteria=many).fit
    assert plan.totals() == ()
    assert plan.least_total(777) == 777


@pytest.mark.parametrize("condition", [when("interest.points", "gte", 10_000), {"any": []}])
def test_what_no_way_leads_to_is_told_as_it_is_asked(condition: dict[str, Any]) -> None:
    """The comparison of the trigger, or that nothing can meet it; with words in both languages."""
    compiled_rules = compiled_version(handover__triggers={"hot": {**HOT, "when": condition}})
    verdict = decide(compiled_rules=compiled_rules).verdict
    assert verdict.ways == ()
    (missing,) = verdict.missing
    assert missing.kind is MissingKind.CONDITION
    assert missing.path.startswith("handover.triggers[hot].when")
    words = [Explainer(compiled_rules.document, language).missing(missing) for language in ("en", "de")]
    assert all(words)
    assert len(set(words)) == 2
