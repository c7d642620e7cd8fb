"""The plain form of conditions, which says what they mean: a predicate over comparable values by subject name.

| | value there | value missing |
|---|---|---|
| comparison, any operator (also `neq`, `notIn`) | what the operator says | false |
| `not` | the opposite | true around a comparison |
| `all` of nothing | true | true |
| `any` of nothing | false | false |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.conditions.syntax import Check, Every, Expression, Not, Some

Row = Mapping[str, Any]
"""Comparable values by subject name; missing ones are absent or None."""
Holds = Callable[[Row], bool]


def predicate(expression: Expression) -> Holds:
    """The meaning of an expression as a function of a row."""
    match expression:
        case Check():
            return _check(expression)
        case Not(part):
            holds = predicate(part)
            return lambda row: not holds(row)
        case Every(parts):
            return _every(tuple(map(predicate, parts)))
        case Some(parts):
            return _some(tuple(map(predicate, parts)))


def _check(check: Check) -> Holds:
    name = check.subject.name
    passes = check.operator.plain(check.literal)

    def holds(row: Row) -> bool:
        value = row.get(name)
        return value is not None and passes(value)

    return holds


def _every(parts: tuple[Holds, ...]) -> Holds:
    def holds(row: Row) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs more than the comparison
            if not part(row):
                return False
        return True

    return holds


def _some(parts: tuple[Holds, ...]) -> Holds:
    def holds(row: Row) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if part(row):
                return True
        return False

    return holds
