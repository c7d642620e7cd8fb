"""How many errors an answer has room for: so many of each item, so many in all; further ones are counted, not told."""

from __future__ import annotations

from typing import Any

from api.context import Context
from api.errors import MAX_ERRORS
from api.user_errors import UserError


def within_bounds(payload: Any, context: Context) -> None:
    """Cut the errors of a payload; of each item that is at fault the first stays, so that no refusal is silent."""
    own: list[UserError] = payload.errors
    items: list[list[UserError]] = [result.errors for result in getattr(payload, "results", ())]
    room = MAX_ERRORS
    for errors, least in ((own, 0), *((each, 1) for each in items)):
        most = max(least, room)
        context.more += max(0, len(errors) - most)
        del errors[most:]
        room = max(0, room - len(errors))
