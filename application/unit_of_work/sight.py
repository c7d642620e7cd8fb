"""Who of sales sees the leads on a desk: the teams that have or had them, and those on whose route they are queued."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.unit_of_work.handover_history import HandoverHistory
from domain.handovers.handover import Handover
from domain.leads.lead import Lead
from persistence.handovers import handovers


@dataclass
class Sight:
    """The teams that see leads for good, told from those that see them only while they are queued."""

    had: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    """The teams that have or had a lead; of leads that are not here, all that see them."""

    @classmethod
    async def of(cls, connection: AsyncConnection, rounds: HandoverHistory) -> Sight:
        """Return what is known of leads with these handovers."""
        queued = {handover.lead_id for handover in rounds.values() if handover.queued}
        had = await handovers.teams_that_had(connection, queued) if queued else {}
        for lead_id in queued:
            ended = [team for one in rounds.of(lead_id) if one.closed_at is not None for team in one.visible_to]
            had[lead_id] = tuple(dict.fromkeys((*had.get(lead_id, ()), *ended)))
        return cls(had)

    def seeing(self, lead: Lead, changed: Handover, open_one: Handover | None) -> tuple[str, ...]:
        """The teams that see a lead after one of its handovers changed."""
        had = self.had.get(lead.id, lead.seen_by)
        if not changed.queued:
            had = tuple(dict.fromkeys((*had, *changed.visible_to)))
        self.had[lead.id] = had
        waiting = open_one.visible_to if open_one is not None and open_one.queued else ()
        return tuple(dict.fromkeys((*had, *waiting)))
