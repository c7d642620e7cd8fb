"""Teams and their members: who works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.party import Party


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a person gets nothing new."""

    from_at: datetime
    until_at: datetime


def with_absence(known: Iterable[Absence], new: Absence) -> tuple[Absence, ...]:
    """All absences together; those that touch or overlap are one."""
    merged: list[Absence] = []
    for one in sorted((*known, new), key=lambda a: a.from_at):
        if merged and one.from_at <= merged[-1].until_at:
            merged[-1] = Absence(merged[-1].from_at, max(merged[-1].until_at, one.until_at))
        else:
            merged.append(one)
    return tuple(merged)


def without_absence(known: Iterable[Absence], there: Absence) -> tuple[Absence, ...]:
    """The absences that are left when the person is there in that time after all."""
    left = []
    for one in known:
        before = Absence(one.from_at, min(one.until_at, there.from_at))
        after = Absence(max(one.from_at, there.until_at), one.until_at)
        left += [part for part in (before, after) if part.from_at < part.until_at]
    return tuple(left)


def beginning_of_month(now: datetime, time_zone: str) -> datetime:
    """Return when the calendar month of a moment began in a time zone."""
    return _month(now, time_zone, later=0)


def end_of_month(now: datetime, time_zone: str) -> datetime:
    """Return when the next calendar month begins in a time zone."""
    return _month(now, time_zone, later=1)


def _month(now: datetime, time_zone: str, *, later: int) -> datetime:
    zone = ZoneInfo(time_zone)
    there = now.astimezone(zone)
    years, month = divmod(there.month - 1 + later, 12)
    return datetime(there.year + years, month + 1, 1, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a team, with the load of the moment."""

    person: str
    active: bool = True
    weight: int = 1
    max_open: int | None = None
    max_per_month: int | None = None
    skills: tuple[str, ...] = ()
    credit: float = 0.0
    """The team's turns so far that the person is owed, less the turns it had."""
    open_count: int = 0
    """Open handovers, in all teams."""
    month_count: int = 0
    """Handovers got this month, in all teams; the month is that of the team's calendar."""
    absences: tuple[Absence, ...] = ()

    @property
    def full(self) -> bool:
        """Return whether the person has as much as it can take, at once or this month."""
        at_once = self.max_open is not None and self.open_count >= self.max_open
        return at_once or (self.max_per_month is not None and self.month_count >= self.max_per_month)

    def absent(self, *, now: datetime) -> bool:
        """Return whether the person is away at that moment."""
        return any(a.from_at <= now < a.until_at for a in self.absences)


@dataclass(frozen=True, slots=True)
class Team:
    """A team of a party."""

    key: str
    title: str
    party: Party
    lead_person: str | None = None
    calendar: str | None = None
    members: tuple[Member, ...] = ()
