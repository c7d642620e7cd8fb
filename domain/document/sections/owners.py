"""Who owes something that the document names: a party, in it a team or a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.document.base import Part, Person, TeamKey
from domain.party import Party


class Owner(Part):
    """Who owes it: a party, and in it a team, a person, or both."""

    party: Annotated[Party, Field(strict=False)]
    """The party that owes it; the other one is owed and confirms it."""
    team: TeamKey | None = None
    """The team that sees to it."""
    person: Person | None = None
    """The person who sees to it."""

    @property
    def named(self) -> bool:
        """Return whether somebody is named, not the party alone."""
        return self.team is not None or self.person is not None
