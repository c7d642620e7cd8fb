"""Page cursors: opaque, versioned, and good for the one list that handed them out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

import orjson

from api.errors import ApiError, bad_input
from application.runtime.page import Key

VERSION = 1
MAX_LENGTH = 1_000

_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {
    str: str,
    int: int,
    bool: bool,
    Decimal: str,
    UUID: str,
    datetime: lambda moment: moment.astimezone(UTC).isoformat(),
}


def _read_moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("without offset")
    return moment.astimezone(UTC)


def _read_decimal(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _of_type(wanted: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not wanted or (isinstance(value, str) and "\x00" in value):
            raise ValueError("of another type")
        return value

    return read


def _read_whole(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("not a whole number of 64 bits")
    return value


_READERS: Final[dict[type, Callable[[Any], Any]]] = {
    str: _of_type(str),
    int: _read_whole,
    bool: _of_type(bool),
    Decimal: _read_decimal,
    UUID: UUID,
    datetime: _read_moment,
}


class Cursors:
    """Writes and reads the cursors of one list in one order.

    `name` tells lists and orders apart (`leads/NEWEST`); `shape` are the classes of the key's parts; a part may also be
    None where `nullable` holds its place.
    """

    def __init__(self, name: str, *shape: type, nullable: frozenset[int] = frozenset()) -> None:
        self.name = name
        self._shape = shape
        self._nullable = nullable

    def write(self, key: Key) -> str:
        """The cursor of the row with that key."""
        parts = [None if part is None else _WRITERS[kind](part) for kind, part in zip(self._shape, key, strict=True)]
        return base64.urlsafe_b64encode(orjson.dumps([VERSION, self.name, *parts])).decode().rstrip("=")

    def read(self, cursor: str | None, argument: str) -> Key | None:
        """The key of a cursor, None for none; BAD_USER_INPUT when it is malformed or of another list."""
        if cursor is None:
            return None
        try:
            return self._read(cursor)
        except (ValueError, TypeError, AttributeError, OverflowError, InvalidOperation, binascii.Error):
            raise _no_cursor(argument) from None

    def _read(self, cursor: str) -> Key:
        if len(cursor) > MAX_LENGTH:
            raise ValueError("too long")
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        version, name, *parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if (version, name, len(parts)) != (VERSION, self.name, len(self._shape)):
            raise ValueError("of another list")
        return tuple(self._part(index, part) for index, part in enumerate(parts))

    def _part(self, index: int, value: Any) -> Any:
        if value is None:
            if index not in self._nullable:
                raise ValueError("missing")
            return None
        return _READERS[self._shape[index]](value)


def _no_cursor(argument: str) -> ApiError:
    return bad_input(f"'{argument}' is not a cursor of this list.")
