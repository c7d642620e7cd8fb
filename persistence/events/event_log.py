"""The event log: events are written with the change they tell of, and read in the order of their positions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence import tables
from persistence.database import bulk
from persistence.database.records import write


class CursorExpired(Exception):
    """A cursor lies before the oldest event that is kept; `oldest` is the position of that one."""

    def __init__(self, oldest: int) -> None:
        super().__init__(f"The oldest event kept has the position {oldest}.")
        self.oldest = oldest


class CursorUnknown(Exception):
    """A cursor lies beyond the newest event, whose position is `head`."""

    def __init__(self, head: int) -> None:
        super().__init__(f"The newest event has the position {head}.")
        self.head = head


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened; `at` is when, `recorded_at` when it became known; `visible_to` are keys of teams."""

    id: UUID
    type: str
    at: datetime
    recorded_at: datetime
    subject_type: str
    subject_id: UUID
    lead_id: UUID | None = None
    visible_to: tuple[str, ...] = ()
    person: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    historical: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that has its place in the order; shared by all who follow, so never to be changed."""

    position: int
    id: UUID
    type: str
    at: datetime
    recorded_at: datetime
    subject_type: str
    subject_id: UUID
    lead_id: UUID | None
    visible_to: tuple[str, ...]
    person: str | None
    payload: Mapping[str, Any]
    historical: bool


_PENDING = "with new as ({} returning seq) insert into event_pending (seq) select seq from new"
"""Lists an event for the sequencer in the statement that inserts it."""

_EVENT = "e.id, e.type, e.at, e.recorded_at, e.subject_type, e.subject_id, e.lead_id, e.visible_to, e.person, e.payload"
_COLUMNS = f"p.position, {_EVENT}, e.historical"

# `offset 0` keeps the planner from joining the whole log while it knows nothing of the size of the tables.
_AFTER = """
select {columns} from event_position p cross join lateral (select * from event where seq = p.seq offset 0) e
where p.position > :position order by p.position limit :limit
"""
_FOLLOW_AFTER = _AFTER.format(columns=_COLUMNS).replace(":position", "$1").replace(":limit", "$2")
_READ_AFTER = text(_AFTER.format(columns=_COLUMNS))

# One short walk in the index for each type, so that a rare one is found as fast as a common one.
_OF_TYPES = """
select f.position, f.seq from unnest(cast(:types as text[])) as of(type) cross join lateral (
  select position, seq from event_position where type = of.type and position {beyond}
  order by position {way} limit :limit
) f order by f.position {way} limit :limit
"""
_OF_AUDIENCES = """
select position, seq from (
  select distinct f.position from unnest(cast(:audiences as text[])) as to_(audience)
  cross join unnest(cast(:types as text[])) as of(type) cross join lateral (
    select position from event_audience where audience = to_.audience and type = of.type and position {beyond}
    order by position {way} limit :limit
  ) f order by position {way} limit :limit
) heard join event_position using (position)
"""
_LISTED = """
select {columns} from ({places}) p cross join lateral (select * from event where seq = p.seq offset 0) e
order by p.position {way}
"""


def _listed(places: str, *, backward: bool) -> TextClause:
    beyond, way = ("< :position", "desc") if backward else ("> :position", "")
    return text(_LISTED.format(columns=_COLUMNS, places=places.format(beyond=beyond, way=way), way=way))


_LISTS = {
    (audiences, backward): _listed(_OF_AUDIENCES if audiences else _OF_TYPES, backward=backward)
    for audiences in (False, True)
    for backward in (False, True)
}

# All events of a lead are written while its row is locked: by number they stand in the order of their positions.
_OF_LEADS = """
select lead.id as of_lead, found.* from unnest(cast(:lead_ids as uuid[])) with ordinality as lead(id, place)
cross join lateral (
  select {columns}, e.seq from event e
  cross join lateral (select position from event_position where seq = e.seq offset 0) p
  where e.lead_id = lead.id and ({bound}) order by e.seq {direction} limit :limit
) found order by lead.place, found.seq {direction}
"""
_SEQ_AT = "(select seq from event_position where position = :position)"
_LEADS_AFTER = text(_OF_LEADS.format(columns=_COLUMNS, bound=f"e.seq > coalesce({_SEQ_AT}, 0)", direction=""))
_LEADS_BEFORE = text(
    _OF_LEADS.format(
        columns=_COLUMNS, bound=f"cast(:position as bigint) is null or e.seq < {_SEQ_AT}", direction="desc"
    )
)

_BY_IDS = text(f"""
select {_COLUMNS} from event e join event_position p using (seq) where e.id = any(cast(:ids as uuid[]))
""")


async def append(connection: AsyncConnection, events: Sequence[NewEvent]) -> None:
    """Write events in the transaction of the change; once it is committed, the sequencer gives them positions."""
    await bulk.insert(connection, tables.event, [write(event, tables.event) for event in events], around=_PENDING)


async def read_after(connection: AsyncConnection, position: int, *, limit: int) -> list[StoredEvent]:
    """Return the next events behind a position, in order."""
    rows = await connection.execute(_READ_AFTER, {"position": position, "limit": limit})
    return [_stored(row) for row in rows]


async def read_list(
    connection: AsyncConnection,
    position: int,
    *,
    types: Collection[str],
    audiences: Collection[str] | None,
    backward: bool,
    limit: int,
) -> list[StoredEvent]:
    """Return the next events of some types behind a position, or those before it with the newest first.

    Given `audiences`, only what one of them may read. What was imported of the past is in no list.
    """
    binds = {"position": position, "limit": limit, "types": sorted(types)}
    binds |= {} if audiences is None else {"audiences": sorted(audiences)}
    rows = await connection.execute(_LISTS[audiences is not None, backward], binds)
    return [_stored(row) for row in rows]


async def follow_after(
    connection: asyncpg.Connection[asyncpg.Record], position: int, *, limit: int
) -> list[StoredEvent]:
    """The same, all types, over a connection of the driver's own, which costs less."""
    rows = await connection.fetch(_FOLLOW_AFTER, position, limit)
    return [
        StoredEvent(**{**row, "visible_to": tuple(row["visible_to"]), "payload": orjson.loads(row["payload"])})
        for row in rows
    ]


