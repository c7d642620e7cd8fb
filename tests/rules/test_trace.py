"""Every rule as it came out, and which comparison failed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rules.conditions.vocabulary import Place
from rules.explaining.phrases import WORDS
from rules.explaining.trace import _OUTCOMES, trace
from rules.explaining.trace_words import TraceWords
from rules.explaining.traced import Outcome, TracedRule
from rules.judge import judge_plain
from tests.rules.samples import DOWNLOADS, HOT, NOW, STAGES, activity, compiled_version, document, facts, when
from tests.rules.test_groups import grouped


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
    assert _OUTCOMES.keys() == set(Place) - {Place.SIGNAL, Place.ACTIVITY, Place.EFFORT}


def test_every_outcome_has_words() -> None:
    """In both languages."""
    assert {f"trace.{outcome}" for outcome in Outcome} <= WORDS.keys()
