"""The number of errors that an answer has room for: so many of each item, so many in all; further ones are counted, not
told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.errors import MAX_ERRORS
from api.graphql.parts.context import Context
from api.graphql.parts.user_errors import UserError, user_error
from domain.refusal import Refusal


class ErrorRoom:
    """The room for the errors of the items of one batch; the first of each item always has some."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._left = MAX_ERRORS

    def told(self, refusals: Sequence[Refusal]) -> list[UserError]:
        """The refusals of an item as data, as far as there is room."""
        return [user_error(refusal) for refusal in refusals[: self.taken(len(refusals), 1)]]

    def taken(self, count: int, least: int) -> int:
        """Return how many of so many errors there is room for; the others are counted."""
        most = max(least, self._left)
        self._context.more += max(0, count - most)
        self._left = max(0, self._left - count)
        return most


def within_bounds(payload: Any, context: Context) -> None:
    """Cut the errors of a payload that are too many; what was told within its room already stays as it is."""
    room = ErrorRoom(context)
    items = [result.errors for result in getattr(payload, "results", ())]
    for errors, least in ((payload.errors, 0), *((each, 1) for each in items)):
        del errors[room.taken(len(errors), least) :]
