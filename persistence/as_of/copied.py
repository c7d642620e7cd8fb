"""The recorded past of many leads as tables of Arrow: their values, what they did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.database.arrow import MOMENT, copied

_VALUES = "select subject_id, field, valid_from, seq, value from field_value where {which}"
_VALUE_COLUMNS = {
    "subject": pa.string(),
    "field": pa.string(),
    "at": MOMENT,
    "seq": pa.int64(),
    "value": pa.string(),
}
_ACTIVITIES = """select lead_id, type, occurred_at, channel, campaign, content{fields} from activity
where lead_id between :first and :last and type = any(:types) and occurred_at >= :since"""
_ACTIVITY_COLUMNS = {
    "lead": pa.string(),
    "type": pa.string(),
    "at": MOMENT,
    **dict.fromkeys(("channel", "campaign", "content"), pa.string()),
}
ATTRIBUTE = "field."
"""The prefix of the columns of fields of activities."""
_LONG_AGO = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


async def values_between(connection: AsyncConnection, first: UUID, last: UUID) -> pa.Table:
    """Every value, as JSON, that a field of the leads and accounts with ids in a range ever had."""
    statement = _VALUES.format(which="subject_id between :first and :last")
    return await copied(connection, statement, _VALUE_COLUMNS, {"first": first, "last": last})


async def values_of(connection: AsyncConnection, subjects: Iterable[UUID]) -> pa.Table:
    """The same of subjects by their ids."""
    statement = _VALUES.format(which="subject_id = any(:ids)")
    return await copied(connection, statement, _VALUE_COLUMNS, {"ids": sorted(set(subjects))})


async def activities_between(
    connection: AsyncConnection,
    first: UUID,
    last: UUID,
    *,
    types: Iterable[str],
    since: datetime | None,
    fields: Sequence[str],
) -> pa.Table:
    """The activities of these types of the leads with ids in a range; beside them the fields asked for, as JSON.

    `since` None reaches back without end.
    """
    named = "".join(f", fields -> cast(:field{n} as text)" for n in range(len(fields)))
    binds = {f"field{n}": field for n, field in enumerate(fields)}
    given = {"first": first, "last": last, "types": sorted(types), "since": since or _LONG_AGO}
    columns = _ACTIVITY_COLUMNS | {ATTRIBUTE + field: pa.string() for field in fields}
    return await copied(connection, _ACTIVITIES.format(fields=named), columns, given | binds)
