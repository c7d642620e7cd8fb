"""The recorded past, read in portions by whoever judges it anew; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.heirs import WORKED, StagePosition
from domain.document.sections.journey import StageKind
from domain.handovers.handover import HandoverState
from persistence.database.arrow import MOMENT, copied
from persistence.database.records import read_all

_LEADS = """
select l.id, l.account_id, l.created_at,
 stood.to_stage as stage, stood.to_kind as stage_kind,
 coalesce(h.open, false) as open_handover, coalesce(h.rounds, 0) as rounds, reached.accepted,
 coalesce(h.answered, false) or reached.accepted as answered,
 l.stage_kind = 'WON' as won, l.stage_kind in ('WON', 'LOST', 'DISQUALIFIED') as closed
from lead l
left join lateral (
 select s.to_stage, s.to_kind from stage_change s where s.lead_id = l.id and s.at <= :start
 order by s.at desc, s.id desc limit 1) stood on true
left join lateral (
 select bool_or(offered_at <= :start and (closed_at is null or closed_at > :start)) as open,
  count(*) filter (where offered_at <= :start) as rounds,
  bool_or(offered_at > :start and answered_at is not null) as answered
 from handover where lead_id = l.id) h on true
cross join lateral (
 select exists (select from stage_change where lead_id = l.id and at > :start
  and to_kind in ('ACCEPTED', 'SALES_QUALIFIED', 'OPPORTUNITY', 'WON')) as accepted) reached
where {which}
order by l.id
"""


@dataclass(frozen=True, slots=True)
class RecordedLead:
    """A lead as it stood when a period began, and what became of it since."""

    id: UUID
    account_id: UUID | None
    created_at: datetime
    stage: str | None
    stage_kind: str | None
    open_handover: bool
    rounds: int
    answered: bool
    """True if it is known if sales accepted it: it answered a handover, or worked the lead."""
    accepted: bool
    """True if it came to a stage in which sales works it, or was won."""
    won: bool
    closed: bool
    """True if it is known if it was won."""

    @property
    def standing(self) -> StagePosition | None:
        """Return where it stood; None before its first change of stage."""
        return standing(self.stage, self.stage_kind, self.open_handover)


def standing(stage: str | None, stage_kind: str | None, open_handover: bool) -> StagePosition | None:
    """Return where a lead stands whose handover is open or not; None before its first change of stage."""
    if stage is None or stage_kind is None:
        return None
    kind = StageKind(stage_kind)
    state = HandoverState.ACCEPTED if kind in WORKED else HandoverState.OFFERED
    return StagePosition(stage, kind, state if open_handover else None)


_COLUMNS = {
    "id": pa.string(),
    "account_id": pa.string(),
    "created_at": MOMENT,
    "stage": pa.string(),
    "stage_kind": pa.string(),
    "open_handover": pa.bool_(),
    "rounds": pa.int64(),
    **dict.fromkeys(("accepted", "answered", "won", "closed"), pa.bool_()),
}


async def leads(
    connection: AsyncConnection, *, start: datetime, until: datetime, after: UUID | None, limit: int
) -> pa.Table:
    """The next leads, in id order, of those that there were until a moment; a row has what a RecordedLead has."""
    statement = _LEADS.format(which="l.id > :after and l.created_at <= :until") + " limit :limit"
    given = {"start": start, "until": until, "after": after or UUID(int=0), "limit": limit}
    return await copied(connection, statement, _COLUMNS, given)


async def these(connection: AsyncConnection, ids: Iterable[UUID], *, start: datetime) -> list[RecordedLead]:
    """Leads by their ids."""
    statement = _LEADS.format(which="l.id = any(:ids)")
    return read_all(RecordedLead, await connection.execute(text(statement), {"start": start, "ids": sorted(set(ids))}))


async def count(connection: AsyncConnection, *, until: datetime) -> int:
    """Return how many leads there were until a moment."""
    found: int = await connection.scalar(text("select count(*) from lead where created_at <= :until"), {"until": until})
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """The time that a handover waited for its answer."""

    team: str | None
    trigger: str
    offered_at: datetime
    answered_at: datetime | None


async def answers(
    connection: AsyncConnection, agreements: Iterable[UUID], *, start: datetime, until: datetime, limit: int
) -> list[Answered]:
    """The handovers of agreements last offered in a period, the newest first."""
    statement = """
    select team, trigger, offered_at, answered_at from handover
    where offered_at between :start and :until and agreement_id = any(:agreements)
    order by offered_at desc limit :limit"""
    given = {"start": start, "until": until, "limit": limit, "agreements": sorted(set(agreements))}
    found = await connection.execute(text(statement), given)
    return read_all(Answered, found)
