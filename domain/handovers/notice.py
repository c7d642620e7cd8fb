"""Notices: whom a warning or an escalation step reaches, and how those for one recipient are gathered [S3.2b]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.document.sections.handover import Audience
from domain.party import Party


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


Leaders = Mapping[str, str]
"""The leader of each team that has one."""


def recipients(audience: Audience, concerned: Concerned, leaders: Leaders) -> tuple[Recipient, ...]:
    """Return who is told: where there is no such person the next higher audience is, so that nobody is told nothing."""
    for rung in LADDER[LADDER.index(audience) :]:
        found = _RESOLVED[rung](concerned, leaders)
        if found:
            return found
    raise AssertionError("unreachable: a party is never empty")


def _person(concerned: Concerned, _leaders: Leaders) -> tuple[Recipient, ...]:
    return (Recipient(Audience.PERSON, person=concerned.assignee),) if concerned.assignee else ()


def _leader(concerned: Concerned, leaders: Leaders) -> tuple[Recipient, ...]:
    found = next((leaders[team] for team in concerned.teams if team in leaders), None)
    return (Recipient(Audience.TEAM_LEAD, person=found),) if found else ()


def _party(concerned: Concerned, _leaders: Leaders) -> tuple[Recipient, ...]:
    return (Recipient(Audience.PARTY, party=concerned.party),)


def _management(_concerned: Concerned, _leaders: Leaders) -> tuple[Recipient, ...]:
    return (Recipient(Audience.MANAGEMENT),)


LADDER = (Audience.PERSON, Audience.TEAM_LEAD, Audience.PARTY, Audience.MANAGEMENT)
_RESOLVED: dict[Audience, Callable[[Concerned, Leaders], tuple[Recipient, ...]]] = {
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
