"""Teams with their members, absences and loads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.party import Party
from domain.team import Absence, Member, Team
from persistence import bulk, tables

MONTH = timedelta(days=30)
"""The stretch over which `max_per_month` counts."""

_MEMBERS = """
select m.*,
  (select count(*) from handover h where h.assignee = m.person and h.closed_at is null) as open_count,
  (select count(*) from assignment a where a.assignee = m.person and a.at > :month) as month_count,
  coalesce((select jsonb_agg(jsonb_build_array(b.from_at, b.until_at) order by b.from_at) from absence b
    where b.person = m.person and b.until_at > :now), '[]') as absences
from team_member m where m.team = any(:teams) order by m.team, m.place, m.person
"""


async def read_teams(
    connection: AsyncConnection, keys: Iterable[str] | None = None, *, now: datetime, lock: bool = False
) -> dict[str, Team]:
    """Teams by key, all when no keys are named; with `lock` nobody else may route into them meanwhile."""
    which = "" if keys is None else "where key = any(:keys)"
    given = {} if keys is None else {"keys": sorted(set(keys))}
    for_update = "for update" if lock else ""
    found = await connection.execute(text(f"select * from team {which} order by key {for_update}"), given)
    rows = found.mappings().all()
    members = await _members(connection, [row["key"] for row in rows], now=now)
    return {row["key"]: _team(row, members.get(row["key"], [])) for row in rows}


async def calendars_of(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, str | None]:
    """The key of the calendar by which each team works."""
    found = await connection.execute(
        text("select key, calendar from team where key = any(:keys)"), {"keys": list(keys)}
    )
    return {row.key: row.calendar for row in found}


async def _members(connection: AsyncConnection, teams: list[str], *, now: datetime) -> dict[str, list[Member]]:
    found = await connection.execute(text(_MEMBERS), {"teams": teams, "now": now, "month": now - MONTH})
    members: dict[str, list[Member]] = {}
    for row in found.mappings():
        members.setdefault(row["team"], []).append(_member(row))
    return members


def _member(row: RowMapping) -> Member:
    absences = tuple(Absence(*map(datetime.fromisoformat, pair)) for pair in row["absences"])
    names = ("person", "active", "weight", "max_open", "max_per_month", "assigned_count", "open_count", "month_count")
    return Member(**{name: row[name] for name in names}, skills=tuple(row["skills"]), absences=absences)


def _team(row: RowMapping, members: Sequence[Member]) -> Team:
    return Team(row["key"], row["title"], Party(row["party"]), row["lead_person"], row["calendar"], tuple(members))


async def write_team(connection: AsyncConnection, team: Team, *, now: datetime) -> None:
    """Store a team and its members; the turns that present members had stay counted."""
    await connection.execute(
        text(
            "insert into team (key, id, title, party, lead_person, calendar, changed_at)"
            " values (:key, :id, :title, :party, :lead_person, :calendar, :now)"
            " on conflict (key) do update set title = excluded.title, party = excluded.party,"
            " lead_person = excluded.lead_person, calendar = excluded.calendar, changed_at = excluded.changed_at"
        ),
        {"id": new_id(now=now), "now": now}
        | {n: getattr(team, n) for n in ("key", "title", "lead_person", "calendar")}
        | {"party": team.party.value},
    )
    persons = [member.person for member in team.members]
    kept = await connection.execute(
        text("select person, assigned_count from team_member where team = :team for update"), {"team": team.key}
    )
    counts = {row.person: row.assigned_count for row in kept}
    newcomer = min((count for person, count in counts.items() if person in persons), default=0)
    await connection.execute(text("delete from team_member where team = :team"), {"team": team.key})
    await bulk.insert(
        connection,
        tables.team_member,
        [
            {
                "team": team.key,
                "person": member.person,
                "active": member.active,
                "weight": member.weight,
                "max_open": member.max_open,
                "max_per_month": member.max_per_month,
                "skills": member.skills,
                "assigned_count": counts.get(member.person, newcomer),
                "place": place,
            }
            for place, member in enumerate(team.members)
        ],
    )


async def count_turns(connection: AsyncConnection, turns: Sequence[tuple[str, str]]) -> None:
    """Count for each (team, person) one more turn in the rotation."""
    await connection.execute(
        text(
            "update team_member m set assigned_count = m.assigned_count + n.turns from"
            " (select team, person, count(*) as turns from unnest(cast(:teams as text[]), cast(:persons as text[]))"
            " as t(team, person) group by team, person) n where m.team = n.team and m.person = n.person"
        ),
        {"teams": [team for team, _ in turns], "persons": [person for _, person in turns]},
    )


async def id_of(connection: AsyncConnection, key: str) -> UUID:
    """The id of a team, for events about it."""
    found: UUID = (await connection.execute(text("select id from team where key = :key"), {"key": key})).scalar_one()
    return found
