"""Findings about conditions: each code has a document that makes it appear [X.1]."""

from __future__ import annotations

from typing import Any

import pytest

from domain.document.findings import Severity
from rules.checking.checking import check_conditions
from tests.rules.samples import ACTIVITY_TYPES, DOWNLOADS, FIELDS, HOT, STAGES, document, when

BOTH = {"all": [when("truth", "eq", True), when("interest.points", "gte", 31)]}
EITHER = {"any": [when("truth", "eq", True), when("interest.points", "gte", 31)]}


def trigger(condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document with this trigger."""
    return {"handover__triggers": {"hot": {**HOT, "when": condition, **more}}}


FOUND: list[tuple[dict[str, Any], str, str, Severity]] = [
    (trigger(BOTH), "THRESHOLD_UNREACHABLE", "handover.triggers[hot].when.all[1].value", Severity.ERROR),
    (trigger(EITHER), "THRESHOLD_UNREACHABLE", "handover.triggers[hot].when.any[1].value", Severity.WARNING),
    (
        trigger(when("fit.points", "gt", 100)),
        "THRESHOLD_UNREACHABLE",
        "handover.triggers[hot].when.value",
        Severity.ERROR,
    ),
    (
        trigger(when("fit.percent", "gt", 100)),
        "THRESHOLD_UNREACHABLE",
        "handover.triggers[hot].when.value",
        Severity.ERROR,
    ),
    (
        {"scoring__interest__maximum": 19, "scoring__interest__bands": [{"key": "1", "from": 0}]},
        "THRESHOLD_UNREACHABLE",
        "handover.triggers[hot].when.value",
        Severity.ERROR,
    ),
    (trigger(when("grade", "eq", "Z")), "VALUE_NOT_ALLOWED", "handover.triggers[hot].when.value", Severity.ERROR),
    (trigger(when("whole", "between", [3, 2])), "NEVER_HOLDS", "handover.triggers[hot].when.value", Severity.WARNING),
    (trigger(when("text", "eq", " ")), "NEVER_HOLDS", "handover.triggers[hot].when.value", Severity.WARNING),
    (trigger(when("text", "in", ["", " "])), "NEVER_HOLDS", "handover.triggers[hot].when.value", Severity.WARNING),
    (trigger(when("list", "contains", "")), "NEVER_HOLDS", "handover.triggers[hot].when.value", Severity.WARNING),
    (trigger(when("whole", "in", [])), "NEVER_HOLDS", "handover.triggers[hot].when.value", Severity.WARNING),
    (trigger({"all": [{"any": []}]}), "NEVER_HOLDS", "handover.triggers[hot].when.all[0]", Severity.WARNING),
    (trigger(HOT["when"], handRaiser=True), "SCORE_SKIPPED", "handover.triggers[hot].when", Severity.WARNING),
    (
        {"scoring__interest__bands": [{"key": "1", "from": 31}, {"key": "2", "from": 0}]},
        "BAND_UNREACHABLE",
        "scoring.interest.bands[1].from",
        Severity.WARNING,
    ),
    (
        {"scoring__fit__bands": [{"key": "A", "from": 100.5}, {"key": "B", "from": 0}]},
        "BAND_UNREACHABLE",
        "scoring.fit.bands[A].from",
        Severity.WARNING,
    ),
    (
        {"journey__stages": {**STAGES, "sal": {**STAGES["sal"], "entry": when("truth", "exists")}}},
        "ENTRY_NOT_USED",
        "journey.stages[sal].entry",
        Severity.WARNING,
    ),
    (
        {"fields": {**FIELDS, "grade": {"label": "x", "type": "TEXT"}}},
        "NAME_RESERVED",
        "fields[grade].key",
        Severity.ERROR,
    ),
    (
        {
            "activityTypes": {
                **ACTIVITY_TYPES,
                "webinar": {
                    "label": "x",
                    "direction": "INBOUND",
                    "fields": {"channel": {"label": "x", "type": "TEXT"}},
                },
            }
        },
        "NAME_RESERVED",
        "activityTypes[webinar].fields[channel].key",
        Severity.ERROR,
    ),
]


@pytest.mark.parametrize(("changes", "code", "path", "severity"), FOUND)
def test_a_finding_has_its_code_path_and_severity(
    changes: dict[str, Any], code: str, path: str, severity: Severity
) -> None:
    """One document, one finding."""
    found = check_conditions(document(**changes))
    assert [(f.code, f.path, f.severity) for f in found] == [(code, path, severity)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        trigger(when("interest.points", "gte", 30)),
        trigger(when("fit.percent", "gte", 100)),
        trigger({"all": [when("truth", "exists"), {"not": when("interest.points", "gte", 31)}]}),
        {
            "scoring__interest__signals": {"downloads": {k: v for k, v in DOWNLOADS.items() if k != "maxCount"}},
            **trigger(when("interest.points", "gte", 5000)),
        },
    ],
)
def test_what_can_be_reached_is_no_finding(changes: dict[str, Any]) -> None:
    """No false alarm: exactly the maximum can be reached, and without a cap anything can."""
    assert check_conditions(document(**changes)) == []
