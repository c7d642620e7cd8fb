"""User errors: what a user did that cannot be done, told as data in a mutation's payload."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from api.graphql.parts.published import published, published_interface
from api.short_texts import MAX_MESSAGE, short_path
from domain.handovers import evidence
from domain.handovers.evidence import EvidenceKind, EvidenceMissing
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


@published
class EvidenceItem:
    """One thing that a return for a reason requires."""

    kind: EvidenceKind
    """The kind of evidence."""
    needed: int | None
    """The number that is needed; null for time."""
    present: int | None
    """The number that is there; null for time."""
    from_: datetime | None
    """Of time, the moment from which it is there; null while nobody has the handover."""

    @classmethod
    def of(cls, record: evidence.EvidenceItem) -> EvidenceItem:
        """The item as it is shown."""
        return cls(kind=record.kind, needed=record.needed, present=record.present, from_=record.from_at)


@published
class EvidenceMissingError(UserError):
    """A return for a reason that requires more than was done; nothing was changed."""

    items: list[EvidenceItem]
    """All that is missing."""


def user_error(refusal: Refusal) -> UserError:
    """The refusal as data."""
    path, message = short_path(refusal.path), refusal.message[:MAX_MESSAGE]
    if isinstance(refusal, StaleRevision):
        return StaleRevisionError(
            code=refusal.code, message=message, path=path, current_revision=refusal.current_revision
        )
    if isinstance(refusal, EvidenceMissing):
        items = [EvidenceItem.of(item) for item in refusal.items]
        return EvidenceMissingError(code=refusal.code, message=message, path=path, items=items)
    return PlainUserError(code=refusal.code, message=message, path=path)


def user_errors(refusals: Iterable[Refusal]) -> list[UserError]:
    """The refusals as data, in order."""
    return [user_error(refusal) for refusal in refusals]
