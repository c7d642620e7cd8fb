"""The parts of an operator's row: its types, its forms, its words, and what can be reasoned about it.

A durable form is a choice between mutually exclusive alternatives, each a set of probes that all must match; a probe is
a primitive test of the engine and its operand. Without alternative it never holds; with one that has no probe, always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from domain.document.sections.fields import FieldType

Words = tuple[str, str]
"""In English and in German."""
Predicate = Callable[[Any], bool]
"""Says of a value that is not missing whether it passes."""
Column = Any
"""A column of a table, which has the methods of an ibis column."""
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
    """The form in which the values of a subject reach the engine."""

    NUMBER = "NUMBER"
    """As a whole number."""
    CODE = "CODE"
    """As the number of the literal that they equal, else -1."""
    PREFIX = "PREFIX"
    """As the beginning of a text, encoded."""
    MEMBERS = "MEMBERS"
    """As the list of those literals that the list holds."""


ORDERED = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATE_TIME})
"""The types whose values are compared as numbers."""
TEXTUAL = frozenset({FieldType.TEXT})
LISTS = frozenset({FieldType.LIST})

CODINGS: dict[FieldType, Coding] = {
    **dict.fromkeys(ORDERED, Coding.NUMBER),
    FieldType.TEXT: Coding.CODE,
    FieldType.ENUM: Coding.CODE,
    FieldType.BOOLEAN: Coding.CODE,
    FieldType.LIST: Coding.MEMBERS,
}
"""The form in which values of a type reach the engine, unless the operator's row says otherwise."""

EX: Probe = ("$ex", 1)
NEX: Probe = ("$nex", 1)


@dataclass(frozen=True, slots=True)
class Durable:
    """The form of an operator in the rules engine."""

    holds: Callable[[Any], Alternatives]
    """The comparison."""
    fails: Callable[[Any], Alternatives]
    """Its negation, which a missing value passes."""
    coding: Coding | None = None
    """The coding, where it is not the type's own."""
    derived: frozenset[FieldType] = frozenset()
    """The types for which the engine has no form: Python answers, and the engine sees a flag."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The causes of values that come out differently."""

    values: tuple[Any, ...] = ()
    """Values to try: of numbers also the two beside each, for between two of them every number comes out the same."""
    start: str = ""
    """The beginning of a text that passes."""
    inside: tuple[str, ...] = ()
    """The content of a text or list that passes."""
    end: str = ""
    """The end of a text that passes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The number that an operator wants at least."""

    named: int
    """As it is written."""
    lowest: int
    """The lowest number that passes."""
    most: int | None = None
    """The highest number that passes; None: any."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator; its functions take the operand in comparable form: a value, a tuple, a pair, or None."""

    name: str
    label: Words
    """The name that people use."""
    sentence: Words
    """A comparison in words, with `{subject}` and `{value}`."""
    querybuilder: str
    """Its name in react-querybuilder."""
    types: frozenset[FieldType]
    operand: Operand
    plain: Callable[[Any], Predicate]
    """The plain meaning; a missing value passes no operator and is not asked."""
    columnar: Callable[[Column, Any], Column | bool]
    """The columnar meaning, which may be null where the value is missing; a bool for the same in every row."""
    durable: Durable | None
    """The engine's form; None: Python answers for all types, and the engine sees a flag."""
    witness: Callable[[Any], Witness]
    """From what it is found whether something can hold at all."""
    opposite: str | None = None
    """The name of its negation in react-querybuilder, where that is an operator there; it holds for missing values."""
    counts: bool = False
    """True if its words without a subject say how many: at least 60."""
    presence: bool = False
    """True if it asks no more than that there is a value."""
    equals: frozenset[FieldType] = frozenset()
    """The types of which only a value passes that is, or holds, one of the literals."""
    lowest: Callable[[Any], int] | None = None
    """The lowest number that passes; None: there is none."""
    threshold: Callable[[Any], Threshold] | None = None
    """The number that is wanted at least; None: it wants no such number."""
    rounding: tuple[Callable[[Fraction], int], ...] = ()
    """Which whole number stands for a literal between two, per operand."""
    unequal: tuple[str, Any] | None = None
    """Without rounding: the operator and the operand that stand for a literal that no number equals."""

    def __post_init__(self) -> None:
        """Refuse a row that does not say what becomes of a literal between two numbers."""
        if FieldType.DECIMAL not in self.types:
            return
        wanted = {Operand.ONE: 0 if self.unequal else 1, Operand.RANGE: 2}.get(self.operand, 0)
        if len(self.rounding) != wanted:
            raise ValueError(f"{self.name} takes decimals: it needs {wanted} roundings, or what stands for unequal.")

    def coding_for(self, type_: FieldType) -> Coding | None:
        """Return how values of the type reach the engine for this operator; None: as a flag."""
        if self.durable is None or type_ in self.durable.derived:
            return None
        return self.durable.coding or CODINGS[type_]
