"""How high scores can be is found by reasoning over the bands, exactly [X.1]."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.conditions.conditions import predicate
from rules.conditions.expressions import typed_clauses
from rules.conditions.vocabulary import Place
from rules.satisfiability.reachable_scores import Reach
from rules.scoring.scoring import weighted
from tests.rules.samples import when
from tests.rules.strategies import SETTINGS
from tests.rules.test_reach import hot, scored

_wholes = st.builds(
    lambda op, low, span: when("whole", op, [low, low + span] if op == "between" else low),
    st.sampled_from(["gte", "lt", "eq", "between"]),
    st.integers(0, 6),
    st.integers(0, 3),
)


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
    min_size=1,
    max_size=4,
)


LEADS = [{"whole": whole, "truth": truth} for whole, truth in product([None, *range(-1, 12)], [None, True, False])]


@SETTINGS
@given(_criteria, _conditions)
def test_what_is_reached_is_what_the_best_lead_has(
    criteria: list[list[tuple[dict[str, Any], int]]], condition: dict[str, Any]
) -> None:
    """No lead for which a condition holds has more fit, and one of them has as much."""
    found = scored(criteria, **hot(condition))
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