async def touch(connection: AsyncConnection) -> None:
    """Write without changing anything, to see whether that is possible."""
    await connection.execute(text("update event_head set position = position"))


async def head(connection: AsyncConnection) -> int:
    """The position of the newest event; 0 before the first."""
    return int(await connection.scalar(text("select position from event_head")) or 0)


async def oldest(connection: AsyncConnection) -> int:
    """The position of the oldest event kept, or of the next one to come; the cursor EARLIEST lies one before it."""
    found = await connection.scalar(
        text("select coalesce((select min(position) from event_position), (select position + 1 from event_head))")
    )
    return int(found or 1)


async def read_leads_after(
    connection: AsyncConnection, lead_ids: Sequence[UUID], position: int = 0, *, limit: int
) -> dict[UUID, list[StoredEvent]]:
    """The events of each lead behind the position of one of them (0: from the first), oldest first."""
    return await _of_leads(connection, _LEADS_AFTER, lead_ids, position, limit)


async def read_leads_before(
    connection: AsyncConnection, lead_ids: Sequence[UUID], position: int | None = None, *, limit: int
) -> dict[UUID, list[StoredEvent]]:
    """The events of each lead before the position of one of them (None: from the last), newest first."""
    return await _of_leads(connection, _LEADS_BEFORE, lead_ids, position, limit)


async def _of_leads(
    connection: AsyncConnection, statement: TextClause, lead_ids: Sequence[UUID], position: int | None, limit: int
) -> dict[UUID, list[StoredEvent]]:
    binds = {"lead_ids": list(lead_ids), "position": position, "limit": limit}
    found: dict[UUID, list[StoredEvent]] = {lead_id: [] for lead_id in lead_ids}
    for row in (await connection.execute(statement, binds)).mappings():
        told = {name: row[name] for name in StoredEvent.__slots__}
        found[row["of_lead"]].append(StoredEvent(**{**told, "visible_to": tuple(row["visible_to"])}))
    return found


async def read_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, StoredEvent]:
    """The events of these ids, as far as they exist and have a position."""
    rows = await connection.execute(_BY_IDS, {"ids": list(ids)})
    return {row.id: _stored(row) for row in rows}


def _stored(row: Row[Any]) -> StoredEvent:
    return StoredEvent(**{**row._asdict(), "visible_to": tuple(row.visible_to)})
