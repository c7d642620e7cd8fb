"""The words of routing: why somebody got a handover, who was passed over and why, and why nobody got it [S3.4]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Because(StrEnum):
    """Why a handover went where it went."""

    ACCOUNT_OWNER = "ACCOUNT_OWNER"
    """The account names the person as its owner."""
    SERVES_ACCOUNT = "SERVES_ACCOUNT"
    """The person has an open handover of the account."""
    SERVED_ACCOUNT = "SERVED_ACCOUNT"
    """The person worked a handover of the account that ended lately."""
    ASKED_FOR_DATA = "ASKED_FOR_DATA"
    """The person returned it for missing data, and the data is there."""
    ROUND_ROBIN = "ROUND_ROBIN"
    """It was the person's turn."""
    WEIGHTED = "WEIGHTED"
    """It was the person's turn by weight."""
    LEAST_LOADED = "LEAST_LOADED"
    """The person had the fewest open handovers."""
    OVERFLOW = "OVERFLOW"
    """A team before this one could not take it."""


class QueueReason(StrEnum):
    """Why a team, or all teams of a route, cannot take a handover; the list is closed."""

    NO_ROUTE = "NO_ROUTE"
    """No route of the agreement takes the lead."""
    UNKNOWN_TEAM = "UNKNOWN_TEAM"
    """The agreement names a team that is not in the directory."""
    NO_MEMBERS = "NO_MEMBERS"
    """The team has no active member who takes part in the rotation."""
    NO_SKILL = "NO_SKILL"
    """No active member has the skills that the lead needs."""
    ALL_ABSENT = "ALL_ABSENT"
    """All who could take it are absent."""
    ALL_FULL = "ALL_FULL"
    """All who could take it have as many open handovers as they may."""
    ALL_FULL_THIS_MONTH = "ALL_FULL_THIS_MONTH"
    """All who could take it got as many this month as they may."""
    ALL_HAD_IT = "ALL_HAD_IT"
    """All who could take it had it before."""
    NOBODY_FREE = "NOBODY_FREE"
    """Different reasons: each team, or each member, has its own."""
    CLOSED = "CLOSED"
    """The team's calendar is closed now, and a team that takes over is open."""


class Obstacle(StrEnum):
    """Why a person cannot take a handover; the list is closed."""

    INACTIVE = "INACTIVE"
    """The person gets no handovers at all."""
    NO_WEIGHT = "NO_WEIGHT"
    """The person's share of a weighted rotation is nothing."""
    NO_SKILL = "NO_SKILL"
    """The person lacks a skill that the lead needs."""
    HAD_IT = "HAD_IT"
    """The person had it before."""
    ABSENT = "ABSENT"
    """The person is absent."""
    FULL_THIS_MONTH = "FULL_THIS_MONTH"
    """The person got as many this month as may be."""
    FULL = "FULL"
    """The person has as many open handovers as may be."""
    NOT_ON_ROUTE = "NOT_ON_ROUTE"
    """The person is in none of the route's teams."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A person who serves the account, and why."""

    person: str
    because: Because


@dataclass(frozen=True, slots=True)
class MemberPassedOver:
    """A person who could not take a handover."""

    person: str
    obstacle: Obstacle


@dataclass(frozen=True, slots=True)
class TeamPassedOver:
    """A team that could not take a handover, with its members."""

    team: str
    reason: QueueReason
    members: tuple[MemberPassedOver, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> TeamPassedOver:
        """The team as it was stored."""
        members = tuple(MemberPassedOver(person, Obstacle(why)) for person, why in stored["members"])
        return cls(stored["team"], QueueReason(stored["reason"]), members)

    def to_json(self) -> dict[str, Any]:
        """The team as it is stored and told."""
        members = [[m.person, m.obstacle.value] for m in self.members]
        return {"team": self.team, "reason": self.reason.value, "members": members}
