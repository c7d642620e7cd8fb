"""Which leads are asked for."""

from __future__ import annotations

from datetime import datetime

from api.graphql.parts.published import published_input
from application.reading import lists
from domain.party import Party


@published_input
class LeadFilter:
    """Which leads."""

    agreement: str | None = None
    """The key of the agreement that governs them."""
    stage: list[str] | None = None
    """The keys of their stages."""
    grade: list[str] | None = None
    """Their grades."""
    contact_owner: Party | None = None
    """The party that owns contact with them."""
    updated_since: datetime | None = None
    """Changed at or after that moment."""

    def wanted(self) -> lists.LeadFilter:
        """The filter that the application knows."""
        return lists.LeadFilter(**vars(self))
