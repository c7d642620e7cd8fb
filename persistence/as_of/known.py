"""The past as known at a moment: field values, activities, stages, handovers, decisions, versions in force.

Every question is asked for several leads and moments at once: pairs of an id and a moment, answered by one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import ActivityFact, Canonical
from domain.leads.lead import BESIDE_FIELDS, COMPANY
from domain.party import Party
from persistence.database.records import read

Moment = tuple[UUID, datetime]
"""Something by its id, at a moment."""

_ASKED = "unnest(cast(:ids as uuid[]), cast(:moments as timestamptz[])) with ordinality as asked(id, moment, place)"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it is stored."""

    id: UUID
    lead_id: UUID
    version_id: UUID
    at: datetime
    valid_until: datetime | None
    digest: str
    result: dict[str, Any]
    basis: dict[str, Any] | None
    """The facts without a history of their own; None once they are erased."""
    values_to: int | None = None
    """The last number of the history of values when it was written; None of decisions of earlier days."""


@dataclass(frozen=True, slots=True)
class StageThen:
    """The stage that a lead was in."""

    to_stage: str
    to_kind: str
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HandoverThen:
    """A handover that was open or had been."""

    agreement_id: UUID
    version_id: UUID
    state: str
    return_reason: str | None
    offered_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None


async def _rows(
    connection: AsyncConnection, inner: str, moments: Sequence[Moment], **binds: Any
) -> list[tuple[int, RowMapping]]:
    """The rows of a query for each moment, with its place among them."""
    statement = text(f"select asked.place, t.* from {_ASKED} cross join lateral ({inner}) t")
    asked = {"ids": [id_ for id_, _ in moments], "moments": [moment for _, moment in moments]}
    found = await connection.execute(statement, asked | binds)
    return [(row["place"] - 1, row) for row in found.mappings()]


_VALUES = f"""select distinct on (field) field, value from field_value
 where subject_id = asked.id and recorded_at <= asked.moment and valid_from <= asked.moment
 and seq <= coalesce((cast(:last as bigint[]))[asked.place], seq)
 and field not like '{BESIDE_FIELDS}%' order by field, valid_from desc, seq desc"""


async def values(
    connection: AsyncConnection, moments: Sequence[Moment], last: Sequence[int | None] | None = None
) -> list[dict[str, Canonical]]:
    """The fields of leads or accounts as they were known at moments; values that came late count from then on.

    `last` is the number of the last value that counts of those that came at the very moment; None: all.
    """
    found: list[dict[str, Canonical]] = [{} for _ in moments]
    if moments:
        numbers = list(last or [None] * len(moments))
        for place, row in await _rows(connection, _VALUES, moments, last=numbers):
            if row["value"] is not None:
                found[place][row["field"]] = row["value"]
    return found


_COMPANY = f"""select value from field_value
 where subject_id = asked.id and recorded_at <= asked.moment and valid_from <= asked.moment
 and field = '{COMPANY}' order by valid_from desc, seq desc limit 1"""


async def companies(connection: AsyncConnection, moments: Sequence[Moment]) -> dict[int, UUID | None]:
    """The account that leads belonged to as it was known at moments, by place, as far as anything was told of it."""
    found = await _rows(connection, _COMPANY, moments)
    return {place: None if row["value"] is None else UUID(row["value"]) for place, row in found}


_ACTIVITIES = """select * from activity where lead_id = asked.id and recorded_at <= asked.moment
 and type = any(:types)
 and (recorded_at < asked.moment or id <= coalesce((cast(:last as uuid[]))[asked.place], id))
 and (cast(:days as integer) is null or occurred_at >= asked.moment - make_interval(days => cast(:days as integer)))"""


async def activities(
    connection: AsyncConnection,
    moments: Sequence[Moment],
    *,
    types: Iterable[str],
    days: int | None,
    last: Sequence[UUID | None] | None = None,
) -> list[list[ActivityFact]]:
    """The activities of leads that were known at moments, of these types; `days` None reaches back without end.

    `last` is an id made after the last activity that counts of those that came at the very moment; None: all.
    """
    found: list[list[ActivityFact]] = [[] for _ in moments]
    wanted = sorted(set(types))
    if not moments or not wanted:
        return found
    asked = {"types": wanted, "days": days, "last": list(last or [None] * len(moments))}
    for place, row in await _rows(connection, _ACTIVITIES, moments, **asked):
        party = Party(row["party"]) if row["party"] else None
        about = (row["channel"], row["campaign"], row["content"], row["fields"])
        found[place].append(ActivityFact(str(row["id"]), row["type"], row["occurred_at"], party, *about))
    return found


_STAGE = """select * from stage_change where lead_id = asked.id and recorded_at <= asked.moment
 order by recorded_at desc, at desc, id desc limit 1"""


async def stages(connection: AsyncConnection, moments: Sequence[Moment]) -> list[StageThen | None]:
    """The stages that leads were in at moments; None before the first change."""
    found: list[StageThen | None] = [None for _ in moments]
    for place, row in await _rows(connection, _STAGE, moments):
        found[place] = read(StageThen, row)
    return found


_HANDOVERS = """select * from handover where lead_id = asked.id and offered_at <= asked.moment
 order by offered_at, id"""


async def handovers(connection: AsyncConnection, moments: Sequence[Moment]) -> list[list[HandoverThen]]:
    """The handovers of leads that were offered by moments, in order; states are those of today."""
    found: list[list[HandoverThen]] = [[] for _ in moments]
    for place, row in await _rows(connection, _HANDOVERS, moments):
        found[place].append(read(HandoverThen, row))
    return found


_OWNER = """select coalesce(
  (select party from contact_owner_change c where c.lead_id = asked.id and c.at <= asked.moment
   order by c.at desc, c.id desc limit 1),
  (select was from contact_owner_change c where c.lead_id = asked.id order by c.at, c.id limit 1)) as party"""


async def contact_owners(connection: AsyncConnection, moments: Sequence[Moment]) -> list[Party | None]:
    """The party that owned contact with leads at moments; None where it never changed."""
    found: list[Party | None] = [None for _ in moments]
    for place, row in await _rows(connection, _OWNER, moments):
        found[place] = Party(row["party"]) if row["party"] else None
    return found


_DECISION = """select * from decision where lead_id = asked.id and at <= asked.moment
 order by at desc, id desc limit 1"""


async def decisions(connection: AsyncConnection, moments: Sequence[Moment]) -> list[DecisionRow | None]:
    """The last decisions about leads that were stored by moments."""
    found: list[DecisionRow | None] = [None for _ in moments]
    for place, row in await _rows(connection, _DECISION, moments):
        found[place] = read(DecisionRow, row)
    return found


_IN_FORCE = """select asked.moment, v.id from unnest(cast(:moments as timestamptz[])) as asked(moment)
 join version v on v.activated_at <= asked.moment and (v.superseded_at is null or v.superseded_at > asked.moment)"""


async def versions_in_force(connection: AsyncConnection, moments: Iterable[datetime]) -> dict[datetime, list[UUID]]:
    """The versions that were in force at moments."""
    found: dict[datetime, list[UUID]] = {moment: [] for moment in moments}
    for row in await connection.execute(text(_IN_FORCE), {"moments": list(found)}):
        found[row.moment].append(row.id)
    return found
