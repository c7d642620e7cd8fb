"""For whom a sender of activities speaks: its own party and people, and what the people it names belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.incoming import IncomingActivity
from domain.document.sections.fields import ActivityType, Direction
from domain.leads.who_contacted import who_contacted
from domain.party import Party
from domain.people.principal import Principal, Role
from domain.refusal import Refusal
from domain.words.persons import folded, same_person
from persistence.people import teams

SPEAKING = {Role.MARKETING: Party.MARKETING, Role.SALES: Party.SALES}
"""The roles whose keys speak for a party, whatever is told."""


@dataclass(frozen=True)
class Speaker:
    """A sender, and the teams of the people that a batch names."""

    principal: Principal | None
    teams: Mapping[str, Mapping[str, Party]] = field(default_factory=dict)
    """The teams that each person belongs to, each with its party, by the name by which persons are compared."""

    @classmethod
    async def of(
        cls, connection: AsyncConnection, principal: Principal | None, items: Sequence[IncomingActivity]
    ) -> Speaker:
        """Read at once what a batch takes."""
        own = cls(principal)
        asked = any(item.person and (own._bound or item.party is None) for item in items)
        if not asked or (own.party is not None and not own._bound):
            return own
        return cls(principal, await teams.belonging(connection))

    @property
    def party(self) -> Party | None:
        """The party for which it speaks, if only for one."""
        return SPEAKING.get(self.principal.role) if self.principal else None

    @property
    def _bound(self) -> bool:
        """Return whether it may name its own people only."""
        return self.principal is not None and self.principal.role is Role.SALES

    def faults(self, item: IncomingActivity, kind: ActivityType) -> list[Refusal]:
        """Return what is told of others than those for whom it speaks."""
        found = []
        outbound = kind.direction is Direction.OUTBOUND
        if outbound and self.party is not None and item.party not in (None, self.party):
            message = f"This key speaks for {self.party.value} only."
            found.append(Refusal("VALUE_NOT_ALLOWED", message, ("party",)))
        if self._bound and item.person and not self._is_own(item.person):
            message = f"{item.person[:80]!r} is in none of this key's teams."
            found.append(Refusal("UNKNOWN_PERSON", message, ("person",)))
        return found

    def _is_own(self, person: str) -> bool:
        own = self.principal
        if own is None or same_person(person, own.person):
            return own is not None
        return not own.teams.isdisjoint(self.teams.get(folded(person), {}))

    def party_of(self, item: IncomingActivity, kind: ActivityType) -> Party | None:
        """The party that did it: of what a lead did only where told, else as `who_contacted` says."""
        if kind.direction is not Direction.OUTBOUND:
            return item.party
        of_person = self.teams.get(folded(item.person or ""), {}).values()
        return who_contacted(key=self.party, told=item.party, of_person=set(of_person), of_type=kind.party)
