"""The effort that sales makes for a lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.graphql.parts.context import Context
from api.graphql.parts.published import published
from api.graphql.parts.shown import shown
from application.reading import efforts
from application.reading.efforts import ActivityEffort
from domain.handovers.handover import Handover


@published
class ChannelEffort:
    """The effort on one channel."""

    channel: str | None
    """The key of the channel; null for what was done on no known one."""
    attempts: int
    """The number of attempts."""
    contacts: int
    """The number of contacts."""


@published
class Effort:
    """The effort that sales made for a lead since it was offered."""

    attempts: int
    """The number of attempts that count: those too soon after another on the same channel do not."""
    channels: int
    """The number of channels on which they were made."""
    contacts: int
    """The number of contacts."""
    last_attempt_at: datetime | None
    """The time of the last attempt."""
    needed: int | None
    """The number of attempts that the agreement asks; null where it asks none."""
    needed_channels: int | None
    """The number of channels that the agreement asks."""
    by_channel: list[ChannelEffort]
    """The same on each channel."""

    @classmethod
    def of(cls, record: efforts.HandoverEffort) -> Effort:
        """The effort as it is shown."""
        made, needed = record.effort, record.needed
        return cls(
            attempts=len(made.attempts),
            channels=made.channels,
            contacts=len(made.contacts),
            last_attempt_at=made.last_attempt_at,
            needed=needed.count if needed else None,
            needed_channels=needed.channels if needed else None,
            by_channel=[shown(ChannelEffort, one) for one in made.by_channel()],
        )


async def efforts_of_handovers(context: Context, found: list[Handover]) -> Sequence[Effort]:
    """The effort for each handover."""
    return [Effort.of(one) for one in await efforts.of_handovers(context.application, found)]


async def efforts_of_activities(context: Context, lead_ids: list[UUID]) -> Sequence[dict[str, ActivityEffort]]:
    """The counts of the activities of each lead."""
    return await efforts.of_activities(context.application, lead_ids)
