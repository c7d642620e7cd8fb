"""What holds for every operator in the table, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.document.sections.fields import FieldType
from rules.conditions.conditions import predicate
from rules.conditions.operators import OPERATORS
from rules.conditions.syntax import Check, Expression, Not
from rules.engine.matching import DurableMatcher, PlainMatcher
from rules.satisfiability.satisfiability import Possible
from tests.laws.operators import VALUES, checks
from tests.rules.columnar import DuckBase, matches
from tests.rules.samples import document
from tests.rules.strategies import SETTINGS
from tests.sizes import examples

DUCK = DuckBase()
USES = [(name, kind) for name, row in OPERATORS.items() for kind in FieldType if kind in row.types]
EVERY_USE = pytest.mark.parametrize(("name", "kind"), USES, ids=[f"{name}-{kind}" for name, kind in USES])


def fulfilled_is_possible(name: str, kind: FieldType, most: int) -> None:
    """Try that what a value fulfils is called possible, of an operator on fields of a type.

    A value that no comparison names is found though all those are forbidden that they name.
    """
    possible = Possible.of(document())

    @settings(SETTINGS, max_examples=most)
    @given(checks(kind, OPERATORS[name]), st.none() | VALUES[kind])
    def law(asked: list[Check], value: Any) -> None:
        row = {asked[0].subject.name: value}
        outcomes: list[Expression] = [check if predicate(check)(row) else Not(check) for check in asked]
        named = {one for check in asked for one in check.operator.witness(check.literal).values}
        if value is not None and value not in named and kind in OPERATORS["notIn"].types:
            outcomes.append(Check(asked[0].subject, OPERATORS["notIn"], tuple(named)))
        possible.left = 1_000_000
        assert possible.holds(*outcomes), (value, outcomes)

    law()


def forms_agree(name: str, kind: FieldType, most: int) -> None:
    """Try that the plain, the durable and the columnar form of an operator agree on fields of a type."""

    @settings(SETTINGS, max_examples=most)
    @given(checks(kind, OPERATORS[name]), st.lists(VALUES[kind], min_size=3, max_size=6))
    def law(asked: list[Check], values: list[Any]) -> None:
        expressions: dict[int, Expression] = dict(enumerate([*asked, *map(Not, asked)]))
        rows = [{}, *({asked[0].subject.name: value} for value in values)]
        plain, durable = PlainMatcher(expressions), DurableMatcher(expressions)
        for row, columnar in zip(rows, matches(DUCK, expressions, rows), strict=True):
            assert columnar == plain.match(row) == durable.match(row)
        durable.close()

    law()


@EVERY_USE
def test_what_a_value_fulfils_is_called_possible(name: str, kind: FieldType) -> None:
    """Whatever comparisons come out for a value as they do can come out so together."""
    fulfilled_is_possible(name, kind, examples(36 if kind is FieldType.TEXT else 12))


@EVERY_USE
def test_the_forms_of_an_operator_agree(name: str, kind: FieldType) -> None:
    """Plain, durable and columnar, alone and under `not`, values missing and there."""
    forms_agree(name, kind, examples(2))
