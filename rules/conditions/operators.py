"""The operators: one row each, with the types it takes, its operand, its plain meaning and its form in the engine.

A form is a choice between mutually exclusive alternatives, each a set of probes that all must match; a probe is a
primitive test of the engine and its operand. Without alternative it never holds; with one that has no probe, always.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from domain.document.sections.fields import FieldType
from rules.conditions.texts import after_prefix, encoded

Predicate = Callable[[Any], bool]
"""Says of a value that is not missing whether it passes."""
Probe = tuple[str, Any]
Alternatives = tuple[tuple[Probe, ...], ...]


class Operand(StrEnum):
    """The shape of what an operator compares with."""

    NONE = "NONE"
    """Nothing."""
    ONE = "ONE"
    """One value."""
    SEVERAL = "SEVERAL"
    """A list of values."""
    RANGE = "RANGE"
    """A list of two values, the lowest and the highest that pass."""


class Coding(StrEnum):
    """How the values of a subject reach the engine."""

    NUMBER = "NUMBER"
    """As a whole number."""
    CODE = "CODE"
    """As the number of the literal that they equal, else -1."""
    PREFIX = "PREFIX"
    """As the beginning of a text, encoded."""
    MEMBERS = "MEMBERS"
    """As the list of those literals that the list holds."""


ORDERED = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATE_TIME})
SINGLE = ORDERED | {FieldType.TEXT, FieldType.ENUM}
TEXTUAL = frozenset({FieldType.TEXT})

CODINGS: dict[FieldType, Coding] = {
    **dict.fromkeys(ORDERED, Coding.NUMBER),
    FieldType.TEXT: Coding.CODE,
    FieldType.ENUM: Coding.CODE,
    FieldType.BOOLEAN: Coding.CODE,
    FieldType.LIST: Coding.MEMBERS,
}
"""How values of a type reach the engine, unless the operator's row says otherwise."""

EX: Probe = ("$ex", 1)
NEX: Probe = ("$nex", 1)
ALWAYS: Alternatives = ((),)
NEVER: Alternatives = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator; its functions take the operand in comparable form: a value, a tuple, a pair, or None."""

    name: str
    label: tuple[str, str]
    """What people call it, in English and German."""
    types: frozenset[FieldType]
    operand: Operand
    plain: Callable[[Any], Predicate]
    """The plain meaning; a missing value passes no operator and is not asked."""
    holds: Callable[[Any], Alternatives]
    """The engine's form of the comparison."""
    fails: Callable[[Any], Alternatives]
    """The engine's form of its negation, which a missing value passes."""
    rounding: tuple[Callable[[Fraction], int], ...] = ()
    """Which whole number stands for a literal between two, per operand; none: such a literal equals nothing."""
    coding: Coding | None = None
    """The coding, where it is not the type's own."""
    derived: frozenset[FieldType] = frozenset()
    """The types for which the engine has no form: Python answers, and the engine sees a flag."""

    def coding_for(self, type_: FieldType) -> Coding | None:
        """How values of the type reach the engine for this operator; None: as a flag."""
        return None if type_ in self.derived else self.coding or CODINGS[type_]


def _opposite(probe: str) -> Callable[[Any], Alternatives]:
    return lambda literal: (((probe, literal),), (NEX,))


def _simple(probe: str) -> Callable[[Any], Alternatives]:
    return lambda literal: (((probe, literal),),)


def _each(probe: str, literals: tuple[Any, ...]) -> tuple[Probe, ...]:
    return tuple((probe, literal) for literal in literals)


def _none_of(literals: tuple[Any, ...]) -> tuple[Probe, ...]:
    return _each("$neq", literals) or (EX,)


def _one_of(literals: tuple[Any, ...]) -> Alternatives:
    return tuple((probe,) for probe in _each("$eq", literals))


def _between(pair: tuple[int, int]) -> Alternatives:
    low, high = pair
    return ((("$gte", low), ("$lte", high)),) if low <= high else NEVER


def _not_between(pair: tuple[int, int]) -> Alternatives:
    low, high = pair
    return ((("$lt", low),), (("$gt", high),), (NEX,)) if low <= high else ALWAYS


