"""Teams and their members: who works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.party import Party


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a person gets nothing new."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a team, with the load of the moment."""

    person: str
    active: bool = True
    weight: int = 1
    max_open: int | None = None
    max_per_month: int | None = None
    skills: tuple[str, ...] = ()
    assigned_count: int = 0
    open_count: int = 0
    month_count: int = 0
    absences: tuple[Absence, ...] = ()

    def absent(self, *, now: datetime) -> bool:
        """Whether the person is away at that moment."""
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
