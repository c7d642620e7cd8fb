"""The condition of a return for a reason, and what of it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.document.sections.handover import Evidence
from domain.handovers.effort import Effort
from domain.refusal import Refusal


class EvidenceKind(StrEnum):
    """A kind of evidence."""

    ATTEMPTS = "ATTEMPTS"
    """Attempts to reach the lead."""
    CHANNELS = "CHANNELS"
    """Channels on which they were made."""
    CONTACT = "CONTACT"
    """A contact with the lead."""
    TIME = "TIME"
    """Time since somebody got it."""
    COMMENT = "COMMENT"
    """Some words."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One thing that a reason requires."""

    kind: EvidenceKind
    needed: int | None = None
    """The number needed; None for time."""
    present: int | None = None
    """The number present; None for time."""
    from_at: datetime | None = None
    """Of time: from when on it is there; None while nobody has the handover."""

    def met(self, *, now: datetime) -> bool:
        """Return whether it is there."""
        if self.kind is EvidenceKind.TIME:
            return self.from_at is not None and self.from_at <= now
        return (self.present or 0) >= (self.needed or 0)


class EvidenceMissing(Refusal):
    """A return for a reason whose evidence is not there."""

    def __init__(self, reason: str, items: tuple[EvidenceItem, ...], named: str) -> None:
        missing = ", ".join(_in_words(item) for item in items)
        super().__init__("EVIDENCE_MISSING", f"A return for {reason} still needs: {missing}.", (named,))
        self.items = items


def evidence_items(
    required: Evidence, effort: Effort, *, time_from: datetime | None, comment: str | None
) -> Iterator[EvidenceItem]:
    """Yield all that a reason requires; `time_from` is when the time that it asks for is over."""
    if required.attempts is not None:
        yield EvidenceItem(EvidenceKind.ATTEMPTS, required.attempts, len(effort.attempts))
    if required.channels is not None:
        yield EvidenceItem(EvidenceKind.CHANNELS, required.channels, effort.channels)
    if required.contact:
        yield EvidenceItem(EvidenceKind.CONTACT, 1, len(effort.contacts))
    if required.after is not None:
        yield EvidenceItem(EvidenceKind.TIME, from_at=time_from)
    if required.comment:
        yield EvidenceItem(EvidenceKind.COMMENT, 1, int(bool((comment or "").strip())))


def _in_words(item: EvidenceItem) -> str:
    match item.kind:
        case EvidenceKind.ATTEMPTS:
            return f"{item.needed} attempts (there are {item.present})"
        case EvidenceKind.CHANNELS:
            return f"attempts on {item.needed} channels (there are {item.present})"
        case EvidenceKind.CONTACT:
            return "a contact with the lead"
        case EvidenceKind.TIME:
            until = item.from_at.isoformat() if item.from_at else "somebody has had it long enough"
            return f"time, until {until}"
        case EvidenceKind.COMMENT:
            return "a comment"
