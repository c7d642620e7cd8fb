"""The cheapest ways to become due are true: who goes one is due [X.4]."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.facts import BuyingCentre
from domain.leads.decision import Decision
from rules.counterfactual.ways import MOST_WAYS
from rules.explaining.explain import Explainer
from rules.judge import judge
from rules.judging.compiled_rules import CompiledRules
from tests.rules.judging import decide
from tests.rules.samples import DOWNLOADS, HOT, NOW, activity, compiled_version, facts, when


def told(decision: Decision) -> list[tuple[str, int, list[str]]]:
    """The ways of a decision: trigger, cost, and the paths of what is missing."""
    return [(way.trigger, way.cost, [missing.path for missing in way.missing]) for way in decision.verdict.ways]


def triggers(**conditions: dict[str, Any]) -> CompiledRules:
    """The sample with triggers of these conditions, the first of the highest priority."""
    made = {
        key: {"label": key, "priority": 9 - place, "when": condition}
        for place, (key, condition) in enumerate(conditions.items())
    }
    return compiled_version(handover__triggers=made)


def test_alternatives_inside_any_are_ways_of_their_own() -> None:
    """The cheaper one first: a field to fill in, then two downloads."""
    either = {"any": [when("interest.points", "gte", 20), when("phone", "exists")]}
    decision = decide(compiled_rules=triggers(hot=either))
    assert told(decision) == [("hot", 1, ["phone"]), ("hot", 2, ["interest.points"])]
    assert [missing.path for missing in decision.verdict.missing] == ["phone"]


def test_ways_of_all_triggers_are_told() -> None:
    """A dearer trigger stands behind a cheaper one; a way that asks for all of another and more is none."""
    compiled_rules = triggers(
        large={"all": [when("account.employees", "gte", 50), when("interest.points", "gte", 10)]},
        known=when("phone", "exists"),
        more={"all": [when("phone", "exists"), when("text", "eq", "x")]},
    )
    assert told(decide(compiled_rules=compiled_rules)) == [
        ("known", 1, ["phone"]),
        ("large", 2, ["account.employees", "interest.points"]),
    ]


def test_a_value_that_is_known_costs_more_to_change_than_one_to_fill_in() -> None:
    """Nobody knows yet is easier than it is so."""
    either = {"any": [when("text", "eq", "x"), when("whole", "gte", 5)]}
    decision = decide(compiled_rules=triggers(hot=either), fields={"text": "y"})
    assert told(decision) == [("hot", 1, ["whole"]), ("hot", 2, ["handover.triggers[hot].when.any[0]"])]


def test_points_that_no_activity_can_give_are_no_way() -> None:
    """Caps, groups and conditions bound what can be reached; so do points that sink."""
    signals = {"downloads": DOWNLOADS, "bad": {"label": "x", "activity": "form", "points": -50}}
    sunk = compiled_version(scoring__interest__signals=signals)
    assert told(decide(activity("form"), compiled_rules=sunk)) == []
    assert told(decide(compiled_rules=sunk)) == [("hot", 2, ["interest.points"])]
    asked = {"downloads": {**DOWNLOADS, "when": when("truth", "eq", True)}}
    assert told(decide(compiled_rules=compiled_version(scoring__interest__signals=asked))) == []
    assert told(decide(compiled_rules=compiled_version(scoring__interest__signals=asked), fields={"truth": True})) != []


def test_a_grade_is_told_in_points_of_both_scores() -> None:
    """What lifts the lead into a grade, each score by itself."""
    decision = decide(compiled_rules=triggers(best=when("grade", "eq", "A1")))
    assert told(decision) == [("best", 3, ["fit.points", "interest.points"])]
    assert [missing.detail["points"] for missing in decision.verdict.missing] == ["50", "20"]


def test_the_band_that_is_enough_is_filled_in_before_those_that_fall_short() -> None:
    """One field for all the points, not one that falls short and another for the rest."""
    bands = {"whole": ("gte", 5, 10), "text": ("eq", "x", 60), "phone": ("exists", None, 20)}
    criteria = {
        name: {
            "label": name,
            "bands": [{"when": when(name, op, *([] if value is None else [value])), "points": points}],
        }
        for name, (op, value, points) in bands.items()
    }
    hot = {"label": "x", "when": when("fit.points", "gte", 60)}
    (way,) = decide(
        compiled_rules=compiled_version(scoring__fit__criteria=criteria, handover__triggers={"hot": hot})
    ).verdict.ways
    assert (way.cost, way.then.fields) == (1, {"text": "x"})


def test_a_way_does_not_lead_into_an_exclusion() -> None:
    """Of the values that the trigger takes, one that is not screened out; where there is none, there is no way."""
    compiled_rules = compiled_version(
        handover__triggers={"hot": {**HOT, "when": when("choice", "in", ["red", "blue"])}},
        scoring__exclusions={"red": {"reason": "x", "when": when("choice", "eq", "red")}},
    )
    (way,) = decide(compiled_rules=compiled_rules).verdict.ways
    assert way.then.fields == {"choice": "blue"}
    screened = compiled_version(
        handover__triggers={"hot": {**HOT, "when": when("choice", "eq", "red")}},
        scoring__exclusions={"red": {"reason": "x", "when": when("choice", "eq", "red")}},
    )
    assert told(decide(compiled_rules=screened)) == []
    excluded = decide(compiled_rules=compiled_rules, fields={"choice": "red"})
    assert (told(excluded), tuple(excluded.verdict.missing)) == ([], ())


def test_who_is_asked_to_be_silent_becomes_due_by_waiting() -> None:
    """Time alone does it, at the moment that is told."""
    quiet = triggers(quiet=when("activities.*.lastDays", "gte", 60))
    (way,) = decide(activity(days=50), compiled_rules=quiet).verdict.ways
    assert (way.cost, way.at) == (3, NOW + timedelta(days=10))


def test_the_buying_centre_grows_it_does_not_shrink() -> None:
    """More leads of the account, or one of a better grade; never fewer."""
    compiled_rules = triggers(team=when("buyingCentre.size", "gte", 3), best=when("buyingCentre.bestGrade", "eq", "A1"))
    decision = decide(compiled_rules=compiled_rules, buying_centre=BuyingCentre(2, ("B2",)))
    assert [trigger for trigger, _, _ in told(decision)] == ["team", "best"]
    fewer = triggers(few=when("buyingCentre.size", "lt", 2))
    assert told(decide(compiled_rules=fewer, buying_centre=BuyingCentre(2, ("B2",)))) == []


def test_data_that_must_be_carried_is_asked_with_the_value_that_is_needed() -> None:
    """One item for a field that is required and compared."""
    compiled_rules = compiled_version(
        handover__triggers={"hot": {**HOT, "when": when("account.employees", "gte", 50)}},
        handover__required=["phone", "account.employees"],
    )
    decision = decide(compiled_rules=compiled_rules)
    assert told(decision) == [("hot", 2, ["phone", "account.employees"])]
    english, german = (Explainer(compiled_rules.document, language) for language in ("en", "de"))
    said = [english.missing(missing) for missing in decision.verdict.missing]
    assert said == ["Phone number is missing", "Employees is missing; needed: Employees at least 50"]
    assert german.missing(decision.verdict.missing[1]) == "Mitarbeiter fehlt; nötig: Mitarbeiter mindestens 50"


def test_a_trigger_that_holds_and_lacks_data_has_its_way() -> None:
    """The data alone."""
    decision = decide(activity(days=1), activity(days=2), compiled_rules=compiled_version(handover__required=["phone"]))
    assert (decision.verdict.trigger, told(decision)) == ("hot", [("hot", 1, ["phone"])])


@pytest.mark.parametrize("many", [1, 500])
def test_ways_are_found_among_as_many_triggers_as_may_be(many: int) -> None:
    """And no more leads are tried than for few."""
    made = {
        f"t{n}": {
            "label": "x",
            "priority": n,
            "when": {"all": [when("whole", "eq", n), when("interest.points", "gte", 9)]},
        }
        for n in range(many)
    }
    decision = decide(compiled_rules=compiled_version(handover__triggers=made))
    assert len(decision.verdict.ways) == min(many, MOST_WAYS)


def test_facts_of_a_decision_are_not_touched() -> None:
    """Ways are found on copies."""
    lead = facts(activity(days=1), fields={"text": "x"})
    kept = replace(lead, fields=dict(lead.fields))
    assert judge(triggers(hot=when("text", "eq", "y")), lead, now=NOW).verdict.ways
    assert lead == kept
