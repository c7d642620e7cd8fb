"""Faults in conditions: all at once, each with its path and code [X.1]."""

from __future__ import annotations

from typing import Any

import pytest

from rules.conditions.expressions import typed_clauses
from rules.conditions.vocabulary import Place
from tests.rules.samples import document, read, when

FAULTS: list[tuple[dict[str, Any], str, str]] = [
    (when("nothing", "eq", 1), "UNKNOWN_FIELD", "here.field"),
    (when("employees", "eq", 1), "UNKNOWN_FIELD", "here.field"),
    (when("whole", "like", 1), "UNKNOWN_OPERATOR", "here.op"),
    (when("text", "lt", "a"), "OPERATOR_NOT_FOR_TYPE", "here.op"),
    (when("list", "eq", "a"), "OPERATOR_NOT_FOR_TYPE", "here.op"),
    (when("choice", "startsWith", "r"), "OPERATOR_NOT_FOR_TYPE", "here.op"),
    (when("whole", "eq", "5"), "WRONG_TYPE", "here.value"),
    (when("whole", "eq", True), "WRONG_TYPE", "here.value"),
    (when("whole", "eq", 5.5), "WRONG_TYPE", "here.value"),
    (when("whole", "eq"), "WRONG_TYPE", "here.value"),
    (when("whole", "eq", [1]), "WRONG_TYPE", "here.value"),
    (when("whole", "in", 1), "WRONG_TYPE", "here.value"),
    (when("whole", "in", [1, "2"]), "WRONG_TYPE", "here.value[1]"),
    (when("whole", "between", [1]), "WRONG_TYPE", "here.value"),
    (when("whole", "exists", 5), "WRONG_TYPE", "here.value"),
    (when("truth", "eq", 1), "WRONG_TYPE", "here.value"),
    (when("amount", "eq", "1.00"), "WRONG_TYPE", "here.value"),
    (when("text", "eq", 1), "WRONG_TYPE", "here.value"),
    (when("day", "eq", "10.03.2026"), "WRONG_TYPE", "here.value"),
    (when("moment", "eq", "2026-03-10"), "WRONG_TYPE", "here.value"),
    (when("choice", "eq", "violet"), "VALUE_NOT_ALLOWED", "here.value"),
    (when("tags", "contains", "z"), "VALUE_NOT_ALLOWED", "here.value"),
    (when("grade", "eq", "Z9"), "VALUE_NOT_ALLOWED", "here.value"),
    (when("stage", "in", ["mql", "nowhere"]), "VALUE_NOT_ALLOWED", "here.value[1]"),
    (when("activity.pages", "gt", 1), "UNKNOWN_FIELD", "here.field"),
    (when("activities.nothing", "gte", 1), "UNKNOWN_FIELD", "here.field"),
]


@pytest.mark.parametrize(("condition", "code", "path"), FAULTS)
def test_a_fault_has_its_code_and_path(condition: dict[str, Any], code: str, path: str) -> None:
    """Each kind of fault is found where it is."""
    found = read(condition).faults
    assert [(fault.code, fault.path) for fault in found] == [(code, path)]


@pytest.mark.parametrize(
    ("place", "field", "code"),
    [
        (Place.SCOPE, "fit.points", "SCORE_NOT_ALLOWED_HERE"),
        (Place.FIT_BAND, "grade", "SCORE_NOT_ALLOWED_HERE"),
        (Place.EXCLUSION, "interest.points", "SCORE_NOT_ALLOWED_HERE"),
        (Place.SIGNAL, "fit.percent", "SCORE_NOT_ALLOWED_HERE"),
        (Place.SCOPE, "stage", "FIELD_NOT_ALLOWED_HERE"),
        (Place.FIT_BAND, "activities.form", "FIELD_NOT_ALLOWED_HERE"),
        (Place.ROUTE, "activities.form", "FIELD_NOT_ALLOWED_HERE"),
    ],
)
def test_what_may_be_spoken_of_depends_on_the_place(place: Place, field: str, code: str) -> None:
    """Scores are not known yet where scores are made."""
    assert [fault.code for fault in read(when(field, "exists"), place).faults] == [code]


def test_a_signal_speaks_of_its_own_activity_type() -> None:
    """`activity.KEY` is a field of the signal's type; channel, campaign and content every type has."""
    assert not read(when("activity.pages", "gt", 1), Place.SIGNAL, "download").faults
    assert not read(when("activity.campaign", "eq", "x"), Place.SIGNAL, "webinar").faults
    assert [f.code for f in read(when("activity.pages", "gt", 1), Place.SIGNAL, "webinar").faults] == ["UNKNOWN_FIELD"]


def test_all_faults_of_a_document_come_at_once_with_full_paths() -> None:
    """Nobody mends a document one fault at a time."""
    bands = [{"when": {"all": [when("whole", "gt", 1), when("text", "lt", "a")]}, "points": 1}]
    sample = document(
        scope=when("grade", "eq", "A1"),
        scoring__fit__criteria={"size": {"label": "x", "bands": bands}},
        scoring__exclusions={"student": {"reason": "x", "when": {"not": when("nothing", "exists")}}},
        handover__routing=[{"team": "inside", "when": {"any": [when("whole", "in", [1, "x"])]}}],
    )
    _, faults = typed_clauses(sample)
    assert {(fault.code, fault.path) for fault in faults} == {
        ("SCORE_NOT_ALLOWED_HERE", "scope.field"),
        ("OPERATOR_NOT_FOR_TYPE", "scoring.fit.criteria[size].bands[0].when.all[1].op"),
        ("UNKNOWN_FIELD", "scoring.exclusions[student].when.not.field"),
        ("WRONG_TYPE", "handover.routing[0].when.any[0].value[1]"),
    }
