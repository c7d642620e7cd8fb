"""Pauses: intervals in which the clocks about a subject stand still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.time.business_time import BusinessCalendar
from domain.time.duration import Clock

Interval = tuple[datetime, datetime]
"""From an instant, until another that no longer belongs to it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause: from when until when, why, and who asked for it."""

    from_at: datetime
    until: datetime
    reason: str
    person: str

    def to_json(self) -> dict[str, Any]:
        """The pause as it is stored."""
        moments = {"fromAt": self.from_at.isoformat(), "until": self.until.isoformat()}
        return moments | {"reason": self.reason, "person": self.person}

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Pause:
        """The pause that was stored."""
        from_at, until = (datetime.fromisoformat(stored[name]) for name in ("fromAt", "until"))
        return cls(from_at, until, stored["reason"], stored["person"])

    @property
    def interval(self) -> Interval:
        """From when until when."""
        return self.from_at, self.until


def together(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Intervals in order, those that overlap or touch as one, empty ones left out."""
    joined: list[Interval] = []
    for begin, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def length_of(pauses: Iterable[Pause]) -> timedelta:
    """Return how long clocks stand still by pauses; where several overlap, the time counts once."""
    return sum((end - begin for begin, end in together(pause.interval for pause in pauses)), timedelta())


def resumed(pauses: Sequence[Pause], *, now: datetime) -> tuple[Pause, ...]:
    """The pauses, those that last ended now; what had passed of them stays passed."""
    kept = (p if p.until <= now else replace(p, until=now) for p in pauses if p.from_at < now)
    return tuple(kept)


def lasting_until(intervals: Sequence[Interval], *, now: datetime) -> datetime | None:
    """Return when the pause that lasts now ends; None when none does."""
    return next((end for begin, end in together(intervals) if begin <= now < end), None)


def moved(
    at: datetime, *, start: datetime, intervals: Sequence[Interval], calendar: BusinessCalendar, clock: Clock
) -> datetime:
    """An instant on a clock that started at `start`, moved by what pauses took of the clock's time until then.

    A pause that begins at that instant or later moves nothing: what fell due before it stays due. On the business clock
    a pause takes its opening hours, on the other all its hours.
    """
    for begin, end in together(intervals):
        since = max(begin, start)
        if since >= at:
            break
        taken = _taken(since, end, calendar, clock)
        if taken:
            at = at + taken if clock is Clock.ELAPSED else calendar.add(at, taken)
    return at


def _taken(since: datetime, until: datetime, calendar: BusinessCalendar, clock: Clock) -> timedelta:
    if until <= since:
        return timedelta()
    return until - since if clock is Clock.ELAPSED else calendar.open_between(since, until)
