"""Consumers: how far named readers of the event log have acknowledged it, per API key."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.events import event_log
from persistence.events.event_log import CursorUnknown
from persistence.tables import consumer


async def acknowledged(connection: AsyncConnection, key_id: UUID, name: str) -> int | None:
    """The position up to which the consumer has acknowledged; None if it never did."""
    found: int | None = await connection.scalar(
        select(consumer.c.position).where(consumer.c.key_id == key_id, consumer.c.name == name)
    )
    return found


async def acknowledge(connection: AsyncConnection, key_id: UUID, name: str, position: int, *, now: datetime) -> int:
    """Acknowledge up to a position, never backwards; where the consumer stands now.

    Raises CursorUnknown for a position beyond the newest event.
    """
    head = await event_log.head(connection)
    if position > head:
        raise CursorUnknown(head)
    new = insert(consumer).values(key_id=key_id, name=name, position=position, acknowledged_at=now)
    stored = await connection.scalar(
        new.on_conflict_do_update(
            index_elements=[consumer.c.key_id, consumer.c.name],
            set_={
                "position": func.greatest(consumer.c.position, new.excluded.position),
                "acknowledged_at": new.excluded.acknowledged_at,
            },
        ).returning(consumer.c.position)
    )
    return int(stored or 0)
