"""Times in which the clocks of a handover stand still."""

from __future__ import annotations

from datetime import datetime

from api.graphql.parts.published import published
from domain.time.pause import Pause


@published
class ClockPause:
    """A stretch in which the clocks about a handover stand still."""

    from_: datetime
    """From when."""
    until: datetime
    """Until when."""
    reason: str
    """Why."""
    person: str
    """Who asked for it."""


def clock_pause(record: Pause) -> ClockPause:
    """The pause as it is shown."""
    return ClockPause(from_=record.from_at, until=record.until, reason=record.reason, person=record.person)
