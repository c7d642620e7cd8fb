"""Scalars: strict about what comes in, one way of writing what goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from domain.document.conditions import AllOf, AnyOf, Comparison, NotOf, condition_json
from domain.time.duration import Duration, DurationError, measured_text
from domain.time.wall_clock import representable

Cursor = NewType("Cursor", str)
"""A place in the event log, opaque to clients."""
ConditionData = NewType("ConditionData", object)
"""A condition of the document, published as one scalar."""

MAX_CURSOR = 512
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,18}(?:\.\d{1,6})?", re.ASCII)
_CURSOR = re.compile(r"[\x21-\x7e]{1,512}", re.ASCII)


def _refused(wanted: str) -> GraphQLError:
    return GraphQLError(f"Wanted: {wanted}.", extensions={"code": "BAD_USER_INPUT"})


def parse_moment(value: object) -> datetime:
    """Read an RFC 3339 moment with offset as UTC; what is finer than a microsecond is cut. Else a GraphQLError."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _refused("a date and time with offset, such as 2026-03-01T09:30:00+01:00")
    day, time, fraction, offset = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{time}.{(fraction or '')[:6]:0<6}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refused("a date and time that exists") from None
    if not representable(at):
        raise _refused("a date and time from 1900 to 9999")
    return at


def format_moment(value: object) -> str:
    """Write a moment in UTC with milliseconds, or microseconds where it has them: 2026-03-01T08:30:00.000Z."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("A DateTime is an aware datetime.")
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat(timespec="microseconds" if moment.microsecond % 1000 else "milliseconds")[:-6] + "Z"


def parse_day(value: object) -> date:
    """Read YYYY-MM-DD, or raise a GraphQLError."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _refused("a date that exists, YYYY-MM-DD")


def format_day(value: object) -> str:
    """Write YYYY-MM-DD."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("A Date is a date.")
    return value.isoformat()


def parse_duration(value: object) -> Duration:
    """Read ISO 8601 text of whole days and time, or raise a GraphQLError."""
    if not isinstance(value, str):
        raise _refused("a duration of whole days and time, such as P3D, PT4H or P1DT2H30M")
    try:
        return Duration.parse(value)
    except DurationError as error:
        raise GraphQLError(str(error), extensions={"code": "BAD_USER_INPUT"}) from None


def format_duration(value: object) -> str:
    """Write ISO 8601; a measured time is written in hours, never days, since a working day has no 24 hours."""
    if isinstance(value, timedelta):
        return measured_text(value)
    if not isinstance(value, Duration):
        raise TypeError("A Duration is a domain Duration or a timedelta.")
    return str(value)


def parse_decimal(value: object) -> Decimal:
    """Read text such as "12.50", or a whole number, of at most 18 digits and 6 decimals, or raise a GraphQLError."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise _refused('a decimal number as text, such as "12.50", of at most 18 digits and 6 decimals')
    return Decimal(value)


def format_decimal(value: object) -> str:
    """Write plain digits, never an exponent."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError("A Decimal is a finite Decimal.")
    return format(value, "f")


def parse_cursor(value: object) -> Cursor:
    """Take a cursor as it was handed out, or raise a GraphQLError; what it means is for its reader to judge."""
    if not isinstance(value, str) or not _CURSOR.fullmatch(value):
        raise _refused("a cursor as it was handed out")
    return Cursor(value)


def format_condition(value: object) -> Any:
    """Write a condition as it is exchanged."""
    if not isinstance(value, AllOf | AnyOf | NotOf | Comparison):
        raise TypeError("A Condition is a condition of the document.")
    return condition_json(value)


def _same(value: Any) -> Any:
    return value


def _scalar(
    name: str, description: str, url: str, out: Callable[[Any], Any], into: Callable[[Any], Any]
) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, specified_by_url=url, serialize=out, parse_value=into)


_DURATION = _scalar(
    "Duration",
    "A length of time, ISO 8601 of whole days and time: PT4H, P3D. On a business clock a day is a working day.",
    "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
    format_duration,
    parse_duration,
)

SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: _scalar(
        "DateTime",
        "A moment, RFC 3339 with offset: 2026-03-01T09:30:00+01:00. Always UTC when read: 2026-03-01T08:30:00.000Z.",
        "https://scalars.graphql.org/andimarek/date-time.html",
        format_moment,
        parse_moment,
    ),
    date: _scalar(
        "Date",
        "A calendar day, YYYY-MM-DD.",
        "https://scalars.graphql.org/andimarek/local-date.html",
        format_day,
        parse_day,
    ),
    Duration: _DURATION,
    timedelta: _DURATION,
    Decimal: _scalar(
        "Decimal",
        'An exact decimal number, as text: "12.50".',
        "https://www.rfc-editor.org/rfc/rfc8259#section-6",
        format_decimal,
        parse_decimal,
    ),
    JSON: _scalar("JSON", "Any JSON value.", "https://www.rfc-editor.org/rfc/rfc8259", _same, _same),
    Cursor: _scalar(
        "Cursor",
        "A place in the event log, opaque; EARLIEST stands for the oldest that is kept.",
        "https://relay.dev/graphql/connections.htm#sec-Cursor",
        str,
        parse_cursor,
    ),
    ConditionData: _scalar(
        "Condition",
        "A condition of the document: {all: […]}, {any: […]}, {not: …} or {field, op, value}.",
        "https://www.rfc-editor.org/rfc/rfc8259",
        format_condition,
        _same,
    ),
}
"""The scalars that strawberry publishes for each Python type; given to its configuration as `scalar_map`."""
