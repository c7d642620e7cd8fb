"""The number of leads of an agreement that carry words of its document: stages, values, reasons, teams, types of
activities.

It is asked only about words that a version would take away, so mostly nothing is asked at all. Stages, which are asked
for while everybody waits for an activation, have an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.heirs import StagePosition
from domain.checking.removed_words import Carried, Carriers, LostWord
from domain.document.sections.journey import StageKind
from domain.handovers.handover import HandoverState

SHOWN = 20
"""The ids of so many leads are told."""

_AT_STAGES = """
select l.stage, l.stage_kind, h.state, count(*) as number
from lead l left join handover h on h.lead_id = l.id and h.closed_at is null
where l.agreement_id = :agreement and l.stage = any(:stages) group by 1, 2, 3
"""
_FIRST_AT_STAGES = """
select s.stage, f.id from unnest(cast(:stages as text[])) as s(stage) cross join lateral (
 select l.id from lead l where l.agreement_id = :agreement and l.stage = s.stage order by l.id limit :shown) f
"""


async def standing(
    connection: AsyncConnection, agreement_id: UUID, stages: Iterable[str]
) -> tuple[dict[StagePosition, int], dict[str, tuple[UUID, ...]]]:
    """Return how many leads stand how at stages, and the first of each stage."""
    asked: dict[str, Any] = {"agreement": agreement_id, "stages": sorted(stages)}
    numbers = {}
    for row in await connection.execute(text(_AT_STAGES), asked):
        state = HandoverState(row.state) if row.state else None
        numbers[StagePosition(row.stage, StageKind(row.stage_kind), state)] = row.number
    first: dict[str, list[UUID]] = {}
    if numbers:
        for row in await connection.execute(text(_FIRST_AT_STAGES), asked | {"shown": SHOWN}):
            first.setdefault(row.stage, []).append(row.id)
    return numbers, {stage: tuple(ids) for stage, ids in first.items()}


_ACTIVITY = "exists (select from activity x where x.lead_id = l.id and x.type = "
_OPEN = "exists (select from handover h where h.lead_id = l.id and h.closed_at is null and h.team = :word)"
_ACCOUNT = "exists (select from account a where a.id = l.account_id and {})"
_HOLDS = {
    Carried.LEAD_FIELD: "jsonb_exists(l.fields, :word)",
    Carried.ACCOUNT_FIELD: _ACCOUNT.format("jsonb_exists(a.fields, :word)"),
    Carried.ACTIVITY: _ACTIVITY + ":word)",
    Carried.ACTIVITY_FIELD: _ACTIVITY
    + "split_part(:word, '.', 1) and jsonb_exists(x.fields, split_part(:word, '.', 2)))",
    Carried.REASON: "l.return_reason = :word and (l.cool_off_until > :now or l.data_awaited <> '{}')",
    Carried.TEAM: _OPEN,
}
"""The way from a word to the leads that carry it."""
_ONE_OF = "jsonb_exists_any({}, cast(:values as text[]))"
_HOLDS_VALUE = {
    Carried.LEAD_FIELD: _ONE_OF.format("l.fields -> :word"),
    Carried.ACCOUNT_FIELD: _ACCOUNT.format(_ONE_OF.format("a.fields -> :word")),
    Carried.ACTIVITY_FIELD: _ACTIVITY
    + "split_part(:word, '.', 1) and "
    + _ONE_OF.format("x.fields -> split_part(:word, '.', 2)")
    + ")",
}
"""The same for some of a field's values."""


async def carriers(
    connection: AsyncConnection, agreement_id: UUID, words: Iterable[LostWord], *, now: datetime
) -> Mapping[LostWord, Carriers]:
    """Return how many leads carry each of some words, and the first of them."""
    found = {}
    for lost in words:
        holds = (_HOLDS_VALUE if lost.values else _HOLDS)[lost.carried]
        concerned = f"from lead l where l.agreement_id = :agreement and {holds}"
        asked = {"agreement": agreement_id, "word": lost.word, "values": list(lost.values), "now": now}
        statement = text(f"select count(*) {concerned}")
        number = await connection.scalar(statement, _given(statement, asked))
        ids: tuple[UUID, ...] = ()
        if number:
            first = text(f"select l.id {concerned} order by l.id limit {SHOWN}")
            ids = tuple((await connection.execute(first, _given(first, asked))).scalars())
        found[lost] = Carriers(number or 0, ids)
    return found


def _given(statement: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a statement asks for."""
    return {name: asked[name] for name in statement._bindparams}
