"""Notices: whom a warning or an escalation step reaches, and how those for one recipient are gathered [S3.2b]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.document.sections.handover import Audience
from domain.party import Party
from domain.words.persons import folded


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told."""

    audience: Audience
    """As what: the assignee, the leader of the team, everybody of a party, management."""
    person: str | None = None
    party: Party | None = None

    @property
    def key(self) -> str:
        """Return what tells it from other recipients; the same person has one, as whatever it is told."""
        if self.person is not None:
            return f"person:{self.person}"
        return f"party:{self.party.value}" if self.party else "management"

    def to_json(self) -> dict[str, str | None]:
        """The recipient as events name it."""
        party = self.party.value if self.party else None
        return {"audience": self.audience.value, "person": self.person, "party": party}


def split_key(key: str) -> dict[str, str | None]:
    """The recipient of a key, as events name it."""
    kind, _, name = key.partition(":")
    return {"person": name if kind == "person" else None, "party": name if kind == "party" else None, "kind": kind}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Those whom something owed concerns."""

    party: Party
    assignee: str | None
    teams: Sequence[str]
    """The teams that have it, or that may take it."""
    named: bool = False
    """True if the document names the assignee, who then need not be in a team."""


Leaders = Mapping[str, str]
"""The leader of each team that has one."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of all teams at a moment, by whom it is decided who can be told something."""

    leaders: Leaders = field(default_factory=dict)
    active: frozenset[str] = frozenset()
    """The active members, as persons are compared."""
    inactive: frozenset[str] = frozenset()
    """The members who are active in no team."""
    absent: frozenset[str] = frozenset()
    """Those who are away."""
    parties: frozenset[Party] = frozenset()
    """The parties that have an active member."""
    managed: bool = True
    """True if anybody may act for management."""

    def works(self, person: str, *, named: bool = False) -> bool:
        """Return whether a person is an active member of some team; whom a document names, is in none inactive."""
        return folded(person) in self.active or (named and folded(person) not in self.inactive)

    def leader_of(self, teams: Sequence[str]) -> str | None:
        """Return the leader of the first of the teams that has one who has not left."""
        found = (self.leaders[team] for team in teams if team in self.leaders)
        return next((leader for leader in found if folded(leader) not in self.inactive), None)


def recipients(
    audience: Audience, concerned: Concerned, staff: Staff, *, accountable: str = ""
) -> tuple[Recipient, ...]:
    """Return who is told: where there is no such person the next higher audience is, so that nobody is told nothing.

    An assignee who is away is told with the leader; where nobody acts for management, who is accountable is told.
    """
    for rung in LADDER[LADDER.index(audience) :]:
        found = _RESOLVED[rung](concerned, staff)
        if found:
            return found
    return (Recipient(Audience.MANAGEMENT, person=accountable or None),)


def _person(concerned: Concerned, staff: Staff) -> tuple[Recipient, ...]:
    person = concerned.assignee
    if person is None or not staff.works(person, named=concerned.named):
        return ()
    away = folded(person) in staff.absent
    return (Recipient(Audience.PERSON, person=person), *(_leader(concerned, staff) if away else ()))


def _leader(concerned: Concerned, staff: Staff) -> tuple[Recipient, ...]:
    found = staff.leader_of(concerned.teams)
    return (Recipient(Audience.TEAM_LEAD, person=found),) if found else ()


def _party(concerned: Concerned, staff: Staff) -> tuple[Recipient, ...]:
    return (Recipient(Audience.PARTY, party=concerned.party),) if concerned.party in staff.parties else ()


def _management(_concerned: Concerned, staff: Staff) -> tuple[Recipient, ...]:
    return (Recipient(Audience.MANAGEMENT),) if staff.managed else ()


LADDER = (Audience.PERSON, Audience.TEAM_LEAD, Audience.PARTY, Audience.MANAGEMENT)
_RESOLVED: dict[Audience, Callable[[Concerned, Staff], tuple[Recipient, ...]]] = {
    Audience.PERSON: _person,
    Audience.TEAM_LEAD: _leader,
    Audience.PARTY: _party,
    Audience.MANAGEMENT: _management,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that waits to be told to a recipient together with others."""

    id: UUID
    recipient: str
    agreement_id: UUID
    lead_id: UUID | None
    obligation_id: UUID
    visible_to: tuple[str, ...]
    at: datetime
    """When it fell due to be told."""
    send_at: datetime
    """When it is told at the latest."""
    about: Mapping[str, Any]
    """The facts to be told."""
