"""Activities: each counts once; read back only as far as a version needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import ActivityFact, Canonical, is_blank
from domain.party import Party
from domain.words.spelling import spelled
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read_all, write


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a lead did or that was done to it."""

    id: UUID
    lead_id: UUID
    source: str
    key: str
    type: str
    occurred_at: datetime
    recorded_at: datetime
    party: Party | None
    person: str | None
    channel: str | None
    campaign: str | None
    content: str | None
    fields: Mapping[str, Canonical]
    party_found: bool = False
    """True if the party was not told, but found by who told it, by the person or by the type."""
    channel_told: str | None = None
    """The sender's word for the channel, where it is not the channel's key."""

    def same_as(self, other: Activity) -> bool:
        """Return whether both tell the same, whenever they were recorded and however they spell the channel."""
        if self.content_key != other.content_key:
            return False
        told = [spelled(one.channel_told or one.channel or "") for one in (self, other)]
        return self.channel == other.channel or told[0] == told[1]

    @property
    def content_key(self) -> tuple[Any, ...]:
        """Return what the sender said of it, but for the channel."""
        said = (self.lead_id, self.type, self.occurred_at, None if self.party_found else self.party)
        words = (self.person, self.campaign, self.content)
        fields = {name: _carried(value) for name, value in self.fields.items() if not is_blank(value)}
        return (*said, *(None if is_blank(word) else word for word in words), fields)


def _carried(value: Canonical) -> Canonical:
    """A value without what carries nothing in it; activities of earlier days may have such."""
    return value if isinstance(value, str | int) else [item for item in value if not is_blank(item)]


async def record(connection: AsyncConnection, activities: Sequence[Activity]) -> set[UUID]:
    """Store activities; tell the ids of those whose key was new."""
    ordered = sorted(activities, key=lambda a: (a.source, a.key))
    rows = [write(activity, tables.activity) for activity in ordered]
    return await bulk.insert_new(connection, tables.activity, rows, returning="id")


async def by_keys(connection: AsyncConnection, source: str, keys: Iterable[str]) -> dict[str, Activity]:
    """A source's activities by their keys."""
    found = await connection.execute(
        text("select * from activity where source = :source and key = any(:keys)"),
        {"source": source, "keys": sorted(set(keys))},
    )
    return {one.key: one for one in read_all(Activity, found)}


_FACTS = """
select lead_id, array_agg(id) as ids, array_agg(type) as types, array_agg(occurred_at) as times{attributes}
from activity
where lead_id = any(:leads) and type = any(:types) and occurred_at >= :since
group by lead_id
"""
_ATTRIBUTES = """,
 array_agg(party) as parties, array_agg(channel) as channels, array_agg(campaign) as campaigns,
 array_agg(content) as contents, jsonb_agg(fields) as fields"""
_LONG_AGO = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


async def facts(
    connection: AsyncConnection,
    leads: Iterable[UUID],
    *,
    types: Iterable[str],
    since: datetime | None,
    attributes: bool,
) -> dict[UUID, list[ActivityFact]]:
    """Return what a judgement may see of the leads' activities of these types, one row read for each lead.

    `since` None reaches back without end; without `attributes` only id, type and time are read.
    """
    statement = text(_FACTS.format(attributes=_ATTRIBUTES if attributes else ""))
    found = await connection.execute(
        statement, {"leads": list(set(leads)), "types": sorted(types), "since": since or _LONG_AGO}
    )
    return {row["lead_id"]: _unpacked(row) for row in found.mappings()}


def _unpacked(row: RowMapping) -> list[ActivityFact]:
    if "parties" not in row:
        return [
            ActivityFact(id=str(id_), type=type_, occurred_at=at)
            for id_, type_, at in zip(row["ids"], row["types"], row["times"], strict=True)
        ]
    columns = ("ids", "types", "times", "parties", "channels", "campaigns", "contents", "fields")
    return [
        ActivityFact(str(id_), type_, at, Party(party) if party else None, channel, campaign, content, fields)
        for id_, type_, at, party, channel, campaign, content, fields in zip(*(row[c] for c in columns), strict=True)
    ]
