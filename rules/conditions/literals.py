"""Operands as they are written, made comparable with stored values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.document.conditions import ConditionValue, Scalar
from domain.document.sections.fields import FieldType
from domain.leads.comparable import comparable
from domain.leads.values import MAX_WHOLE, ValueFault, canonical_literal
from rules.conditions.operators import OPERATORS, Operand
from rules.conditions.syntax import Check
from rules.conditions.vocabulary import Subject


class LiteralFault(Exception):
    """An operand that the subject cannot be compared with: code, sentence, and which item of a list it is."""

    def __init__(self, code: str, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.index = index


def compared(check: Check, value: ConditionValue) -> Check:
    """The check with its operand in comparable form; a LiteralFault where it has none."""
    read = _SHAPES[check.operator.operand]
    return read(check, value)


def _no_operand(check: Check, value: ConditionValue) -> Check:
    if value is not None and value is not True:
        raise LiteralFault("WRONG_TYPE", f"{check.operator.name} takes no value.")
    return check


def _one(check: Check, value: ConditionValue) -> Check:
    if value is None or isinstance(value, tuple):
        raise LiteralFault("WRONG_TYPE", f"{check.operator.name} takes one value.")
    number = _READERS[check.subject.type](check.subject, value)
    if not isinstance(number, Fraction):
        return replace(check, literal=number)
    if check.operator.unequal is None:
        return replace(check, literal=check.operator.rounding[0](number))
    name, literal = check.operator.unequal
    return replace(check, operator=OPERATORS[name], literal=literal)


def _several(check: Check, value: ConditionValue) -> Check:
    items = _items(check, value)
    return replace(check, literal=tuple(dict.fromkeys(item for item in items if not isinstance(item, Fraction))))


def _range(check: Check, value: ConditionValue) -> Check:
    items = _items(check, value)
    if len(items) != 2:
        raise LiteralFault("WRONG_TYPE", f"{check.operator.name} takes two values, the lowest and the highest.")
    ends = zip(check.operator.rounding, items, strict=True)
    pair = tuple(to_whole(item) if isinstance(item, Fraction) else item for to_whole, item in ends)
    return replace(check, literal=pair)


_SHAPES: dict[Operand, Callable[[Check, ConditionValue], Check]] = {
    Operand.NONE: _no_operand,
    Operand.ONE: _one,
    Operand.SEVERAL: _several,
    Operand.RANGE: _range,
}


def _items(check: Check, value: ConditionValue) -> list[Any]:
    if not isinstance(value, tuple):
        raise LiteralFault("WRONG_TYPE", f"{check.operator.name} takes a list of values.")
    items = []
    for index, item in enumerate(value):
        try:
            items.append(_READERS[check.subject.type](check.subject, item))
        except LiteralFault as fault:
            raise LiteralFault(fault.code, fault.message, index) from None
    return items


def _with(check: Check, literal: Any) -> Check:
    return replace(check, literal=literal)


def _decimal(subject: Subject, value: Scalar) -> int | Fraction:
    """The number in units of the subject's last decimal; a Fraction where it lies between two."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise LiteralFault("WRONG_TYPE", f"{subject.name} is compared with a number.")
    units = Fraction(value) * 10 ** (subject.scale or 0)
    return int(units) if units.denominator == 1 else units


def _integer(subject: Subject, value: Scalar) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise LiteralFault("WRONG_TYPE", f"{subject.name} is compared with a whole number.")
    whole = int(value)
    if abs(whole) > MAX_WHOLE:
        raise LiteralFault("VALUE_NOT_ALLOWED", "A whole number lies between -2^53 and 2^53.")
    return whole


def _boolean(subject: Subject, value: Scalar) -> bool:
    if not isinstance(value, bool):
        raise LiteralFault("WRONG_TYPE", f"{subject.name} is compared with true or false.")
    return value


def _text(subject: Subject, value: Scalar) -> str:
    if not isinstance(value, str):
        raise LiteralFault("WRONG_TYPE", f"{subject.name} is compared with a text.")
    return value if subject.spelling is None else subject.spelling(value)


def _listed(subject: Subject, value: Scalar) -> str:
    text = _text(subject, value)
    if subject.values and text not in subject.values:
        shown = ", ".join(subject.values[:10])
        raise LiteralFault("VALUE_NOT_ALLOWED", f"{subject.name} never has that value; it has one of: {shown}.")
    return text


def _stored(subject: Subject, value: Scalar) -> Any:
    """A day or a moment, read as a field's value is."""
    if subject.definition is None:
        raise LiteralFault("WRONG_TYPE", f"{subject.name} is compared with a text.")
    try:
        canonical = canonical_literal(subject.definition, value)
    except ValueFault as fault:
        raise LiteralFault(fault.code, fault.message) from None
    return comparable(subject.type, subject.scale, canonical)


_READERS: dict[FieldType, Callable[[Subject, Scalar], Any]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _stored,
    FieldType.DATE_TIME: _stored,
    FieldType.ENUM: _listed,
    FieldType.LIST: _listed,
}
