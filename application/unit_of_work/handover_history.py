"""All handovers of the leads in a unit of work, the ended ones too."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.handovers.handover import Handover


class HandoverHistory(dict[UUID, Handover]):
    """Handovers by id; those of each lead in the order in which they were offered."""

    def __init__(self, found: Iterable[Handover] = ()) -> None:
        super().__init__()
        self._of_lead: dict[UUID, list[UUID]] = {}
        for handover in found:
            self.put(handover)
        self._told: dict[UUID, Handover] = dict(self)

    def previously_told(self, handover: Handover) -> Handover | None:
        """Return a handover as the event before left it, None where there was none; it is told now as it is given."""
        previous = self._told.get(handover.id)
        self._told[handover.id] = handover
        return previous

    def of(self, lead_id: UUID) -> list[Handover]:
        """All handovers of a lead, in order."""
        ids = self._of_lead.get(lead_id)
        return [self[handover_id] for handover_id in ids] if ids else []

    def put(self, handover: Handover) -> set[UUID]:
        """Take in a handover as it is now; tell about which of its lead's handovers what is owed may be another."""
        present = self.get(handover.id)
        changed: set[UUID] = set()
        if present is None:
            changed = {h.id for h in self.of(handover.lead_id)} | {handover.id}
            self._of_lead.setdefault(handover.lead_id, []).append(handover.id)
        elif present != handover:
            changed = {handover.id}
        self[handover.id] = handover
        return changed
