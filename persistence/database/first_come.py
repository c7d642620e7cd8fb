"""One at a time: who makes the first key of a database holds others back until it is committed."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 0x6261746F6E0003


async def wait(connection: AsyncConnection) -> None:
    """Wait until nobody else is at it, and be at it until the transaction ends."""
    await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
