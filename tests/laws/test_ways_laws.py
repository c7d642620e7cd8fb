"""The cheapest ways to become due are true: who goes one is due [X.4]."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from domain.facts import LeadFacts
from domain.leads.decision import Decision, Missing, MissingKind, Way
from rules.counterfactual.ways import MOST_WAYS, PASSING
from rules.explaining.explain import Explainer
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from rules.scoring.points import hundredths
from tests.laws.test_judge_laws import compiled
from tests.rules.leads import documents, grouped_documents, leads, measuring_documents
from tests.rules.samples import NOW
from tests.rules.strategies import SETTINGS

EVERY = documents() | grouped_documents() | measuring_documents()


def due(compiled_rules: CompiledRules, way: Way) -> Decision:
    """The decision on the lead that went a way."""
    found = judge(compiled_rules, way.then, now=way.at)
    assert found == judge_plain(compiled_rules, way.then, now=way.at)
    return found


@SETTINGS
@given(EVERY, leads())
def test_who_goes_a_way_that_is_told_is_due(data: dict[str, Any], lead: LeadFacts) -> None:
    """Nothing is missing then, and nothing stands against it but what passes by itself."""
    compiled_rules = compiled(data)
    decision = judge_plain(compiled_rules, lead, now=NOW)
    for way in decision.verdict.ways:
        found = due(compiled_rules, way).verdict
        priority = data["handover"]["triggers"][way.trigger].get("priority", 0)
        assert found.trigger == way.trigger or (found.priority or 0) >= priority
        assert not found.missing
        assert {block.code for block in found.blocked_by} <= PASSING
        assert found.due or decision.verdict.blocked_by


@SETTINGS
@given(EVERY, leads())
def test_who_is_not_due_is_told_why(data: dict[str, Any], lead: LeadFacts) -> None:
    """Something is missing, a way leads to it, or something stands against it."""
    verdict = judge_plain(compiled(data), lead, now=NOW).verdict
    assert verdict.due != bool(verdict.missing or verdict.ways or verdict.blocked_by)


@SETTINGS
@given(EVERY, leads())
def test_ways_are_few_and_in_order_and_none_where_none_leads(data: dict[str, Any], lead: LeadFacts) -> None:
    """The cheapest first, requests for contact last; none for who is due, screened out or with sales."""
    decision = judge_plain(compiled(data), lead, now=NOW)
    ways = decision.verdict.ways
    raised = [data["handover"]["triggers"][way.trigger].get("handRaiser", False) for way in ways]
    assert [(hand, way.cost) for hand, way in zip(raised, ways, strict=True)] == sorted(
        (hand, way.cost) for hand, way in zip(raised, ways, strict=True)
    )
    assert len(ways) <= MOST_WAYS
    closed = any(block.code not in PASSING for block in decision.verdict.blocked_by)
    if decision.verdict.due or closed:
        assert not ways
    if decision.verdict.trigger is None and ways:
        assert tuple(decision.verdict.missing) == ways[0].missing
    elif decision.verdict.trigger is None:
        assert bool(decision.verdict.missing) != closed, "what the easiest trigger asks for, if no way leads there"


def _named(missing: Missing) -> str:
    return str(missing.detail.get("field", missing.path))


@SETTINGS
@given(EVERY, leads())
def test_a_way_tells_all_that_it_changes(data: dict[str, Any], lead: LeadFacts) -> None:
    """Each field, activity and consent that is changed is named, or the points that it gives; these are reached."""
    compiled_rules = compiled(data)
    before = judge_plain(compiled_rules, lead, now=NOW)
    for way in before.verdict.ways:
        then, asked = way.then, {_named(missing) for missing in way.missing}
        assert way.missing
        points = {m.path.partition(".")[0]: m for m in way.missing if m.kind is MissingKind.POINTS}
        changed = {k for k in {*lead.fields, *then.fields} if lead.fields.get(k) != then.fields.get(k)}
        changed |= {"account." + k for k in ("employees",) if lead.account.get(k) != then.account.get(k)}
        assert changed <= asked or "fit" in points
        assert len(then.activities) == len(lead.activities) or "interest" in points or _measured(asked)
        assert then.buying_centre == lead.buying_centre or any(name.startswith("buyingCentre") for name in asked)
        assert then.stage == lead.stage or "stage" in asked
        assert way.at == NOW or _measured(asked)
        reached = due(compiled_rules, way)
        for dimension, missing in points.items():
            more = _points(reached, dimension) - _points(before, dimension)
            assert more >= float(str(missing.detail["points"])) * 100 - 0.5


def _measured(asked: set[str]) -> bool:
    return any(name.startswith("activities.") for name in asked)


def _points(decision: Decision, dimension: str) -> int:
    return hundredths(decision.fit.points if dimension == "fit" else decision.interest.points)


@SETTINGS
@given(EVERY, leads())
def test_ways_have_words_in_both_languages(data: dict[str, Any], lead: LeadFacts) -> None:
    """None is empty, and none shows a gap that was not filled."""
    compiled_rules = compiled(data)
    for way in judge_plain(compiled_rules, lead, now=NOW).verdict.ways:
        for language in ("en", "de"):
            said = [Explainer(compiled_rules.document, language).missing(missing) for missing in way.missing]
            assert all(said)
