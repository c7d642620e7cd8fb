"""What is wrong between the sections of a document is found, each with its code and path."""

from __future__ import annotations

from typing import Any

import pytest

from domain.document.checking import check_references, check_sections
from domain.document.document import SlaDocument
from domain.document.findings import Severity
from tests.domain.document_samples import document

STAGE = {"label": "X", "kind": "OPPORTUNITY", "owner": "SALES"}
STEP = {"at": 1.0, "action": "NOTIFY", "audience": "TEAM_LEAD"}
HOLDS = {"field": "email", "op": "exists"}


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
        ("ROUTE_UNREACHABLE", "handover.routing[1]", {"handover__routing": [{"team": "a"}, {"team": "b"}]}),
        ("ROUTING_GAP", "handover.routing[0].when", {"handover__routing": [{"team": "a", "when": HOLDS}]}),
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
