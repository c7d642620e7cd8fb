"""Events about teams and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.events.event import UNSET, Event


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Event, name="team.changed"):
    """A team was added or changed, or one of its members is absent."""

    subject_type: ClassVar[str] = "Team"
    open_to_all: ClassVar[bool] = True

    team: str
    """The key of the team."""
    party: str
    """Its party."""
    members: list[str]
    """The persons in it."""
    absence: dict[str, Any] = UNSET
    """Of an absence: `person`, `from`, `until` and whether it is `cancelled`."""


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event, name="person.left"):
    """Somebody is an active member of no team any longer."""

    subject_type: ClassVar[str] = "Team"
    open_to_all: ClassVar[bool] = True

    person: str
    """The person."""
    handovers: int
    """The number of accepted handovers that nobody works now."""
    obligations: int
    """The number of obligations about them."""
    rerouted: int
    """The number of offered handovers that were routed again."""


@dataclass(frozen=True, kw_only=True)
class KeyCreated(Event, name="key.created"):
    """A key was made."""

    subject_type: ClassVar[str] = "ApiKey"

    name: str
    """Its name."""
    role: str
    """Its rights."""
    person: str | None
    """The person it belongs to."""


@dataclass(frozen=True, kw_only=True)
class KeyRevoked(Event, name="key.revoked"):
    """A key was revoked."""

    subject_type: ClassVar[str] = "ApiKey"

    name: str
    """Its name."""
