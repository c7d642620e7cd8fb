"""How high scores can be is found by reasoning over the bands, exactly [X.1]."""

from __future__ import annotations

from typing import Any

import pytest

from domain.document.document import SlaDocument
from domain.document.findings import Severity
from rules.checking.checking import check_conditions
from tests.rules.samples import HOT, document, when

WHEN = "handover.triggers[hot].when"


def scored(criteria: list[list[tuple[dict[str, Any], int]]], **more: Any) -> SlaDocument:
    """A document that scores fit by criteria, each given by its bands."""
    fit = {
        f"c{n}": {"label": "x", "bands": [{"when": one, "points": points} for one, points in bands]}
        for n, bands in enumerate(criteria)
    }
    return document(scoring__fit__criteria=fit, **more)


def hot(*parts: dict[str, Any]) -> dict[str, Any]:
    """The change of a document by which all the parts trigger a handover."""
    return {"handover__triggers": {"hot": {**HOT, "when": {"all": list(parts)}}}}


LARGE, SMALL = when("whole", "gte", 50), when("whole", "lt", 50)
APART = [[(LARGE, 100)], [(SMALL, 100)], [(when("truth", "exists"), 50)]]
FOUND: list[tuple[str, dict[str, Any], str, Severity, str]] = [
    (
        "criteria of which only one can count",
        hot(when("fit.points", "gte", 151)),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "fit.points is at most 150.",
    ),
    (
        "what the trigger asks for besides",
        hot(when("fit.points", "gte", 150), {"not": when("truth", "exists")}),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "For leads of which the rest of the condition holds fit.points is at most 100.",
    ),
    (
        "a percentage",
        hot(when("fit.percent", "gte", 41), {"not": when("truth", "exists")}),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "For leads of which the rest of the condition holds fit.percent is at most 40.",
    ),
    (
        "a grade",
        hot(when("grade", "eq", "A1"), {"not": when("truth", "exists")}),
        WHEN,
        Severity.ERROR,
        "For leads of which the rest of the condition holds fit.percent is at most 40"
        " and interest.points is at most 30.",
    ),
]


@pytest.mark.parametrize(("more", "path", "severity", "message"), [c[1:] for c in FOUND], ids=[c[0] for c in FOUND])
def test_a_threshold_that_nobody_can_reach_is_found(
    more: dict[str, Any], path: str, severity: Severity, message: str
) -> None:
    """It is told at its place with what can be reached."""
    told = [f for f in check_conditions(scored(APART, **more)) if f.code == "THRESHOLD_UNREACHABLE"]
    assert [(f.path, f.severity, f.message) for f in told] == [(path, severity, message)]


@pytest.mark.parametrize(
    "parts",
    [
        [when("fit.points", "gte", 150)],
        [when("fit.points", "gte", 100), {"not": when("truth", "exists")}],
        [when("fit.percent", "gte", 40), {"not": when("truth", "exists")}],
        [{"any": [when("fit.points", "gte", 150), when("text", "eq", "a")]}, {"not": when("truth", "exists")}],
        [when("grade", "in", ["A1", "B1"]), {"not": when("truth", "exists")}],
    ],
)
def test_a_threshold_that_somebody_reaches_is_left_alone(parts: list[dict[str, Any]]) -> None:
    """What can be reached exactly, or is one way of several, is no finding."""
    told = check_conditions(scored(APART, **hot(*parts)))
    assert "THRESHOLD_UNREACHABLE" not in {finding.code for finding in told}


def test_a_signal_that_no_activity_can_pass_adds_nothing() -> None:
    """Interest is counted without signals that contradict themselves, or what the trigger asks for."""
    signals = {
        "large": {"label": "x", "activity": "webinar", "points": 30, "maxCount": 1, "when": LARGE},
        "all": {"label": "x", "activity": "form", "points": 10, "maxCount": 1},
    }
    found = document(scoring__interest__signals=signals, **hot(when("interest.points", "gte", 11), SMALL))
    (told,) = [one for one in check_conditions(found) if one.code == "THRESHOLD_UNREACHABLE"]
    assert told.message.endswith("interest.points is at most 10.")


@pytest.mark.parametrize("section", ["personas", "segments"])
def test_a_persona_or_segment_behind_one_that_takes_all_of_its_leads_is_told(section: str) -> None:
    """Of personas and of segments the first that holds counts, so a later one that it covers never does."""
    groups = {"a": {"label": "a", "when": when("whole", "gte", 5)}, "b": {"label": "b", "when": LARGE}}
    found = [(f.code, f.path) for f in check_conditions(document(**{section: groups}))]
    assert (f"{section[:-1].upper()}_NEVER_COUNTS", f"{section}[b].when") in found
    turned = dict(reversed(groups.items()))
    assert not [f for f in check_conditions(document(**{section: turned})) if f.code.endswith("_NEVER_COUNTS")]
