"""Random comparisons by every operator in the table, made from the rows alone."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.document.sections.fields import FieldType
from rules.conditions.operators import OPERATORS, Operand, Operator
from rules.conditions.syntax import Check
from rules.conditions.vocabulary import Origin, Subject

ITEMS = ("a", "b", "ab")
_texts = st.sampled_from(["", "a", "b", "aa", "ab", "ba", "aba", "a\x01", "\x01"])
_numbers = st.integers(-4, 4)
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: _texts,
    FieldType.ENUM: st.sampled_from(ITEMS),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.LIST: st.lists(st.sampled_from(ITEMS), max_size=3).map(tuple),
    **dict.fromkeys((FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATE_TIME), _numbers),
}
"""Stored values by type, few enough that comparisons meet."""


def subject(kind: FieldType) -> Subject:
    """A field of a type."""
    values = ITEMS if kind in (FieldType.ENUM, FieldType.LIST) else ()
    return Subject(f"f{kind}", Origin.LEAD, kind, scale=0, values=values)


def literals(operator: Operator, kind: FieldType) -> st.SearchStrategy[Any]:
    """Operands of an operator, as they are compared."""
    one = st.sampled_from(ITEMS) if kind is FieldType.LIST else VALUES[kind]
    shapes = {
        Operand.NONE: st.none(),
        Operand.ONE: one,
        Operand.SEVERAL: st.lists(one, max_size=3, unique=True).map(tuple),
        Operand.RANGE: st.tuples(one, one),
    }
    return shapes[operator.operand]


def checks(kind: FieldType, first: Operator) -> st.SearchStrategy[list[Check]]:
    """Comparisons of a field: one by an operator, then others by any that take the type."""
    field = subject(kind)

    def by(operator: Operator) -> st.SearchStrategy[Check]:
        return literals(operator, kind).map(lambda literal: Check(field, operator, literal))

    others = st.one_of([by(row) for row in OPERATORS.values() if kind in row.types])
    return st.tuples(by(first), st.lists(others, min_size=1, max_size=4)).map(lambda found: [found[0], *found[1]])
