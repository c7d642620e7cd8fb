"""The known past of leads: the values and stages they had, so that nothing is written down twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.leads.lead import StageChange
from persistence.database.records import read

Timelines = dict[tuple[UUID, str], list[tuple[datetime, Any]]]


async def values_of(connection: AsyncConnection, subjects: Iterable[UUID]) -> Timelines:
    """The values that each field of leads or accounts had, with the moment from which each holds, in order of time."""
    found = await connection.execute(
        text(
            "select subject_id, field, valid_from, value from field_value where subject_id = any(:ids)"
            " order by valid_from, seq"
        ),
        {"ids": list(set(subjects))},
    )
    timelines: Timelines = {}
    for row in found:
        timelines.setdefault((row.subject_id, row.field), []).append((row.valid_from, row.value))
    return timelines


async def stages_of(connection: AsyncConnection, lead_ids: Iterable[UUID]) -> dict[UUID, list[StageChange]]:
    """The stage changes of leads, in order of time."""
    found = await connection.execute(
        text("select * from stage_change where lead_id = any(:ids) order by at, id"), {"ids": list(set(lead_ids))}
    )
    changes: dict[UUID, list[StageChange]] = {}
    for row in found.mappings():
        changes.setdefault(row["lead_id"], []).append(read(StageChange, row))
    return changes


@dataclass(frozen=True, slots=True)
class Outcome:
    """The number of leads of a group, and how many of them are won or lost."""

    group: str | None
    leads: int
    won: int
    lost: int


async def outcomes(connection: AsyncConnection, source: str, field: str | None = None) -> list[Outcome]:
    """Return what became of the leads of a source, in all or by a field's value, the largest group first."""
    group = "null" if field is None else "l.fields ->> cast(:field as text)"
    found = await connection.execute(
        text(
            f"select {group} as name, count(*) as leads, count(*) filter (where l.stage_kind = 'WON') as won,"
            " count(*) filter (where l.stage_kind = 'LOST') as lost"
            " from lead l where l.id in (select lead_id from lead_key where source = :source)"
            " group by 1 order by 2 desc, 1"
        ),
        {"source": source} | ({} if field is None else {"field": field}),
    )
    return [Outcome(row.name, row.leads, row.won, row.lost) for row in found]
