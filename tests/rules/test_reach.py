"""How high scores can be is found by reasoning over the bands, exactly [X.1]."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document.document import SlaDocument
from domain.document.findings import Severity
from rules.checking.checking import check_conditions
from rules.conditions.conditions import predicate
from rules.conditions.expressions import typed_clauses
from rules.conditions.vocabulary import Place
from rules.satisfiability.reachable_scores import Reach
from rules.scoring.scoring import weighted
from tests.rules.samples import HOT, document, when
from tests.rules.strategies import SETTINGS

WHEN = "handover.triggers[hot].when"


def _document(criteria: list[list[tuple[dict[str, Any], int]]], **more: Any) -> SlaDocument:
    fit = {
        f"c{n}": {"label": "x", "bands": [{"when": one, "points": points} for one, points in bands]}
        for n, bands in enumerate(criteria)
    }
    return document(scoring__fit__criteria=fit, **more)


def _hot(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"handover__triggers": {"hot": {**HOT, "when": {"all": list(parts)}}}}


_wholes = st.builds(
    lambda op, low, span: when("whole", op, [low, low + span] if op == "between" else low),
    st.sampled_from(["gte", "lt", "eq", "between"]), st.integers(0, 6), st.integers(0, 3),
)  # fmt: skip
_truths = st.sampled_from([when("truth", "eq", True), when("truth", "eq", False), when("truth", "exists")])
_conditions = st.one_of(
    _wholes,
    _truths,
    _wholes.map(lambda one: {"not": one}),
    st.builds(lambda one, other: {"all": [one, other]}, _wholes, _truths),
    st.builds(lambda one, other: {"any": [one, other]}, _wholes, _truths),
)
_criteria = st.lists(
    st.lists(st.tuples(_conditions, st.sampled_from([-10, 0, 5, 20, 100])), min_size=1, max_size=3),
    min_size=1, max_size=4,
)  # fmt: skip
LEADS = [{"whole": whole, "truth": truth} for whole, truth in product([None, *range(-1, 12)], [None, True, False])]


@SETTINGS
@given(_criteria, _conditions)
def test_what_is_reached_is_what_the_best_lead_has(
    criteria: list[list[tuple[dict[str, Any], int]]], condition: dict[str, Any]
) -> None:
    """No lead for which a condition holds has more fit, and one of them has as much."""
    found = _document(criteria, **_hot(condition))
    typed, _ = typed_clauses(found)
    asked = next(one.expression for one in typed if one.clause.place is Place.TRIGGER)
    bands = {one.clause.path: predicate(one.expression) for one in typed if one.clause.place is Place.FIT_BAND}
    holds = predicate(asked)

    def fit(lead: dict[str, Any]) -> int:
        total = 0
        for criterion in found.scoring.fit.criteria:
            paths = [f"scoring.fit.criteria[{criterion.key}].bands[{n}].when" for n in range(len(criterion.bands))]
            first = next((n for n, path in enumerate(paths) if bands[path](lead)), None)
            total += 0 if first is None else weighted(criterion.weight, criterion.bands[first].points)
        return total

    known = [{name: value for name, value in lead.items() if value is not None} for lead in LEADS]
    best = max((fit(lead) for lead in known if holds(lead)), default=None)
    if best is not None:
        assert Reach(found, typed).fit(asked) == best


LARGE, SMALL = when("whole", "gte", 50), when("whole", "lt", 50)
APART = [[(LARGE, 100)], [(SMALL, 100)], [(when("truth", "exists"), 50)]]
FOUND: list[tuple[str, dict[str, Any], str, Severity, str]] = [
    (
        "criteria of which only one can count",
        _hot(when("fit.points", "gte", 151)),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "fit.points is at most 150.",
    ),
    (
        "what the trigger asks for besides",
        _hot(when("fit.points", "gte", 150), {"not": when("truth", "exists")}),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "For leads of which the rest of the condition holds fit.points is at most 100.",
    ),
    (
        "a percentage",
        _hot(when("fit.percent", "gte", 41), {"not": when("truth", "exists")}),
        f"{WHEN}.all[0].value",
        Severity.ERROR,
        "For leads of which the rest of the condition holds fit.percent is at most 40.",
    ),
    (
        "a grade",
        _hot(when("grade", "eq", "A1"), {"not": when("truth", "exists")}),
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
    told = [f for f in check_conditions(_document(APART, **more)) if f.code == "THRESHOLD_UNREACHABLE"]
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
    told = check_conditions(_document(APART, **_hot(*parts)))
    assert "THRESHOLD_UNREACHABLE" not in {finding.code for finding in told}


def test_a_signal_that_no_activity_can_pass_adds_nothing() -> None:
    """Interest is counted without signals that contradict themselves, or what the trigger asks for."""
    signals = {
        "large": {"label": "x", "activity": "webinar", "points": 30, "maxCount": 1, "when": LARGE},
        "all": {"label": "x", "activity": "form", "points": 10, "maxCount": 1},
    }
    found = document(scoring__interest__signals=signals, **_hot(when("interest.points", "gte", 11), SMALL))
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
