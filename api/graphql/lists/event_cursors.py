"""Cursors of the event log: opaque text that stands for a position."""

from __future__ import annotations

import base64
import binascii
import re

from api.errors import ApiError, bad_input
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.scalars import Cursor
from application.runtime.page import Key

EARLIEST = "EARLIEST"
"""Stands for the place before the oldest event that is kept."""
_POSITION = re.compile(r"e1:(0|[1-9][0-9]{0,17})", re.ASCII)


def write_event_cursor(position: int) -> Cursor:
    """The cursor of a position."""
    return Cursor(base64.urlsafe_b64encode(f"e1:{position}".encode()).decode().rstrip("="))


def read_event_cursor(cursor: str, argument: str = "after") -> int:
    """The position of a cursor; BAD_USER_INPUT when it is none. EARLIEST is for its reader to tell apart before."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        raise _no_cursor(argument) from None
    match = _POSITION.fullmatch(text)
    if match is None:
        raise _no_cursor(argument)
    return int(match[1])


def _no_cursor(argument: str) -> ApiError:
    return bad_input(f"'{argument}' is not a cursor of the event log.")


class EventCursors(Cursors):
    """The cursors of connections of events: those of the log itself, so that a page can be followed on."""

    def __init__(self) -> None:
        super().__init__("events", int)

    def write(self, key: Key) -> str:
        """The cursor of the event at that position."""
        return write_event_cursor(key[0])

    def read(self, cursor: str | None, argument: str) -> Key | None:
        """The position as a key; None for none and for EARLIEST."""
        return None if cursor is None or cursor == EARLIEST else (read_event_cursor(cursor, argument),)
