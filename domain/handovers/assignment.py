"""Who had a handover, and which teams act on a lead by its handovers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.handovers.handover import Handover
from domain.handovers.routing import Obstacle, TeamPassedOver


def holders(handovers: Iterable[Handover]) -> tuple[str, ...]:
    """The teams that act on a lead of which these are the handovers, the oldest first.

    Those with which the open one stands, in the queue those of its route; where none is open, where the last one stood.
    """
    known = list(handovers)
    open_one = next((one for one in known if one.closed_at is None), None)
    if open_one is not None:
        return open_one.visible_to
    return next((one.visible_to for one in reversed(known) if one.visible_to), ())


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who had a handover, from when to when, and why."""

    id: UUID
    handover_id: UUID
    lead_id: UUID
    team: str
    assignee: str | None
    at: datetime
    until: datetime | None
    because: str
    passed_over: tuple[TeamPassedOver, ...] = ()
    """The teams before it, and why they could not take it."""
    owner_passed_over: Obstacle | None = None
    """Why whoever serves the account could not take it; None when that person got it, or nobody serves it."""
