"""Every rule as it came out, and which comparison failed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from domain.facts import LeadFacts
from domain.leads.decision import Dimension
from rules.conditions.expressions import typed_clauses
from rules.conditions.syntax import Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Place
from rules.explaining.phrases import WORDS
from rules.explaining.trace import _OUTCOMES, trace
from rules.explaining.trace_words import TraceWords
from rules.explaining.traced import Outcome, TracedRule
from rules.judge import judge_plain
from rules.judging.stages import enterable
from tests.rules.leads import leads, measuring_documents
from tests.rules.samples import DOWNLOADS, HOT, NOW, STAGES, activity, compiled_version, document, facts, when
from tests.rules.strategies import SETTINGS
from tests.rules.test_groups import grouped
from tests.rules.test_judge_laws import compiled


def has_empty_joint(expression: Expression) -> bool:
    """Whether `all` or `any` of nothing stands in it, which no comparison explains."""
    match expression:
        case Check():
            return False
        case Not(part):
            return has_empty_joint(part)
        case Every(parts) | Some(parts):
            return not parts or any(map(has_empty_joint, parts))


@SETTINGS
@given(measuring_documents(), leads())
def test_a_trace_tells_what_the_judgement_found(data: dict[str, Any], lead: LeadFacts) -> None:
    """Points, exclusions, trigger, routes and stage are those of the decision; each failure has its comparison."""
    compiled_rules = compiled(data)
    decision, rules = judge_plain(compiled_rules, lead, now=NOW), trace(compiled_rules, lead, now=NOW)
    counted = {(rule.place, rule.key, rule.index): rule for rule in rules if rule.counted}
    for dimension, place in ((Dimension.FIT, Place.FIT_BAND), (Dimension.INTEREST, Place.SIGNAL)):
        shares = [c for c in decision.contributions if c.dimension is dimension and (c.activity or c.band is not None)]
        own = [rule.points for rule in rules if rule.place is place and rule.points]
        assert sum(own, Decimal(0)) == sum((share.points for share in shares), Decimal(0))
    assert [r.key for r in rules if r.place is Place.EXCLUSION and r.counted] == list(decision.exclusions)
    assert [r.key for r in rules if r.place is Place.TRIGGER and r.counted] == list(
        filter(None, [decision.verdict.trigger])
    )
    routes = {r.index: r.outcome for r in rules if r.place is Place.ROUTE}
    assert [index for index, came in sorted(routes.items()) if came is Outcome.COUNTED] == list(decision.route[:1])
    assert {index for index, came in routes.items() if came is not Outcome.NOT_MET} == set(decision.route)
    if decision.stage != compiled_rules.stages.start(lead.stage):
        assert any(key == decision.stage for place, key, _ in counted if place is Place.STAGE_ENTRY)
    words = TraceWords(compiled_rules.document, "de")
    asked = {typed.clause.path: typed.expression for typed in typed_clauses(compiled_rules.document)[0]}
    for rule in rules:
        assert words.rule(rule).label
        if rule.outcome is Outcome.NOT_MET and rule.tests and not has_empty_joint(asked[rule.path]):
            assert any(test.failed for test in rule.tests)


@SETTINGS
@given(measuring_documents(), leads())
def test_every_rule_of_the_document_is_traced_once(data: dict[str, Any], lead: LeadFacts) -> None:
    """Whether it counted or not."""
    compiled_rules = compiled(data)
    used = compiled_rules.document
    rules = trace(compiled_rules, lead, now=NOW)
    places = [(rule.place, rule.key, rule.index) for rule in rules]
    assert len(places) == len(set(places))
    assert sum(p is Place.SIGNAL for p, _, _ in places) == len(used.scoring.interest.signals)
    assert sum(p is Place.ROUTE for p, _, _ in places) == len(used.handover.routing)
    assert sum(p is Place.TRACK for p, _, _ in places) == len(used.nurturing.tracks)
    assert sum(p is Place.STAGE_ENTRY for p, _, _ in places) >= sum(map(enterable, used.journey.stages))


def one(place: Place, key: str, *done: Any, lead: dict[str, Any] | None = None, **changes: Any) -> TracedRule:
    """The first traced rule of a place and key."""
    found = trace(compiled_version(**changes), facts(*done, **(lead or {})), now=NOW)
    return next(rule for rule in found if (rule.place, rule.key) == (place, key))


def test_a_failed_comparison_says_what_it_saw() -> None:
    """In English and German, missing values included."""
    condition = {
        "all": [when("account.employees", "gte", 50), {"not": when("phone", "exists")}, when("amount", "gt", 1)]
    }
    changes: dict[str, Any] = {"handover__triggers": {"hot": {**HOT, "when": condition}}}
    lead = {"account": {"employees": 20}, "fields": {"phone": "123"}}
    rule = one(Place.TRIGGER, "hot", lead=lead, **changes)
    assert [(test.holds, test.failed, test.observed) for test in rule.tests] == [
        (False, True, 20),
        (True, True, "123"),
        (False, True, None),
    ]
    used = document(**changes)
    assert TraceWords(used, "en").rule(rule).failed == (
        "Employees at least 50: 20",
        "not (Phone number is known): 123",
        "Amount over 1: unknown",
    )
    assert TraceWords(used, "de").rule(rule).failed[0] == "Mitarbeiter mindestens 50: 20"


def test_days_are_told_as_they_are() -> None:
    """Not as the comparison needs them."""
    changes = {"handover__triggers": {"hot": {**HOT, "when": when("activities.form.lastDays", "gte", 60)}}}
    rule = one(Place.TRIGGER, "hot", activity("form", days=37.5), **changes)
    assert [test.observed for test in rule.tests] == [37]


@pytest.mark.parametrize(("index", "outcome", "points"), [(0, Outcome.COUNTED, 100), (1, Outcome.ANOTHER_FIRST, 0)])
def test_of_two_bands_that_hold_the_first_counts(index: int, outcome: Outcome, points: Decimal) -> None:
    """The other one says so."""
    rules = trace(compiled_version(), facts(account={"employees": 60}), now=NOW)
    rule = next(r for r in rules if r.place is Place.FIT_BAND and r.index == index)
    assert (rule.outcome, rule.points) == (outcome, points)
    assert TraceWords(document(), "en").rule(rule).label == "Size"


def test_each_activity_of_a_signal_says_what_became_of_it() -> None:
    """Counted, often enough, too old, ahead, or not the right one."""
    signal = {**DOWNLOADS, "maxCount": 1, "when": when("activity.pages", "gt", 3)}
    done = [
        activity(days=-1, name="ahead"),
        activity(days=1, name="short", fields={"pages": 1}),
        activity(days=2, name="counts", fields={"pages": 9}),
        activity(days=3, name="again", fields={"pages": 9}),
        activity(days=40, name="old", fields={"pages": 9}),
    ]
    rule = one(Place.SIGNAL, "downloads", *done, scoring__interest__signals={"downloads": signal})
    assert [(a.activity, a.outcome) for a in rule.activities] == [
        ("ahead", Outcome.AHEAD),
        ("short", Outcome.NOT_MET),
        ("counts", Outcome.COUNTED),
        ("again", Outcome.OFTEN_ENOUGH),
        ("old", Outcome.TOO_OLD),
    ]
    assert (rule.outcome, rule.points) == (Outcome.COUNTED, Decimal(10))
    assert one(Place.SIGNAL, "downloads").outcome is Outcome.NO_ACTIVITY
    assert one(Place.SIGNAL, "downloads", done[-1]).outcome is Outcome.NOTHING_COUNTS


def test_what_faded_is_told_so() -> None:
    """An activity worth nothing counts no more, but it was there."""
    signal = {"label": "x", "activity": "download", "points": 10, "halfLife": "P7D"}
    rule = one(Place.SIGNAL, "downloads", activity(days=200), scoring__interest__signals={"downloads": signal})
    assert [a.outcome for a in rule.activities] == [Outcome.FADED]


def test_a_stage_says_why_it_is_not_entered() -> None:
    """No transition leads there, an open handover holds the lead, or sales answers."""
    stages = {key: dict(stage) for key, stage in STAGES.items()}
    for key in ("engaged", "mql", "sal"):
        stages[key]["entry"] = when("truth", "exists")
    changes: dict[str, Any] = {"journey__stages": stages}
    truth = {"fields": {"truth": True}}
    assert one(Place.STAGE_ENTRY, "mql", lead=truth, **changes).outcome is Outcome.COUNTED
    assert one(Place.STAGE_ENTRY, "engaged", lead={**truth, "stage": "mql"}, **changes).outcome is Outcome.NO_WAY
    assert one(Place.STAGE_ENTRY, "engaged", **changes).outcome is Outcome.NOT_MET
    assert one(Place.STAGE_ENTRY, "sal", lead=truth, **changes).outcome is Outcome.NOT_USED
    matched = {**truth, "open_handover": True}
    assert one(Place.STAGE_ENTRY, "engaged", lead=matched, **changes).outcome is Outcome.HELD_BACK


def test_personas_segments_and_the_journey_of_a_segment_are_traced() -> None:
    """The first persona and segment that hold count, and the stages of the segment's own journey are entered."""
    lead = facts(account={"employees": 10}, fields={"text": "x"})
    compiled_rules = grouped()
    rules = trace(compiled_rules, lead, now=NOW)
    found = {(r.place, r.key): r.outcome for r in rules}
    assert found[Place.PERSONA, "writer"] is found[Place.SEGMENT, "small"] is Outcome.COUNTED
    assert found[Place.PERSONA, "any"] is Outcome.NOT_MET
    assert found[Place.SEGMENT, "known"] is Outcome.ANOTHER_FIRST
    decision = judge_plain(compiled_rules, lead, now=NOW)
    assert decision.stage == "pql"
    assert found[Place.STAGE_ENTRY, "pql"] is Outcome.COUNTED
    labels = {TraceWords(compiled_rules.document).rule(rule).label for rule in rules}
    assert labels >= {"W", "A", "S", "K", "PQL"}


def test_every_place_has_an_outcome() -> None:
    """Whoever adds a kind of rule says what becomes of one that holds."""
    assert _OUTCOMES.keys() == set(Place) - {Place.SIGNAL, Place.ACTIVITY}


def test_every_outcome_has_words() -> None:
    """In both languages."""
    assert {f"trace.{outcome}" for outcome in Outcome} <= WORDS.keys()
