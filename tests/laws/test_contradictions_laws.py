"""Conditions that contradict themselves or each other are found, and no others [X.1]."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.conditions.conditions import predicate
from rules.satisfiability.satisfiability import Possible
from tests.rules.samples import FIELDS, document, typed, when
from tests.rules.strategies import SETTINGS, conditions, rows
from tests.sizes import examples

MANY = settings(SETTINGS, max_examples=examples(72))


def _storable(row: dict[str, Any]) -> bool:
    """Whether a lead can carry these values."""
    numbers = [v for v in row.values() if isinstance(v, int) and not isinstance(v, bool)]
    allowed = set(FIELDS["tags"]["values"])
    return (
        all(abs(number) <= 2**53 for number in numbers)
        and row.get("choice") in (None, *FIELDS["choice"]["values"])
        and set(row.get("tags") or ()) <= allowed
    )


@MANY
@given(conditions, conditions, st.lists(rows, min_size=3, max_size=10))
def test_what_holds_for_some_lead_is_called_possible(
    one: dict[str, Any], other: dict[str, Any], observed: list[dict[str, Any]]
) -> None:
    """Alone, and where another condition fails."""
    possible = Possible.of(document())
    holds, fails = typed(one), typed(other)
    for row in [{}, *observed]:
        if _storable(row) and predicate(holds)(row):
            assert possible.holds(holds)
            if not predicate(fails)(row):
                assert possible.holds(holds, fails=[fails])


_SMALL = st.one_of(
    st.builds(
        when, st.just("whole"), st.sampled_from(["eq", "neq", "lt", "lte", "gt", "gte"]), st.sampled_from([0, 1, 3])
    ),
    st.builds(when, st.just("choice"), st.sampled_from(["eq", "neq"]), st.sampled_from(["red", "green", "blue"])),
    st.builds(when, st.just("truth"), st.sampled_from(["eq", "neq"]), st.booleans()),
    st.builds(when, st.sampled_from(["whole", "choice", "truth"]), st.just("exists")),
)


def _joined(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(inner, max_size=4)
    return st.one_of(
        parts.map(lambda p: {"all": p}),
        parts.map(lambda p: {"any": p}),
        inner.map(lambda condition: {"not": condition}),
    )


@MANY
@given(st.recursive(_SMALL, _joined, max_leaves=14))
def test_possible_is_what_some_lead_fulfils(condition: dict[str, Any]) -> None:
    """Over few values every lead can be tried: the answers are the same."""
    expression = typed(condition)
    every = product([None, *range(-2, 6)], [None, "red", "green", "blue"], [None, True, False])
    tried = any(predicate(expression)({"whole": w, "choice": c, "truth": t}) for w, c, t in every)
    assert Possible.of(document()).holds(expression) is tried
