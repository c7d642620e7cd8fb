"""The messages to subscribers about handovers and breaches."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.parts.published import published
from api.graphql.parts.scalars import Cursor
from api.graphql.types.enums import BreachEventType, HandoverEventType
from api.graphql.types.handover_types import Handover
from api.graphql.types.obligation_types import Breach


@published
class HandoverEvent:
    """The message to a subscriber about a handover."""

    id: strawberry.ID
    """The id of this message, of its own type; a repeated one has the same. No node."""
    cursor: Cursor
    """Its place in the log; for `after` and `ackEvents`."""
    at: datetime
    """When it happened."""
    type: HandoverEventType
    """The type of the event; LEFT: the handover no longer fits the filter, or is no longer the subscriber's to see."""
    handover_id: strawberry.ID | None
    """The handover's id; null only in a CHECKPOINT."""
    because: HandoverEventType | None
    """Of LEFT what happened, where the handover is still visible to the subscriber; else null."""
    handover: Handover | None
    """The handover as it stands now; null in a CHECKPOINT and where it is no longer visible to the subscriber."""


@published
class BreachEvent:
    """The message to a subscriber about a breach."""

    id: strawberry.ID
    """The id of this message, of its own type; a repeated one has the same. No node."""
    cursor: Cursor
    """Its place in the log; for `after` and `ackEvents`."""
    at: datetime
    """When it happened."""
    type: BreachEventType
    """The type of the event; LEFT: the breach no longer fits the filter, or is no longer the subscriber's to see."""
    breach_id: strawberry.ID | None
    """The breach's id; null only in a CHECKPOINT."""
    because: BreachEventType | None
    """Of LEFT what happened, where the breach is still visible to the subscriber; else null."""
    breach: Breach | None
    """The breach as it stands now; null in a CHECKPOINT and where it is no longer visible to the subscriber."""
