"""The rounds of leads: their handovers, and what became known between a return and the next offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.handover import Handover
from domain.leads.lead import BESIDE_FIELDS
from persistence.database.records import read_all

MOST = 20
"""The most news of a round that are told, of activities and of fields each; the latest."""

_NEWS = f"""
with asked as (
  select * from unnest(cast(:handovers as uuid[]), cast(:leads as uuid[]), cast(:since as timestamptz[]),
    cast(:until as timestamptz[])) as t(handover_id, lead_id, since, until))
select asked.handover_id, n.activity_id, n.field, n.at from asked join lead l on l.id = asked.lead_id,
lateral (
  (select a.id as activity_id, null::text as field, a.occurred_at as at from activity a
    where a.lead_id = asked.lead_id and a.occurred_at > asked.since and a.recorded_at <= asked.until
      and a.party is distinct from 'SALES' order by a.occurred_at desc limit {MOST})
  union all
  (select null, case when v.subject_id = l.id then v.field else 'account.' || v.field end, v.valid_from
    from field_value v where v.subject_id = any(array[l.id, l.account_id]) and v.valid_from > asked.since
      and v.recorded_at <= asked.until and v.field not like '{BESIDE_FIELDS}%'
      and v.value is distinct from (
        select w.value from field_value w where w.subject_id = v.subject_id and w.field = v.field
          and (w.valid_from, w.seq) < (v.valid_from, v.seq) order by w.valid_from desc, w.seq desc limit 1)
    order by v.valid_from desc limit {MOST})
) n order by asked.handover_id, n.at, n.activity_id, n.field
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time between the end of a handover and the offer of the next one."""

    handover_id: UUID
    lead_id: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Something new about a lead: an activity, or a field that changed."""

    handover_id: UUID
    activity_id: UUID | None
    field: str | None
    at: datetime


async def handovers_of(connection: AsyncConnection, lead_ids: Sequence[UUID]) -> list[Handover]:
    """All handovers of leads, in order."""
    found = await connection.execute(
        text("select * from handover where lead_id = any(:leads) order by lead_id, offered_at, id"),
        {"leads": list(set(lead_ids))},
    )
    return read_all(Handover, found)


async def news_between(connection: AsyncConnection, stretches: Sequence[Stretch]) -> list[News]:
    """Return what became known in stretches, by the handover that followed, in the order in which it happened."""
    if not stretches:
        return []
    found = await connection.execute(
        text(_NEWS),
        {
            "handovers": [s.handover_id for s in stretches],
            "leads": [s.lead_id for s in stretches],
            "since": [s.since for s in stretches],
            "until": [s.until for s in stretches],
        },
    )
    return read_all(News, found)
