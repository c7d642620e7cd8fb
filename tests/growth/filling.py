"""Many leads, made of a few that lived: copies of each row, with ids, keys and times of their own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

GAP = 37_000
"""So many milliseconds earlier each copy lived than the one before."""

# The copy of an id keeps the order of time: its first 48 bits are milliseconds, as in the id that it is made of.
_FUNCTIONS = f"""
create or replace function growth_id(id uuid, n bigint) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint - n * {GAP}), 12, '0')
    || substr(md5(id::text || n), 13))::uuid
$$;
create or replace function growth_at(at timestamptz, n bigint) returns timestamptz
  language sql immutable parallel safe as $$ select at - n * interval '{GAP} milliseconds' $$
"""
_OF_EACH = {
    "account": ("key",),
    "lead": (),
    "lead_key": ("external_id",),
    "field_value": (),
    "activity": ("key",),
    "decision": (),
    "stage_change": (),
    "handover": (),
    "assignment": (),
    "obligation": (),
    "breach": (),
    "fulfilment": (),
}
"""The tables in the order in which they refer to each other, with the texts that are unique."""
_SHARED = {"agreement_id", "version_id", "stage_version_id", "passes_to", "based_on"}
"""Ids that all copies have in common."""
_SPREAD: Mapping[str, Mapping[str, str]] = {"lead": {"priority": "t.priority + (n * 7919) % 100000"}}
_COLUMNS = """
select column_name as name, data_type as type from information_schema.columns
where table_schema = 'public' and table_name = :table and is_identity = 'NO' and is_generated = 'NEVER'
"""
_EVENTS = """
with copied as (
  insert into event
    (id, type, at, recorded_at, subject_type, subject_id, lead_id, visible_to, person, payload, historical)
  select growth_id(e.id, n), e.type, growth_at(e.at, n), growth_at(e.recorded_at, n), e.subject_type,
    growth_id(e.subject_id, n), growth_id(e.lead_id, n), e.visible_to, e.person, e.payload, e.historical
  from generate_series(cast(:first as bigint), :last) n
  cross join (select * from event where lead_id is not null order by seq) e
  returning seq, type, visible_to
), placed as (
  insert into event_position (position, seq, type)
  select (select position from event_head) + row_number() over (order by seq), seq, type from copied
  returning position, seq, type
), heard as (
  insert into event_audience (audience, type, position)
  select distinct a.audience, p.type, p.position from placed p join copied c using (seq)
  cross join lateral unnest(c.visible_to) a(audience)
)
update event_head set position = position + (select count(*) from placed)
"""


async def multiply(connection: AsyncConnection, number: int) -> None:
    """Copy every lead that there is so many times, with all that belongs to it, and tell the planner."""
    first = int(await connection.scalar(text("select count(*) from lead")) or 0)  # copies of copies are others again
    await connection.execute(text("set local statement_timeout = 0"))
    binds = {"first": first, "last": first + number - 1}
    for statement in _FUNCTIONS.split(";\n"):
        await connection.execute(text(statement.replace(":", r"\:")))
    for table, unique in _OF_EACH.items():
        found = (await connection.execute(text(_COLUMNS), {"table": table})).all()
        values = [_value(table, row.name, row.type, unique) for row in found]
        names = ", ".join(f'"{row.name}"' for row in found)
        copies = f"{table} t, generate_series(cast(:first as bigint), :last) n"
        statement = f"insert into {table} ({names}) select {', '.join(values)} from {copies}"
        await connection.execute(text(statement), binds)
    await connection.execute(text(_EVENTS), binds)
    await connection.execute(text("analyze"))


def _value(table: str, name: str, type_: str, unique: tuple[str, ...]) -> str:
    if (spread := _SPREAD.get(table, {}).get(name)) is not None:
        return spread
    column = f't."{name}"'
    if type_ == "uuid" and name not in _SHARED:
        return f"growth_id({column}, n)"
    if type_ == "timestamp with time zone":
        return f"growth_at({column}, n)"
    return f"{column} || '-' || n" if name in unique else column
