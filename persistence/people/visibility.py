"""The sight of sales: leads its teams have or had, their accounts, and what is owed about them; and which it works."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def leads_of_teams(connection: AsyncConnection, lead_ids: Iterable[UUID], teams: Iterable[str]) -> set[UUID]:
    """Those of the leads that one of the teams has or had, or on whose route they are queued."""
    found = await connection.execute(
        text("select id from lead where id = any(:ids) and seen_by && cast(:teams as text[])"),
        {"ids": list(lead_ids), "teams": sorted(teams)},
    )
    return set(found.scalars())


_HOLDERS = """
select l.id, (
  select h.visible_to from handover h
  where h.lead_id = l.id and (h.closed_at is null or h.visible_to <> '{}')
  order by (h.closed_at is null) desc, h.offered_at desc, h.id desc limit 1
) as teams from unnest(cast(:ids as uuid[])) as l(id)
"""


async def holders_of_leads(connection: AsyncConnection, lead_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The teams that act on each lead: with which its open handover stands, in the queue those of its route; where none
    is open, with which its last one stood.
    """
    found = await connection.execute(text(_HOLDERS), {"ids": list(lead_ids)})
    return {row.id: frozenset(row.teams or ()) for row in found}


async def accounts_of_teams(connection: AsyncConnection, ids: Iterable[UUID], teams: Iterable[str]) -> set[UUID]:
    """Those of the accounts of which a team sees a lead."""
    found = await connection.execute(
        text("select account_id from lead where account_id = any(:ids) and seen_by && cast(:teams as text[])"),
        {"ids": list(ids), "teams": sorted(teams)},
    )
    return set(found.scalars())


OBLIGATIONS = """
t.lead_id is null or t.team = any(:teams)
or t.subject_id in (select id from handover where visible_to && cast(:teams as text[]))
or (t.subject_type = 'Lead' and t.subject_id in (select id from lead where seen_by && cast(:teams as text[])))
"""
"""Of obligations `t` those that sales sees: what its teams owe, what is owed about their handovers and leads, and
about agreements, which everybody reads."""


async def obligations_of_teams(connection: AsyncConnection, ids: Iterable[UUID], teams: Iterable[str]) -> set[UUID]:
    """Those of the obligations that the teams see."""
    found = await connection.execute(
        text(f"select t.id from obligation t where t.id = any(:ids) and ({OBLIGATIONS})"),
        {"ids": list(ids), "teams": sorted(teams)},
    )
    return set(found.scalars())
