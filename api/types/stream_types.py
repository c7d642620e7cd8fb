"""What subscribers are told of handovers and breaches."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.published import published
from api.scalars import Cursor
from api.types.enums import BreachEventType, HandoverEventType
from api.types.handover_types import Handover
from api.types.obligation_types import Breach


@published
class HandoverEvent:
    """What a subscriber is told of a handover."""

    id: strawberry.ID
    """The id of the event; a repeated one has the same."""
    cursor: Cursor
    """Its place in the log; for `after` and `ackEvents`."""
    at: datetime
    """When it happened."""
    type: HandoverEventType
    """What happened."""
    handover: Handover | None
    """The handover as it stands now; null in a CHECKPOINT and where it is no longer visible to the subscriber."""


@published
class BreachEvent:
    """What a subscriber is told of a breach."""

    id: strawberry.ID
    """The id of the event; a repeated one has the same."""
    cursor: Cursor
    """Its place in the log; for `after` and `ackEvents`."""
    at: datetime
    """When it happened."""
    type: BreachEventType
    """What happened."""
    breach: Breach | None
    """The breach as it stands now; null in a CHECKPOINT and where it is no longer visible to the subscriber."""