def _prefix(text: str) -> Alternatives:
    start = encoded(text)
    return ((("$gte", start), ("$lt", after_prefix(start))),) if start else ((EX,),)


def _not_prefix(text: str) -> Alternatives:
    start = encoded(text)
    return ((("$lt", start),), (("$gte", after_prefix(start)),), (NEX,)) if start else ((NEX,),)


def _in_range(pair: tuple[int, int]) -> Predicate:
    low, high = pair
    return lambda value: low <= value <= high


def _member_of(literals: tuple[Any, ...]) -> Predicate:
    known = frozenset(literals)
    return lambda value: value in known


def _no_member_of(literals: tuple[Any, ...]) -> Predicate:
    known = frozenset(literals)
    return lambda value: value not in known


_ROWS = (
    Operator(
        "eq",
        ("is", "ist"),
        SINGLE | {FieldType.BOOLEAN},
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value == literal),
        holds=_simple("$eq"),
        fails=_opposite("$neq"),
    ),
    Operator(
        "neq",
        ("is not", "ist nicht"),
        SINGLE | {FieldType.BOOLEAN},
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value != literal),
        holds=_simple("$neq"),
        fails=_opposite("$eq"),
    ),
    Operator(
        "in",
        ("is one of", "ist eines von"),
        SINGLE,
        Operand.SEVERAL,
        plain=_member_of,
        holds=_one_of,
        fails=lambda literals: (_none_of(literals), (NEX,)),
    ),
    Operator(
        "notIn",
        ("is none of", "ist keines von"),
        SINGLE,
        Operand.SEVERAL,
        plain=_no_member_of,
        holds=lambda literals: (_none_of(literals),),
        fails=lambda literals: (*_one_of(literals), (NEX,)),
    ),
    Operator(
        "lt",
        ("is less than", "ist kleiner als"),
        ORDERED,
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value < literal),
        holds=_simple("$lt"),
        fails=_opposite("$gte"),
        rounding=(math.ceil,),
    ),
    Operator(
        "lte",
        ("is at most", "ist höchstens"),
        ORDERED,
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value <= literal),
        holds=_simple("$lte"),
        fails=_opposite("$gt"),
        rounding=(math.floor,),
    ),
    Operator(
        "gt",
        ("is more than", "ist größer als"),
        ORDERED,
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value > literal),
        holds=_simple("$gt"),
        fails=_opposite("$lte"),
        rounding=(math.floor,),
    ),
    Operator(
        "gte",
        ("is at least", "ist mindestens"),
        ORDERED,
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value >= literal),
        holds=_simple("$gte"),
        fails=_opposite("$lt"),
        rounding=(math.ceil,),
    ),
    Operator(
        "between",
        ("is between", "liegt zwischen"),
        ORDERED,
        Operand.RANGE,
        plain=_in_range,
        holds=_between,
        fails=_not_between,
        rounding=(math.ceil, math.floor),
    ),
    Operator(
        "exists",
        ("is known", "ist bekannt"),
        frozenset(FieldType),
        Operand.NONE,
        plain=lambda _: lambda _value: True,
        holds=lambda _: ((EX,),),
        fails=lambda _: ((NEX,),),
    ),
    Operator(
        "contains",
        ("contains", "enthält"),
        frozenset({FieldType.LIST, FieldType.TEXT}),
        Operand.ONE,
        plain=lambda literal: lambda value: literal in value,
        holds=_simple("$iany"),
        fails=_opposite("$iall"),
        derived=TEXTUAL,
    ),
    Operator(
        "startsWith",
        ("begins with", "beginnt mit"),
        TEXTUAL,
        Operand.ONE,
        plain=lambda literal: lambda value: bool(value.startswith(literal)),
        holds=_prefix,
        fails=_not_prefix,
        coding=Coding.PREFIX,
    ),
)

OPERATORS: dict[str, Operator] = {row.name: row for row in _ROWS}
"""The operators by name: what each means to a judgement; words, reasoning and editors have tables of their own."""
LOWEST: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "gte": lambda literal: (literal,),
    "gt": lambda literal: (literal + 1,),
    "eq": lambda literal: (literal,),
    "in": lambda literal: literal,
    "between": lambda literal: literal[:1],
}
"""From where on an operator's literal is passed; of several any will do."""
