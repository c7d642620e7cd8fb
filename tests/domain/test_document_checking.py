"""What is wrong between the sections of a document is found, each with its code and path."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.checking.checking import check_days, check_references, check_sections
from domain.document.document import SlaDocument
from domain.document.findings import Severity
from tests.domain.document_samples import document, faults, small

STAGE = {"label": "X", "kind": "OPPORTUNITY", "owner": "SALES"}
STEP = {"at": 1.0, "action": "NOTIFY", "audience": "TEAM_LEAD"}
HOLDS = {"field": "email", "op": "exists"}

PARTY = {"party": "MARKETING"}
ANNA = {"party": "MARKETING", "person": "anna.berg"}
STORY = {"label": "Story", "publishOn": "2027-05-03", "owner": ANNA}
REVIEW: dict[str, Any] = {
    "label": "Review",
    "rhythm": {"every": "MONTH", "workingDay": 3},
    "owner": ANNA,
    "people": ["anna.berg"],
}
FAIR = {"label": "Fair", "direction": "PULL", "owner": ANNA}
WELCOME = {"label": "Welcome", "within": {"duration": "P5D"}, "owner": ANNA, "activities": ["call"]}
SIGN = {
    "label": "Asks",
    "when": {"field": "email", "op": "exists"},
    "callsFor": "OFFER",
    "within": {"duration": "P5D"},
    "owner": ANNA,
}
OWED: list[tuple[str, str, dict[str, Any]]] = [
    ("OWNER_MISSING", "material[story].owner", {"material": {"story": STORY | {"owner": PARTY}}}),
    ("OWNER_MISSING", "feedback.meetings[review].owner", {"feedback__meetings": {"review": REVIEW | {"owner": PARTY}}}),
    (
        "OWNER_MISSING",
        "journey.stages[mql].measures[fair].owner",
        {"journey__stages__mql__measures": {"fair": FAIR | {"owner": PARTY}}},
    ),
    ("OWNER_MISSING", "afterSales.signs[asks].owner", {"afterSales__signs": {"asks": SIGN | {"owner": PARTY}}}),
    (
        "CONFIRMED_BY_OWNER",
        "material[story].confirmedBy",
        {"material": {"story": STORY | {"confirmedBy": "anna.berg"}}},
    ),
    ("UNKNOWN_PERSONA", "material[story].persona", {"material": {"story": STORY | {"persona": "boss"}}}),
    ("UNKNOWN_BUYING_STAGE", "material[story].buyingStage", {"material": {"story": STORY | {"buyingStage": "x"}}}),
    (
        "UNKNOWN_CALENDAR",
        "feedback.meetings[review].calendar",
        {"feedback__meetings": {"review": REVIEW | {"calendar": "x"}}},
    ),
    ("NOBODY_TAKES_PART", "feedback.meetings[review]", {"feedback__meetings": {"review": REVIEW | {"people": []}}}),
    (
        "KEY_AMBIGUOUS",
        "journey.stages[sal].measures[fair]",
        {"journey__stages__mql__measures": {"fair": FAIR}, "journey__stages__sal__measures": {"fair": FAIR}},
    ),
    ("MEASURE_FOR_NOTHING", "journey.stages[lost].measures[fair]", {"journey__stages__lost__measures": {"fair": FAIR}}),
    (
        "KEY_AMBIGUOUS",
        "afterSales.signs[x]",
        {"afterSales__signs": {"x": SIGN}, "afterSales__touchpoints": {"x": WELCOME}},
    ),
    (
        "UNKNOWN_ACTIVITY_TYPE",
        "afterSales.touchpoints[welcome].activities[0]",
        {"afterSales__touchpoints": {"welcome": WELCOME | {"activities": ["fax"]}}},
    ),
    (
        "CLOCK_NEVER_STOPS",
        "afterSales.touchpoints[welcome]",
        {"afterSales__touchpoints": {"welcome": WELCOME | {"activities": []}}},
    ),
    (
        "CLOCK_NEVER_STARTS",
        "afterSales",
        {"afterSales__touchpoints": {"welcome": WELCOME}, "journey__stages__won__kind": "OPPORTUNITY"},
    ),
    ("DATE_OUT_OF_RANGE", "material[story].publishOn", {"material": {"story": STORY | {"publishOn": "9999-12-31"}}}),
    ("DATE_OUT_OF_RANGE", "reviewOn", {"reviewOn": "0001-01-01"}),
]


def found(**changes: Any) -> set[tuple[str, str]]:
    """Code and path of every finding in the small document with a change."""
    return {(finding.code, finding.path) for finding in check_references(document(**changes))}


def test_a_sound_document_has_no_findings() -> None:
    """Nothing is found where nothing is wrong."""
    assert found() == set()


@pytest.mark.parametrize(
    ("code", "path", "changes"),
    [
        ("UNKNOWN_CALENDAR", "defaultCalendar", {"defaultCalendar": "nowhere"}),
        (
            "UNKNOWN_BUYING_STAGE",
            "journey.stages[won].buyingStages[1]",
            {"journey__stages__won__buyingStages": ["looking", "x"]},
        ),
        ("UNKNOWN_STAGE", "journey.stages[won].next[0]", {"journey__stages__won__next": ["x"]}),
        ("STAGE_NEXT_ITSELF", "journey.stages[won].next[0]", {"journey__stages__won__next": ["won"]}),
        ("STAGE_UNREACHABLE", "journey.stages[island]", {"journey__stages__island": STAGE}),
        ("ENTRY_WITHOUT_TRANSITION", "journey.stages[out].entry", {"journey__stages__out__entry": HOLDS}),
        ("UNKNOWN_FIELD", "handover.required[1]", {"handover__required": ["email", "phone"]}),
        ("UNKNOWN_FIELD", "handover.required[0]", {"handover__required": ["account.email"]}),
        ("REQUIRED_TWICE", "handover.required[1]", {"handover__required": ["account.employees", "employees"]}),
        (
            "UNKNOWN_ACTIVITY_TYPE",
            "scoring.interest.signals[call].activity",
            {"scoring__interest__signals__call__activity": "fax"},
        ),
        ("ESCALATION_ORDER", "handover.escalation[1].at", {"handover__escalation": [STEP, STEP | {"at": 0.5}]}),
        (
            "ESCALATION_WITHOUT_AUDIENCE",
            "handover.escalation[0].audience",
            {"handover__escalation": [{"at": 0.5, "action": "NOTIFY"}, STEP]},
        ),
        (
            "UNKNOWN_PURPOSE",
            "handover.requiredConsents[0].purpose",
            {"handover__requiredConsents": [{"purpose": "calls", "channel": "phone"}]},
        ),
        (
            "REQUIRED_TWICE",
            "handover.requiredConsents[1]",
            {
                "contact": {"consents": {"calls": {"label": "Calls"}}},
                "handover__requiredConsents": [{"purpose": "calls", "channel": "phone"}] * 2,
            },
        ),
        ("ESCALATION_MISSING", "handover.escalation", {"handover__escalation": []}),
        (
            "ESCALATION_ENDS_WITH_NOBODY",
            "handover.escalation[1]",
            {"handover__escalation": [STEP, STEP | {"audience": "PERSON"}]},
        ),
        (
            "OVERFLOW_TO_ITSELF",
            "handover.routing[0].overflow[1]",
            {"handover__routing": [{"team": "a", "overflow": ["b", "a"]}]},
        ),
        (
            "OVERFLOW_TWICE",
            "handover.routing[0].overflow[1]",
            {"handover__routing": [{"team": "a", "overflow": ["b", "b"]}]},
        ),
        (
            "SKILL_TWICE",
            "handover.routing[0].skills[1]",
            {"handover__routing": [{"team": "a", "skills": [{"skill": "x"}, {"skill": "x"}]}]},
        ),
        (
            "FIELDS_UNUSED",
            "handover.returnReasons[no-need].fields",
            {"handover__returnReasons__no-need__fields": ["email"]},
        ),
        (
            "UNKNOWN_FIELD",
            "handover.returnReasons[no-need].fields[0]",
            {"handover__returnReasons__no-need": {"label": "x", "destination": "DATA", "fields": ["nothing"]}},
        ),
        ("ROUTE_UNREACHABLE", "handover.routing[1]", {"handover__routing": [{"team": "a"}, {"team": "b"}]}),
        (
            "COOL_OFF_UNUSED",
            "handover.returnReasons[no-need].coolOff",
            {"handover__returnReasons__no-need__destination": "DISCARD"},
        ),
        (
            "COOL_OFF_MISSING",
            "handover.returnReasons[no-need]",
            {"handover__returnReasons__no-need__coolOff": None},
        ),
        (
            "TARGET_FOR_NOBODY",
            "targets[won]",
            {"targets": {"won": {"metric": "won", "period": "YEAR", "value": 3}}},
        ),
    ],
)
def test_each_fault_is_found_once_at_its_place(code: str, path: str, changes: dict[str, Any]) -> None:
    """A planted fault is found, and nothing else."""
    assert found(**changes) == {(code, path)}


@pytest.mark.parametrize(
    ("stage", "severity"),
    [
        ("prospect", Severity.ERROR),
        ("mql", Severity.ERROR),
        ("sal", Severity.ERROR),
        ("back", Severity.ERROR),
        ("out", Severity.ERROR),
        ("won", Severity.WARNING),
        ("lost", Severity.WARNING),
    ],
)
def test_a_missing_kind_of_stage_is_found(stage: str, severity: Severity) -> None:
    """The engine cannot go without five kinds of stages, and the figures want two more."""
    findings = check_references(document(**{f"journey__stages__{stage}": None}))
    assert [f.severity for f in findings if f.code == "STAGE_KIND_MISSING"] == [severity]


def test_an_escalation_that_returns_the_lead_needs_no_audience() -> None:
    """At the end of such an escalation stands marketing."""
    assert found(handover__escalation=[STEP, {"at": 2, "action": "RETURN"}]) == set()


def test_sections_that_can_be_read_are_checked_while_others_cannot() -> None:
    """Faults between readable sections are found although another section is missing."""
    whole = document(defaultCalendar="nowhere", targets={"won": {"metric": "won", "period": "YEAR", "value": 3}})
    sections = {name: getattr(whole, name) for name in SlaDocument.model_fields if name != "calendars"}
    assert [finding.code for finding in check_sections(sections)] == ["TARGET_FOR_NOBODY"]


@pytest.mark.parametrize(("code", "path", "changes"), OWED, ids=[f"{code} {path}" for code, path, _ in OWED])
def test_what_is_wrong_with_promises_is_found(code: str, path: str, changes: dict[str, Any]) -> None:
    """Promises name somebody, speak of what is defined, have one key each, and can be kept [X.1]."""
    assert (code, path) in found(**changes)


def test_sound_promises_have_no_findings() -> None:
    """The same sections without their faults give nothing."""
    assert (
        found(
            material={"story": STORY | {"buyingStage": "looking", "confirmedBy": "ines.vogt"}},
            feedback__meetings={"review": REVIEW | {"calendar": "office"}},
            journey__stages__mql__measures={"fair": FAIR | {"dueOn": "2027-03-01"}},
            activityTypes__mail={"label": "Mail", "direction": "OUTBOUND", "party": "MARKETING"},
            afterSales__touchpoints={"welcome": WELCOME | {"activities": ["mail"]}},
            afterSales__signs={"asks": SIGN},
        )
        == set()
    )


def test_days_that_are_over_are_found_on_the_day_after() -> None:
    """A day is past when it is over; which day is today is asked of the caller [X.1]."""
    written = document(
        reviewOn="2027-05-03",
        material={"story": STORY},
        journey__stages__mql__measures={"fair": FAIR | {"dueOn": "2027-05-04"}},
    )
    sections = {name: getattr(written, name) for name in SlaDocument.model_fields}
    assert check_days(sections, today=date(2027, 5, 3)) == []
    assert [(f.code, f.path) for f in check_days(sections, today=date(2027, 5, 5))] == [
        ("DATE_PAST", "reviewOn"),
        ("DATE_PAST", "journey.stages[mql].measures[fair].dueOn"),
        ("DATE_PAST", "material[story].publishOn"),
    ]
    assert check_days({"review_on": None}, today=date(2027, 5, 5)) == []


@pytest.mark.parametrize(
    "rhythm",
    [
        {"every": "WEEK"},
        {"every": "WEEK", "weekday": "MON", "workingDay": 2},
        {"every": "MONTH"},
        {"every": "MONTH", "workingDay": 0},
        {"every": "QUARTER", "weekday": "MON"},
    ],
)
def test_a_rhythm_names_the_day_that_fits_it(rhythm: dict[str, Any]) -> None:
    """A week has weekdays, longer rhythms working days; without a rhythm a meeting is refused as well [X.1]."""
    path = "feedback.meetings[review].rhythm"
    assert ("RHYTHM_DAY", path) in faults(small(feedback__meetings={"review": REVIEW | {"rhythm": rhythm}}))
    without = {name: value for name, value in REVIEW.items() if name != "rhythm"}
    assert faults(small(feedback__meetings={"review": without})) == {("MISSING", path)}
    late = REVIEW | {"rhythm": REVIEW["rhythm"] | {"beginsAt": "25:00"}}
    assert faults(small(feedback__meetings={"review": late})) == {("TIME_FORMAT", f"{path}.beginsAt")}
