"""What sales may see: leads its teams have or had, their accounts, and what is owed about them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def leads_of_teams(connection: AsyncConnection, lead_ids: Iterable[UUID], teams: Iterable[str]) -> set[UUID]:
    """Those of the leads that one of the teams has or had."""
    found = await connection.execute(
        text("select id from lead where id = any(:ids) and seen_by && cast(:teams as text[])"),
        {"ids": list(lead_ids), "teams": sorted(teams)},
    )
    return set(found.scalars())


async def accounts_of_teams(connection: AsyncConnection, ids: Iterable[UUID], teams: Iterable[str]) -> set[UUID]:
    """Those of the accounts of which a team has or had a lead."""
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
