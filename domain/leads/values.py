"""Values of fields: how they come in, how they are stored, and how they are compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from domain.document.base import FORBIDDEN
from domain.document.sections.fields import FieldType, Typed
from domain.facts import Canonical, is_blank
from domain.leads.comparable import NUMBER, ordinal, units
from domain.time.wall_clock import representable

MAX_TEXT_BYTES = 60_000
MAX_LIST_ITEMS = 1000
MAX_WHOLE = 2**53

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?(?:[Zz]|([+-]\d{2}:\d{2}))", re.ASCII
)

FaultCode = Literal["WRONG_TYPE", "VALUE_NOT_ALLOWED"]


class ValueFault(Exception):
    """A value that its field does not take: code WRONG_TYPE or VALUE_NOT_ALLOWED, and a sentence that says why."""

    def __init__(self, code: FaultCode, message: str) -> None:
        super().__init__(message)
        self.code: FaultCode = code
        self.message = message


def canonical_value(definition: Typed, value: object) -> Canonical | None:
    """The value as it is stored, or a ValueFault; the value is JSON as a sender wrote it, and not null.

    None is a value that carries nothing: a blank text, a list of nothing but blank texts.
    """
    read = _READERS[definition.type](definition, value)
    if definition.type in _WHEN and not _lies_in_time(read):
        raise _not_allowed("A date lies between 1900 and 9999.")
    return None if is_blank(read) else read


def canonical_literal(definition: Typed, value: object) -> Canonical:
    """The stored form of a day or moment to compare with, or a ValueFault; it may lie at any time."""
    return _READERS[definition.type](definition, value)


def _wrong_type(wanted: str) -> ValueFault:
    return ValueFault("WRONG_TYPE", f"Wanted: {wanted}.")


def _not_allowed(message: str) -> ValueFault:
    return ValueFault("VALUE_NOT_ALLOWED", message)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong_type("a text")
    if FORBIDDEN.search(value):
        raise _not_allowed("The text holds a character that is not allowed.")
    if len(value) * 4 > MAX_TEXT_BYTES and len(value.encode()) > MAX_TEXT_BYTES:
        raise _not_allowed(f"A text has at most {MAX_TEXT_BYTES:,} bytes.")
    return value


def _read_text(_definition: Typed, value: object) -> Canonical:
    return _text(value)


def _read_integer(_definition: Typed, value: object) -> Canonical:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type("a whole number")
    if not abs(value) <= MAX_WHOLE:  # so written, not-a-number is refused too
        raise _not_allowed("A whole number lies between -2^53 and 2^53.")
    if value != int(value):
        raise _wrong_type("a whole number")
    return int(value)


def _read_decimal(definition: Typed, value: object) -> Canonical:
    scale = definition.scale or 0
    scaled = units(_number_text(value), scale)
    if scaled is None:
        raise _not_allowed(f"The number has more than {scale} decimals.")
    if abs(scaled) > MAX_WHOLE:
        raise _not_allowed(f"With {scale} decimals a number lies between -2^53 and 2^53 units of the last one.")
    sign = "-" if scaled < 0 else ""
    whole, decimals = divmod(abs(scaled), 10**scale)
    return f"{sign}{whole}.{decimals:0{scale}d}" if scale else f"{sign}{whole}"


def _number_text(value: object) -> str:
    if isinstance(value, str):
        if NUMBER.fullmatch(value) is None:
            raise _wrong_type("a number, or a text such as 12.50")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type("a number, or a text such as 12.50")
    if not abs(value) <= MAX_WHOLE:  # so written, not-a-number is refused too
        raise _not_allowed("The number is too large.")
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)), "f")


def _read_boolean(_definition: Typed, value: object) -> Canonical:
    if not isinstance(value, bool):
        raise _wrong_type("true or false")
    return value


def _read_date(_definition: Typed, value: object) -> Canonical:
    if isinstance(value, str) and _DAY.fullmatch(value) and ordinal(value) is not None:
        return value
    raise _wrong_type("a date, YYYY-MM-DD")


def _read_moment(_definition: Typed, value: object) -> Canonical:
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong_type("a date and time with offset, such as 2026-03-01T09:30:00+01:00")
    day, time, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '')[:3]:0<3}{offset or '+00:00'}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong_type("a date and time that exists") from None
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


_WHEN = frozenset({FieldType.DATE, FieldType.DATE_TIME})


def _lies_in_time(canonical: Canonical) -> bool:
    """Return whether a day or a moment, as it is stored, is one that the calendars of the house can tell."""
    at = datetime.fromisoformat(str(canonical))
    return representable(at if at.tzinfo else at.replace(tzinfo=UTC))


def _read_enum(definition: Typed, value: object) -> Canonical:
    text = _text(value)
    if is_blank(text):
        return text
    if text not in definition.values:
        raise _not_allowed(_allowed(definition.values))
    return text


def _read_list(definition: Typed, value: object) -> Canonical:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _wrong_type("a list of texts")
    if len(value) > MAX_LIST_ITEMS:
        raise _not_allowed(f"A list has at most {MAX_LIST_ITEMS} items.")
    items = [item for item in map(_text, value) if item.strip()]
    if sum(map(len, items)) > MAX_TEXT_BYTES and sum(len(item.encode()) for item in items) > MAX_TEXT_BYTES:
        raise _not_allowed(f"A list has at most {MAX_TEXT_BYTES:,} bytes.")
    if definition.values and not set(items) <= set(definition.values):
        raise _not_allowed(_allowed(definition.values))
    return items


def _allowed(values: Sequence[str]) -> str:
    shown = ", ".join(values[:10])
    return f"Allowed: {shown}." if len(values) <= 10 else f"Allowed: {shown} and {len(values) - 10} more."


_READERS: dict[FieldType, Callable[[Typed, object], Canonical]] = {
    FieldType.TEXT: _read_text,
    FieldType.INTEGER: _read_integer,
    FieldType.DECIMAL: _read_decimal,
    FieldType.BOOLEAN: _read_boolean,
    FieldType.DATE: _read_date,
    FieldType.DATE_TIME: _read_moment,
    FieldType.ENUM: _read_enum,
    FieldType.LIST: _read_list,
}
