"""Many obligations, made by SQL out of one that a house has opened, for benchmarks and long runs of the clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from tests.application.scene import Scene

_LEADS = """
insert into lead
select copy.* from lead l, generate_series(1, :number) n,
  lateral jsonb_populate_record(l, jsonb_build_object('id', md5('lead' || n)::uuid, 'next_crossing', null)) copy
where l.id = :lead
"""
_HANDOVERS = """
insert into handover
select copy.* from handover h, generate_series(1, :number) n, lateral jsonb_populate_record(h, jsonb_build_object(
  'id', md5('handover' || n)::uuid, 'lead_id', md5('lead' || n)::uuid)) copy
where h.lead_id = :lead
"""
_DUE = """
insert into obligation
select copy.* from obligation o, generate_series(1, :number) n,
  lateral (select cast(:start as timestamptz) + n * cast(:gap as float8) * interval '1 second' as due) d,
  lateral jsonb_populate_record(o, jsonb_build_object(
    'id', md5('obligation' || n)::uuid, 'lead_id', md5('lead' || n)::uuid, 'subject_id', md5('handover' || n)::uuid,
    'warn_at', null, 'due_at', due, 'next_at', due, 'step', 0,
    'schedule', jsonb_build_array(jsonb_build_object('at', due, 'act', 'BREACH', 'index', 0)))) copy
where o.lead_id = :lead
"""
_FAR = """
insert into obligation
select copy.* from obligation o, generate_series(1, :number) n, lateral jsonb_populate_record(o, jsonb_build_object(
  'id', gen_random_uuid(), 'lead_id', gen_random_uuid(), 'subject_id', gen_random_uuid(),
  'due_at', o.due_at + n * interval '1 second', 'next_at', o.due_at + n * interval '1 second')) copy
where o.lead_id = :lead
"""


class Plenty:
    """Copies of a handed-over lead; the lead itself is due in the far future."""

    def __init__(self, stage: Scene) -> None:
        self._stage = stage

    async def open(self) -> None:
        """Have the house open the handover and the obligation that are copied."""
        handover = await self._stage.offered("pattern")
        self._lead = handover.lead_id
        await self._run(
            "update obligation set due_at = due_at + interval '1 year', next_at = next_at + interval '1 year'"
        )

    async def far(self, number: int) -> None:
        """So many obligations that fall due in a year and later."""
        await self._run(_FAR, number=number)

    async def due(self, number: int, *, start: datetime, gap: float) -> None:
        """So many leads with a handover and an obligation each, which fall due `gap` seconds after one another."""
        await self._run(_DUE, number=number, start=start, gap=gap)
        await self._run(_LEADS, number=number)
        await self._run(_HANDOVERS, number=number)
        await self._run("analyze")

    async def _run(self, statement: str, **values: object) -> None:
        async with self._stage.application.database.transaction() as connection:
            await connection.execute(text("set local statement_timeout = 0"))
            given = values | {"lead": self._lead} if ":lead" in statement else values
            await connection.execute(text(statement), given)
