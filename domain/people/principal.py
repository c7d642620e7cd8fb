"""Who asks: a signed-in principal and what its role may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from domain.party import Party


class Role(StrEnum):
    """The rights of a principal."""

    MARKETING = "MARKETING"
    """A marketer."""
    SALES = "SALES"
    """A sales rep or leader."""
    MANAGEMENT = "MANAGEMENT"
    """Management."""
    INTEGRATION = "INTEGRATION"
    """A tool, such as a CRM or marketing automation."""
    ADMIN = "ADMIN"
    """An administrator."""


_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Needs:
    """The right that is missing; None where nothing of that kind is missing."""

    roles: tuple[Role, ...] | None = None
    """The roles that may."""
    party: Party | None = None
    """The party whose persons may."""
    persons: tuple[str, ...] | None = None
    """The persons who alone may; empty where it takes a person, whoever that is."""


class Forbidden(Exception):
    """The principal lacks the right."""

    def __init__(self, message: str = "This principal may not do that.", needs: Needs | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.needs = needs or Needs()


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user or tool."""

    key_id: UUID
    name: str
    role: Role
    party: Party | None = None
    person: str | None = None
    teams: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    @property
    def sees_all(self) -> bool:
        """Return whether it reads every lead and handover; sales reads those of its teams only."""
        return self.role is not Role.SALES

    @property
    def sight(self) -> Principal:
        """Nobody in particular who reads what this one reads: that is up to role, teams and scopes alone."""
        return replace(self, key_id=_NOBODY, name="", party=None, person=None)

    @property
    def signature(self) -> str:
        """The name under which its doings are recorded: the person's, else the key's."""
        return self.person or f"key:{self.name}"
