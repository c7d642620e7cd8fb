"""Turns of the members of teams."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def take_turns(connection: AsyncConnection, turns: Sequence[tuple[str, str, float]]) -> None:
    """Change the credits of members in the rotation: (team, person, by how much)."""
    by_member: dict[tuple[str, str], float] = {}
    for team, person, change in turns:
        by_member[team, person] = by_member.get((team, person), 0.0) + change
    rows = sorted(by_member.items())
    await connection.execute(
        text(
            "update team_member m set credit = m.credit + n.change from unnest(cast(:teams as text[]),"
            " cast(:persons as text[]), cast(:changes as double precision[])) as n(team, person, change)"
            " where m.team = n.team and m.person = n.person"
        ),
        {
            "teams": [team for (team, _), _ in rows],
            "persons": [person for (_, person), _ in rows],
            "changes": [change for _, change in rows],
        },
    )
