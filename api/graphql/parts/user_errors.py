"""User errors: what a user did that cannot be done, told as data in a mutation's payload."""

from __future__ import annotations

from collections.abc import Iterable

from api.graphql.parts.published import published, published_interface
from api.short_texts import MAX_MESSAGE, short_path
from domain.refusal import Refusal, StaleRevision


@published_interface
class UserError:
    """Something that the user asked for and that is refused."""

    code: str
    """The kind of refusal; codes are added, never renamed."""
    message: str
    """A sentence for people."""
    path: list[str] | None = None
    """The part of the input that is at fault; null when it is the whole."""


@published
class PlainUserError(UserError):
    """A user error with nothing more to say."""


@published
class StaleRevisionError(UserError):
    """An edit that named a revision that is no longer the current one."""

    current_revision: int
    """The revision that the edit has to start from."""


def user_error(refusal: Refusal) -> UserError:
    """The refusal as data."""
    path, message = short_path(refusal.path), refusal.message[:MAX_MESSAGE]
    if isinstance(refusal, StaleRevision):
        return StaleRevisionError(
            code=refusal.code, message=message, path=path, current_revision=refusal.current_revision
        )
    return PlainUserError(code=refusal.code, message=message, path=path)


def user_errors(refusals: Iterable[Refusal]) -> list[UserError]:
    """The refusals as data, in order."""
    return [user_error(refusal) for refusal in refusals]
