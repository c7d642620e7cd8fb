"""The history of the values of fields, and when they were told again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.time.wall_clock import instant_of, moment_of
from persistence import tables
from persistence.database import bulk
from persistence.database.database import dump_json
from persistence.database.records import write


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value that a field of a lead or account had from a moment on."""

    subject_id: UUID
    field: str
    value: Any
    valid_from: datetime
    recorded_at: datetime
    source: str


async def remember_values(connection: AsyncConnection, values: Sequence[FieldValue]) -> None:
    """Append to the history of field values."""
    await bulk.insert(connection, tables.field_value, [write(value, tables.field_value) for value in values])


ToldAgain = dict[tuple[UUID, str], list[tuple[datetime, str]]]
"""By subject and field, when which source last told again what was known."""


async def told_again(connection: AsyncConnection, subjects: Iterable[UUID]) -> ToldAgain:
    """Return when the fields of the subjects were last told again without a time of their own."""
    found = await connection.execute(
        text("select subject_id, source, fields from told_again where subject_id = any(:ids)"),
        {"ids": list(set(subjects))},
    )
    told: ToldAgain = {}
    for row in found:
        for name, instant in row.fields.items():
            told.setdefault((row.subject_id, name), []).append((moment_of(instant), row.source))
    return told


_TELL_AGAIN = """
insert into told_again (subject_id, source, fields)
select n.subject_id, :source, n.fields::jsonb
from unnest(cast(cast(:subjects as text) as uuid[]), cast(cast(:fields as text) as text[])) as n(subject_id, fields)
on conflict (subject_id, source) do update set fields = told_again.fields || excluded.fields
"""


async def remember_told_again(
    connection: AsyncConnection, source: str, fields: Mapping[UUID, Iterable[str]], *, at: datetime
) -> None:
    """Remember that a source told fields of subjects, which are locked, again; only the last time of each is kept."""
    if fields:
        instant = instant_of(at)
        written = [dump_json(dict.fromkeys(sorted(names), instant)) for names in fields.values()]
        given = {"subjects": bulk.array_literal(fields), "fields": bulk.array_literal(written)}
        await connection.execute(text(_TELL_AGAIN), {"source": source, **given})
