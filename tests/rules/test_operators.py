"""What the operators mean, written out [X.4]."""

from __future__ import annotations

from typing import Any

import pytest

from rules.conditions.conditions import predicate
from rules.conditions.syntax import FALSE, TRUE
from rules.engine.matching import DurableMatcher
from tests.rules.samples import typed, when

TRUTHS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    (when("whole", "eq", 5), {"whole": 5}, True),
    (when("whole", "eq", 5), {}, False),
    (when("whole", "neq", 5), {"whole": 6}, True),
    (when("whole", "neq", 5), {}, False),
    (when("whole", "in", [1, 2, 2]), {"whole": 2}, True),
    (when("whole", "in", []), {"whole": 2}, False),
    (when("whole", "notIn", [1, 2]), {"whole": 3}, True),
    (when("whole", "notIn", []), {"whole": 3}, True),
    (when("whole", "notIn", [1]), {"whole": None}, False),
    (when("whole", "lt", 5), {"whole": 5}, False),
    (when("whole", "lte", 5), {"whole": 5}, True),
    (when("whole", "gt", 5), {"whole": 5}, False),
    (when("whole", "gte", 5), {"whole": 5}, True),
    (when("whole", "between", [5, 7]), {"whole": 7}, True),
    (when("whole", "between", [7, 5]), {"whole": 6}, False),
    (when("whole", "exists"), {"whole": 0}, True),
    (when("whole", "exists"), {}, False),
    (when("truth", "eq", False), {"truth": False}, True),
    (when("text", "eq", "A"), {"text": "a"}, False),
    (when("text", "startsWith", "ab"), {"text": "abc"}, True),
    (when("text", "startsWith", ""), {"text": ""}, True),
    (when("text", "contains", "b"), {"text": "abc"}, True),
    (when("list", "contains", "x"), {"list": ("x", "y")}, True),
    (when("list", "contains", "x"), {"list": ()}, False),
    (when("amount", "gt", 1.005), {"amount": 100}, False),
    (when("amount", "gt", 1.005), {"amount": 101}, True),
    (when("amount", "gte", 1.005), {"amount": 100}, False),
    (when("amount", "lt", 1.005), {"amount": 100}, True),
    (when("amount", "lte", 1.005), {"amount": 101}, False),
    (when("amount", "lt", -1.005), {"amount": -100}, False),
    (when("amount", "lt", -1.005), {"amount": -101}, True),
    (when("amount", "eq", 1.005), {"amount": 100}, False),
    (when("amount", "neq", 1.005), {"amount": 100}, True),
    (when("amount", "neq", 1.005), {}, False),
    (when("amount", "in", [1.005, 2]), {"amount": 200}, True),
    (when("amount", "between", [1.005, 1.015]), {"amount": 101}, True),
    (when("day", "lt", "2026-03-11"), {"day": 739_685}, True),
    (when("moment", "eq", "2026-03-10T10:00:00+01:00"), {"moment": 1_773_133_200_000}, True),
]


@pytest.mark.parametrize(("condition", "row", "truth"), TRUTHS)
def test_a_comparison_and_its_opposite_are_never_both_true(
    condition: dict[str, Any], row: dict[str, Any], truth: bool
) -> None:
    """A comparison gives what the table says in both forms, and `not` gives the opposite."""
    expressions = {0: typed(condition), 1: typed({"not": condition})}
    assert [predicate(e)(row) for e in expressions.values()] == [truth, not truth]
    durable = DurableMatcher(expressions)
    assert durable.match(row) == ({0} if truth else {1})
    durable.close()


def test_all_of_nothing_is_true_and_any_of_nothing_is_false() -> None:
    """Empty joints are decided without the engine."""
    durable = DurableMatcher({0: TRUE, 1: FALSE, 2: typed({"not": {"any": []}}), 3: typed({"not": {"all": []}})})
    assert durable.match({}) == {0, 2}
