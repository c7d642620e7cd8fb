"""Agreements as subjects of what is owed: locked, with the moment since when a version is in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def lock(
    connection: AsyncConnection, ids: Iterable[UUID], *, skip_locked: bool = False
) -> dict[UUID, datetime | None]:
    """Lock agreements in id order; tell since when each has its version in force, None when it has none."""
    skip = " skip locked" if skip_locked else ""
    locked = await connection.execute(
        text(f"select id from agreement where id = any(:ids) order by id for update{skip}"), {"ids": sorted(set(ids))}
    )
    since: dict[UUID, datetime | None] = dict.fromkeys(locked.scalars())
    active = await connection.execute(
        text("select agreement_id, activated_at from version where agreement_id = any(:ids) and state = 'ACTIVE'"),
        {"ids": list(since)},
    )
    return since | {row.agreement_id: row.activated_at for row in active}


async def concerned(connection: AsyncConnection) -> list[UUID]:
    """The agreements with a version in force, or about which something is owed that concerns no lead."""
    found = await connection.execute(
        text(
            "select agreement_id from version where state = 'ACTIVE'"
            " union select agreement_id from obligation_open where lead_id is null"
        )
    )
    return sorted(found.scalars())
