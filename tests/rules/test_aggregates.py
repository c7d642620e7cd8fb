"""Numbers over activities, and facts of the buying centre, in conditions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.facts import BuyingCentre
from rules.checking.checking import check_conditions
from rules.conditions.aggregates import MAX_AGGREGATES
from rules.explaining.explain import Explainer
from rules.judge import judge
from rules.judging.needs import Need
from tests.rules.counting import comparison, trigger
from tests.rules.judging import decide
from tests.rules.samples import NOW, activity, compiled_version, document, facts, read, when

DONE = (
    activity("webinar", days=1, campaign="a"),
    activity("webinar", days=8, campaign="b", channel="fair"),
    activity("webinar", days=40, campaign="a"),
    activity("download", days=3, fields={"pages": 12}, campaign="c"),
    activity("download", days=4, fields={"pages": 3}),
)


@pytest.mark.parametrize(
    ("field", "more", "number"),
    [
        ("activities.webinar", {}, 3),
        ("activities.webinar.count", {}, 3),
        ("activities.webinar.count", {"within": "P30D"}, 2),
        ("activities.webinar.count", {"within": "PT25H"}, 1),
        ("activities.webinar.count", {"where": when("activity.campaign", "eq", "a")}, 2),
        ("activities.webinar.count", {"where": {"not": when("activity.campaign", "eq", "a")}}, 1),
        ("activities.download.count", {"where": when("activity.pages", "gte", 10)}, 1),
        ("activities.download.count", {"where": when("activity.channel", "eq", "website")}, 2),
        ("activities.form.count", {}, 0),
        ("activities.*.count", {}, 5),
        ("activities.*.count", {"where": when("activity.type", "eq", "download"), "within": "P4D"}, 1),
        ("activities.webinar.lastDays", {}, 1),
        ("activities.webinar.lastDays", {"where": when("activity.channel", "eq", "fair")}, 8),
        ("activities.webinar.distinct.campaign", {}, 2),
        ("activities.*.distinct.campaign", {}, 3),
        ("activities.*.distinct.type", {}, 2),
        ("activities.download.distinct.pages", {}, 2),
        ("activities.webinar.distinct.content", {}, 0),
    ],
)
def test_activities_are_counted_by_type_time_and_what_they_say(field: str, more: dict[str, Any], number: int) -> None:
    """The trigger holds for exactly that number, in both forms."""
    compiled_rules = compiled_version(**trigger(comparison(field, "eq", number, **more)))
    assert decide(*DONE, compiled_rules=compiled_rules).verdict.due
    compiled_rules = compiled_version(**trigger(comparison(field, "neq", number, **more)))
    assert not decide(*DONE, compiled_rules=compiled_rules).verdict.due


def test_days_since_something_that_never_was_are_missing() -> None:
    """A comparison with them is false, its opposite true."""
    for condition, due in (
        (when("activities.form.lastDays", "gte", 0), False),
        (when("activities.form.lastDays", "lt", 10**6), False),
        ({"not": when("activities.form.lastDays", "lt", 30)}, True),
    ):
        assert decide(*DONE, compiled_rules=compiled_version(**trigger(condition))).verdict.due is due


def test_days_that_no_comparison_tells_apart_do_not_end_a_decision() -> None:
    """A lead silent for 60 days is judged again on the sixtieth day, not on each."""
    compiled_rules = compiled_version(**trigger(when("activities.form.lastDays", "gte", 60)))
    decision = decide(activity("form", days=10), compiled_rules=compiled_rules)
    assert decision.valid_until == NOW + timedelta(days=50)
    assert decide(activity("form", days=60), compiled_rules=compiled_rules).valid_until is None


def test_a_condition_is_needed_as_far_back_as_it_looks() -> None:
    """And attributes where it asks for them."""
    compiled_rules = compiled_version(
        **trigger(
            {
                "all": [
                    comparison("activities.webinar.count", "gte", 1, within="P10D"),
                    comparison("activities.form.lastDays", "gte", 1),
                    comparison("activities.form.distinct.campaign", "gte", 1, within="PT6H"),
                ]
            }
        )
    )
    assert compiled_rules.needs.by_type["webinar"] == Need(timedelta(days=10), attributes=False)
    assert compiled_rules.needs.by_type["form"] == Need(None, attributes=True)
    assert not compiled_rules.needs.buying_centre


@pytest.mark.parametrize(
    ("condition", "code", "path"),
    [
        (when("activities.nothing.count", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.form.most", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.form.count.campaign", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.form.distinct", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.form.distinct.pages", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.*.distinct.pages", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.", "gte", 1), "UNKNOWN_FIELD", "here.field"),
        (when("activities.form.count", "contains", 1), "OPERATOR_NOT_FOR_TYPE", "here.op"),
        (when("activities.form.count", "gte", "x"), "WRONG_TYPE", "here.value"),
        (comparison("whole", "gte", 1, within="P3D"), "NOT_FOR_THIS_FIELD", "here.within"),
        (comparison("whole", "gte", 1, where=when("truth", "exists")), "NOT_FOR_THIS_FIELD", "here.where"),
        (
            comparison("activities.form.count", "gte", 1, where=when("activity.pages", "gte", 1)),
            "UNKNOWN_FIELD",
            "here.where.field",
        ),
        (
            comparison("activities.form.count", "gte", 1, where={"any": [when("whole", "gte", 1)]}),
            "FIELD_NOT_ALLOWED_HERE",
            "here.where.any[0].field",
        ),
        (
            comparison("activities.form.count", "gte", 1, where=when("activities.form.count", "gte", 1)),
            "FIELD_NOT_ALLOWED_HERE",
            "here.where.field",
        ),
        (
            comparison("activities.form.count", "gte", 1, where={"all": [when("activity.campaign", "exists")] * 21}),
            "CONDITION_TOO_LARGE",
            "here.where",
        ),
    ],
)
def test_what_cannot_be_counted_is_a_fault_at_its_path(condition: dict[str, Any], code: str, path: str) -> None:
    """One fault each."""
    assert [(f.code, f.path) for f in read(condition).faults] == [(code, path)]


def test_a_document_counts_so_many_things_and_no_more() -> None:
    """Each is found for every lead."""
    parts = [comparison("activities.form.count", "gte", 1, within=f"P{n + 1}D") for n in range(MAX_AGGREGATES)]
    triggers = {f"t{n}": {"label": "x", "when": {"all": parts[n : n + 100]}} for n in range(0, MAX_AGGREGATES, 100)}
    assert not check_conditions(document(handover__triggers=triggers))
    triggers["more"] = {"label": "x", "when": comparison("activities.form.count", "gte", 1, within="PT1H")}
    found = check_conditions(document(handover__triggers=triggers))
    assert [f.code for f in found] == ["TOO_MANY_AGGREGATES"]


@pytest.mark.parametrize(
    ("condition", "english", "german"),
    [
        (
            comparison("activities.webinar.count", "gte", 2, within="P30D"),
            "Needed: Webinar (number in 30 days) at least 2",
            "Nötig: Webinar (Anzahl in 30 Tagen) mindestens 2",
        ),
        (
            comparison("activities.*.lastDays", "lt", 7, where=when("activity.channel", "eq", "fair")),
            "Needed: Activities with Channel is fair (days since the last one) under 7",
            "Nötig: Aktivitäten mit Kanal ist fair (Tage seit dem Letzten) unter 7",
        ),
        (
            comparison("activities.form.distinct.campaign", "gte", 2, within="PT1H"),
            "Needed: Form (number of different values of Campaign in 1 hour) at least 2",
            "Nötig: Form (Anzahl verschiedener Werte von Kampagne in 1 Stunde) mindestens 2",
        ),
        (
            when("buyingCentre.size", "gte", 3),
            "Needed: Leads of the account at least 3",
            "Nötig: Leads des Unternehmens mindestens 3",
        ),
    ],
)
def test_what_is_missing_is_said_in_words(condition: dict[str, Any], english: str, german: str) -> None:
    """In English and German."""
    used = document(**trigger(condition))
    missing = decide(compiled_rules=compiled_version(**trigger(condition))).verdict.missing
    assert [Explainer(used, "en").missing(m) for m in missing] == [english]
    assert [Explainer(used, "de").missing(m) for m in missing] == [german]


CENTRE = BuyingCentre(3, ("B1", "B2", "unknown"))


@pytest.mark.parametrize(
    ("condition", "centre", "due"),
    [
        (when("buyingCentre.size", "gte", 3), CENTRE, True),
        (when("buyingCentre.size", "gte", 4), CENTRE, False),
        (when("buyingCentre.size", "eq", 1), BuyingCentre(), True),
        (when("buyingCentre.size", "exists"), None, False),
        (when("buyingCentre.bestGrade", "eq", "B1"), CENTRE, True),
        (when("buyingCentre.bestFit", "eq", "B"), CENTRE, True),
        (when("buyingCentre.bestFit", "in", ["A"]), CENTRE, False),
        (when("buyingCentre.bestFit", "exists"), BuyingCentre(2), False),
        (when("buyingCentre.bestFit", "eq", "A"), BuyingCentre(4, ("B1", "A2", "A1")), True),
        (when("buyingCentre.bestGrade", "eq", "A1"), BuyingCentre(4, ("B1", "A2", "A1")), True),
    ],
)
def test_the_buying_centre_counts(condition: dict[str, Any], centre: BuyingCentre | None, due: bool) -> None:
    """Its size with this lead, and the best that the others have; grades that the document does not know are none."""
    compiled_rules = compiled_version(**trigger(condition))
    assert compiled_rules.needs.buying_centre
    assert decide(compiled_rules=compiled_rules, buying_centre=centre).verdict.due is due


def test_what_grades_are_made_of_does_not_speak_of_other_leads_grades() -> None:
    """Otherwise two leads of an account could change each other without end."""
    criterion = {"label": "x", "bands": [{"when": when("buyingCentre.size", "gte", 2), "points": 1}]}
    signal = {"label": "x", "activity": "form", "points": 1, "when": when("buyingCentre.size", "gte", 2)}
    used = document(scoring__fit__criteria={"x": criterion}, scoring__interest__signals={"x": signal})
    assert [f.code for f in check_conditions(used)][:2] == ["FIELD_NOT_ALLOWED_HERE"] * 2


def test_a_lead_without_activities_has_none() -> None:
    """Counts are zero, days are missing."""
    condition = {"all": [when("activities.*.count", "eq", 0), {"not": when("activities.*.lastDays", "exists")}]}
    assert judge(compiled_version(**trigger(condition)), facts(), now=NOW).verdict.due
