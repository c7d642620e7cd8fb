"""Who asks: a signed-in principal and what its role may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from domain.party import Party


class Role(StrEnum):
    """What a principal may do."""

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


class Right(StrEnum):
    """Something that not everybody may do."""

    EDIT_DRAFTS = "EDIT_DRAFTS"
    """Create, edit, comment and submit drafts."""
    SIGN = "SIGN"
    """Sign a version for one's party."""
    ACTIVATE = "ACTIVATE"
    """Activate, withdraw and roll back versions, edit teams."""
    INGEST = "INGEST"
    """Send leads and activities."""
    RECORD_OWN_ACTIVITIES = "RECORD_OWN_ACTIVITIES"
    """Record activities of one's own leads."""
    RECORD_CONSENT = "RECORD_CONSENT"
    """Record what leads say about being contacted; sales for its own leads."""
    ANSWER = "ANSWER"
    """Accept and return handovers, move leads, pause clocks."""
    REASSIGN = "REASSIGN"
    """Give a handover to somebody else."""
    WITHDRAW_HANDOVER = "WITHDRAW_HANDOVER"
    """Take a handover back, answer a return."""
    ACKNOWLEDGE = "ACKNOWLEDGE"
    """Acknowledge and explain a breach."""
    MEET = "MEET"
    """Say that what one's party owed was done."""
    WAIVE = "WAIVE"
    """Forgive what one's party is owed."""
    ADMINISTER = "ADMINISTER"
    """Keys, webhooks, persons' data."""


_DRAFTS, _SETTLING = {Right.EDIT_DRAFTS, Right.SIGN}, {Right.ACKNOWLEDGE, Right.MEET, Right.WAIVE}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MARKETING: frozenset({Right.INGEST, Right.RECORD_CONSENT, Right.WITHDRAW_HANDOVER} | _DRAFTS | _SETTLING),
    Role.SALES: frozenset(
        {Right.RECORD_OWN_ACTIVITIES, Right.RECORD_CONSENT, Right.ANSWER, Right.REASSIGN} | _DRAFTS | _SETTLING
    ),
    Role.MANAGEMENT: frozenset({Right.EDIT_DRAFTS, Right.ACTIVATE, Right.REASSIGN} | _SETTLING),
    Role.INTEGRATION: frozenset({Right.INGEST, Right.RECORD_CONSENT}),
    Role.ADMIN: frozenset(Right) - {Right.WAIVE},
}
"""The rights table. What a right covers further depends on party, person and team and is checked where it is used."""


_NOBODY = UUID(int=0)


class Forbidden(Exception):
    """The principal lacks the right."""

    def __init__(self, message: str = "This principal may not do that.") -> None:
        super().__init__(message)
        self.message = message


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

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raise Forbidden unless the role has the right."""
        if not self.may(right):
            raise Forbidden

    @property
    def sees_all(self) -> bool:
        """Whether it reads every lead and handover; sales reads those of its teams only."""
        return self.role is not Role.SALES

    @property
    def sight(self) -> Principal:
        """Nobody in particular who reads what this one reads: that is up to role, teams and scopes alone."""
        return replace(self, key_id=_NOBODY, name="", party=None, person=None)

    @property
    def signature(self) -> str:
        """The name under which its doings are recorded: the person's, else the key's."""
        return self.person or f"key:{self.name}"
