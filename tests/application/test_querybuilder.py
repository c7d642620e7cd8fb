"""Conditions in the shape of react-querybuilder."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.documents.querybuilder import UnreadableQuery, from_querybuilder, to_querybuilder
from domain.document.conditions import condition_json, read_condition
from rules.conditions.conditions import predicate
from rules.conditions.operators import OPERATORS
from tests.rules.leads import measured
from tests.rules.samples import typed, when
from tests.rules.strategies import SETTINGS, conditions, rows


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.lists(inner, max_size=3)
    return (
        parts.map(lambda p: {"all": p})
        | parts.map(lambda p: {"any": p})
        | inner.map(lambda condition: {"not": condition})
    )


mixed = st.recursive(conditions | measured(), _nested, max_leaves=6)


def test_every_operator_has_a_name_of_its_own_there() -> None:
    """No name there means two of ours, and none of ours means another one there."""
    there = [name for row in OPERATORS.values() for name in (row.querybuilder, row.opposite) if name is not None]
    assert len(there) == len(set(there))
    assert all(row.querybuilder == row.name or row.querybuilder not in OPERATORS for row in OPERATORS.values())


@SETTINGS
@given(mixed)
def test_a_condition_comes_back_as_it_went(data: dict[str, Any]) -> None:
    """To the last joint, negation and value."""
    condition = read_condition(data)
    assert from_querybuilder(to_querybuilder(condition)) == condition


@SETTINGS
@given(mixed)
def test_a_query_is_made_of_groups_and_rules_alone(data: dict[str, Any]) -> None:
    """The outermost is a group; every group has its three parts, every rule its three."""

    def check(part: dict[str, Any]) -> None:
        if "rules" in part:
            assert part.keys() == {"combinator", "not", "rules"}
            assert part["combinator"] in ("and", "or")
            for rule in part["rules"]:
                check(rule)
        else:
            assert {"field", "operator", "value"} <= part.keys() <= {"field", "operator", "value", "within", "where"}

    query = to_querybuilder(read_condition(data))
    assert "rules" in query
    check(query)


@SETTINGS
@given(conditions, st.lists(rows, min_size=1, max_size=12))
def test_a_condition_means_the_same_when_it_is_back(data: dict[str, Any], seen: list[dict[str, Any]]) -> None:
    """Missing values included."""
    before = predicate(typed(data))
    after = predicate(typed(condition_json(from_querybuilder(to_querybuilder(read_condition(data))))))
    assert [before(row) for row in [{}, *seen]] == [after(row) for row in [{}, *seen]]


GROUP: dict[str, Any] = {"combinator": "and", "not": False, "rules": []}


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        ({"field": "a", "operator": "=", "value": "x"}, when("a", "eq", "x")),
        ({"field": "a", "operator": "!=", "value": 5}, when("a", "neq", 5)),
        ({"field": "a", "operator": "null", "value": ""}, {"not": when("a", "exists")}),
        ({"field": "a", "operator": "notNull", "value": None}, when("a", "exists")),
        ({"field": "a", "operator": "in", "value": "x, y"}, when("a", "in", ["x", "y"])),
        ({"field": "a", "operator": "notIn", "value": ["x"]}, when("a", "notIn", ["x"])),
        ({"field": "a", "operator": "between", "value": "1,2.5"}, when("a", "between", [1, 2.5])),
        ({"field": "a", "operator": "notBetween", "value": [1, 2]}, {"not": when("a", "between", [1, 2])}),
        ({"field": "a", "operator": "beginsWith", "value": "x"}, when("a", "startsWith", "x")),
        ({"field": "a", "operator": "doesNotContain", "value": "x"}, {"not": when("a", "contains", "x")}),
        ({"id": "r1", "field": "a", "operator": ">=", "value": 1, "valueSource": "value"}, when("a", "gte", 1)),
        ({"field": "a", "operator": "startsWith", "value": "x"}, when("a", "startsWith", "x")),
        ({**GROUP, "combinator": "OR"}, {"any": []}),
    ],
)
def test_their_default_operators_are_read(rule: dict[str, Any], condition: dict[str, Any]) -> None:
    """Their words are ours, and our own words are read as well."""
    assert from_querybuilder({**GROUP, "rules": [rule]}) == read_condition(condition)


def _deep(times: int) -> dict[str, Any]:
    query = GROUP
    for _ in range(times):
        query = {**GROUP, "rules": [query, query] if times < 3 else [query]}
    return query


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (None, ""),
        ([], ""),
        ({"field": "a", "operator": "=", "value": 1}, ""),
        ({**GROUP, "rules": {}}, ""),
        ({**GROUP, "combinator": "xor"}, "combinator"),
        ({**GROUP, "not": "no"}, ""),
        ({**GROUP, "rules": [{}, {}]}, "rules[0]"),
        ({**GROUP, "rules": [{"field": "a", "operator": "="}, "and"]}, "rules[1]"),
        ({**GROUP, "rules": [{"field": "a", "operator": "=", "value": {}}]}, "rules[0].value"),
        ({**GROUP, "rules": [{"field": "", "operator": "=", "value": 1}]}, "rules[0].field"),
        (
            {**GROUP, "rules": [{**GROUP, "rules": [{"field": "a", "operator": "endsWith"}, {}]}]},
            "rules[0].rules[0].operator",
        ),
        (
            {**GROUP, "rules": [{"field": "a", "operator": "=", "value": "b", "valueSource": "field"}]},
            "rules[0].valueSource",
        ),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(query: object, path: str) -> None:
    """The first fault is at its place."""
    with pytest.raises(UnreadableQuery) as refused:
        from_querybuilder(query)
    assert refused.value.faults[0].path == path


def test_everything_that_is_wrong_with_a_query_is_told_at_once() -> None:
    """Whoever writes an editor mends it in one go."""
    rules = [
        {"field": "a", "operator": "endsWith", "value": "x"},
        {"combinator": "xor", "rules": [{"field": "a", "operator": "=", "value": {}}, 5]},
        {"field": "a", "operator": "="},
    ]
    with pytest.raises(UnreadableQuery) as refused:
        from_querybuilder({**GROUP, "rules": rules})
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("rules[0].operator", "UNKNOWN_OPERATOR"),
        ("rules[1].combinator", "VALUE_NOT_ALLOWED"),
        ("rules[1].rules[0].value", "VALUE_SHAPE"),
        ("rules[1].rules[1]", "WRONG_TYPE"),
    ]


def test_a_query_nested_without_end_is_refused() -> None:
    """Before it can do harm."""
    with pytest.raises(UnreadableQuery) as refused:
        from_querybuilder(_deep(5000))
    assert refused.value.faults[0].code == "CONDITION_TOO_DEEP"
