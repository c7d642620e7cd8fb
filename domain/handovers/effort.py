"""The effort that sales made for a lead since it was offered: attempts to reach it, and contacts with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.document.sections.handover import Attempts


@dataclass(frozen=True, slots=True)
class Touch:
    """An activity that sales made, or an answer of the lead, since the offer."""

    activity: str
    """The id of the activity."""
    at: datetime
    channel: str | None
    outbound: bool
    """True if sales turned to the lead."""
    contact: bool
    """True if it reached the lead, as the document says of its type."""


@dataclass(frozen=True, slots=True)
class ChannelEffort:
    """The attempts and contacts on one channel; None where no channel is known."""

    channel: str | None
    attempts: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Effort:
    """The attempts that count, each on its channel, and the contacts, in order of time."""

    attempts: tuple[Touch, ...] = ()
    contacts: tuple[Touch, ...] = ()

    @property
    def first_attempt_at(self) -> datetime | None:
        """The moment of the first attempt."""
        return self.attempts[0].at if self.attempts else None

    @property
    def last_attempt_at(self) -> datetime | None:
        """The moment of the last attempt."""
        return self.attempts[-1].at if self.attempts else None

    @property
    def first_contact_at(self) -> datetime | None:
        """The moment of the first contact."""
        return self.contacts[0].at if self.contacts else None

    @property
    def channels(self) -> int:
        """The number of channels on which attempts were made."""
        return len({touch.channel for touch in self.attempts if touch.channel is not None})

    def enough_at(self, needed: Attempts) -> datetime | None:
        """Return the moment at which as many attempts were made on as many channels as the document asks."""
        channels: set[str] = set()
        for made, touch in enumerate(self.attempts, start=1):
            channels |= {touch.channel} if touch.channel is not None else set()
            if made >= needed.count and len(channels) >= needed.channels:
                return touch.at
        return None

    def by_channel(self) -> list[ChannelEffort]:
        """Return the attempts and contacts on each channel, in the order of its name, without a channel last."""
        tried = Counter(touch.channel for touch in self.attempts)
        reached = Counter(touch.channel for touch in self.contacts)
        keys = sorted(tried.keys() | reached.keys(), key=lambda key: (key is None, key or ""))
        return [ChannelEffort(key, tried[key], reached[key]) for key in keys]


def effort_of(touches: Iterable[Touch], *, since: datetime, until: datetime, needed: Attempts | None) -> Effort:
    """Return the effort between two moments, both included; a function of the set, whatever the order of arrival.

    An outbound touch is an attempt, unless the last attempt on its channel is less than `spacing` before it. What
    reached the lead is a contact however soon it came after another attempt.
    """
    known = sorted(
        (touch for touch in touches if since <= touch.at <= until),
        key=lambda touch: (touch.at, touch.channel or "", touch.activity),
    )
    spacing = needed.spacing.elapsed if needed is not None and needed.spacing is not None else timedelta()
    attempts = _spaced([touch for touch in known if touch.outbound], spacing)
    return Effort(attempts, tuple(touch for touch in known if touch.contact))


def _spaced(touches: Sequence[Touch], spacing: timedelta) -> tuple[Touch, ...]:
    last: dict[str | None, datetime] = {}
    counted = []
    for touch in touches:
        before = last.get(touch.channel)
        if before is None or touch.at - before >= spacing:
            last[touch.channel] = touch.at
            counted.append(touch)
    return tuple(counted)
