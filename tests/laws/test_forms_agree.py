"""The plain and the durable form of conditions mean the same, always [X.4]."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.engine.matching import DurableMatcher, PlainMatcher
from tests.rules.samples import typed
from tests.rules.strategies import SETTINGS, comparisons, conditions, rows
from tests.sizes import examples

FORMS = settings(SETTINGS, max_examples=examples(36))


def _agree(written: list[dict[str, Any]], observed: list[dict[str, Any]]) -> None:
    expressions = {number: typed(condition) for number, condition in enumerate(written)}
    plain, durable = PlainMatcher(expressions), DurableMatcher(expressions)
    try:
        for row in [{}, *observed]:
            assert durable.match(row) == plain.match(row)
    finally:
        durable.close()


@FORMS
@given(st.lists(conditions, min_size=1, max_size=8), st.lists(rows, min_size=3, max_size=8))
def test_nested_conditions_mean_the_same_in_both_forms(
    written: list[dict[str, Any]], observed: list[dict[str, Any]]
) -> None:
    """Random nested conditions hold for the same random rows in both forms."""
    _agree(written, observed)


@FORMS
@given(st.lists(comparisons, min_size=4, max_size=20), st.lists(rows, min_size=4, max_size=10))
def test_comparisons_and_their_negations_mean_the_same_in_both_forms(
    written: list[dict[str, Any]], observed: list[dict[str, Any]]
) -> None:
    """Every comparison and its negation hold for the same rows in both forms."""
    _agree([*written, *({"not": one} for one in written)], observed)
