"""Teams with their members, absences and loads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.handovers.notice import Staff
from domain.party import Party
from domain.people.team import Absence, Member, Team, beginning_of_month
from domain.words.ids import new_id
from domain.words.persons import folded
from persistence import tables
from persistence.database import bulk

Calendars = Callable[[str | None], str]
"""The time zone of the calendar by which a team works, by the key that the team names."""

_MEMBERS = """
with asked as (select * from unnest(cast(:teams as text[]), cast(:months as timestamptz[])) as t(team, month))
select m.*,
  (select count(*) from handover h where h.assignee = m.person and h.closed_at is null) as open_count,
  (select count(distinct a.handover_id) from assignment a where a.assignee = m.person and a.at >= asked.month)
    as month_count,
  coalesce((select jsonb_agg(jsonb_build_array(b.from_at, b.until_at) order by b.from_at) from absence b
    where b.person = m.person and b.until_at > :now), '[]') as absences
from team_member m join asked on asked.team = m.team order by m.team, m.place, m.person
"""
_BELONGING = """
select m.person, t.key, t.party from team_member m join team t on t.key = m.team
union select lead_person, key, party from team where lead_person is not null
"""
_STAFF = """
select m.person, m.active, t.party, exists (
  select from absence b where b.person = m.person and b.from_at <= :now and b.until_at > :now
) as absent
from team_member m join team t on t.key = m.team
"""
_MANAGED = """
select exists (select from api_key where role = 'MANAGEMENT' and revoked_at is null
  and (expires_at is null or expires_at > :now))
"""
_LOCK_MEMBERS = """
select 1 from team_member where person in (select person from team_member where team = any(:teams))
order by person, team for update
"""


def _utc(_calendar: str | None) -> str:
    return "UTC"


async def read_teams(
    connection: AsyncConnection,
    keys: Iterable[str] | None = None,
    *,
    now: datetime,
    zones: Calendars = _utc,
    lock: bool = False,
) -> dict[str, Team]:
    """Teams by key, all when no keys are named; with `lock` nobody else may route to their members meanwhile.

    What a member got this month is counted from the beginning of the month in the zone of the team's calendar.
    """
    which = "" if keys is None else "where key = any(:keys)"
    given = {} if keys is None else {"keys": sorted(set(keys))}
    for_update = "for update" if lock else ""
    found = await connection.execute(text(f"select * from team {which} order by key {for_update}"), given)
    rows = found.mappings().all()
    if lock and rows:
        await connection.execute(text(_LOCK_MEMBERS), {"teams": [row["key"] for row in rows]})
    months = {row["key"]: beginning_of_month(now, zones(row["calendar"])) for row in rows}
    members = await _members(connection, months, now=now) if rows else {}
    return {row["key"]: _team(row, members.get(row["key"], [])) for row in rows}


async def calendars_of(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, str | None]:
    """The key of the calendar by which each team works."""
    found = await connection.execute(
        text("select key, calendar from team where key = any(:keys)"), {"keys": list(keys)}
    )
    return {row.key: row.calendar for row in found}


async def _members(
    connection: AsyncConnection, months: Mapping[str, datetime], *, now: datetime
) -> dict[str, list[Member]]:
    asked = {"teams": list(months), "months": list(months.values()), "now": now}
    members: dict[str, list[Member]] = {}
    for row in (await connection.execute(text(_MEMBERS), asked)).mappings():
        members.setdefault(row["team"], []).append(_member(row))
    return members


def _member(row: RowMapping) -> Member:
    absences = tuple(Absence(*map(datetime.fromisoformat, pair)) for pair in row["absences"])
    names = ("person", "active", "weight", "max_open", "max_per_month", "credit", "open_count", "month_count")
    return Member(**{name: row[name] for name in names}, skills=tuple(row["skills"]), absences=absences)


def _team(row: RowMapping, members: Sequence[Member]) -> Team:
    return Team(row["key"], row["title"], Party(row["party"]), row["lead_person"], row["calendar"], tuple(members))


async def write_team(connection: AsyncConnection, team: Team, *, now: datetime) -> None:
    """Store a team and its members; present members keep their credit in the rotation, new ones begin with none."""
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
    kept = await connection.execute(
        text("select person, credit from team_member where team = :team for update"), {"team": team.key}
    )
    kept_credit = {row.person: row.credit for row in kept}
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
                "credit": kept_credit.get(member.person, 0.0),
                "place": place,
            }
            for place, member in enumerate(team.members)
        ],
    )


async def leaders(connection: AsyncConnection) -> dict[str, str]:
    """The leader of each team that has one."""
    found = await connection.execute(text("select key, lead_person from team where lead_person is not null"))
    return {row.key: row.lead_person for row in found}


async def staff(connection: AsyncConnection, *, now: datetime) -> Staff:
    """The people of all teams at a moment."""
    found = await connection.execute(text(_STAFF), {"now": now})
    rows = found.all()
    active = frozenset(folded(row.person) for row in rows if row.active)
    members = frozenset(folded(row.person) for row in rows)
    return Staff(
        leaders=await leaders(connection),
        active=active,
        inactive=members - active,
        absent=frozenset(folded(row.person) for row in rows if row.absent),
        parties=frozenset(Party(row.party) for row in rows if row.active),
        managed=bool(await connection.scalar(text(_MANAGED), {"now": now})),
    )


async def teams_of(connection: AsyncConnection, person: str) -> list[str]:
    """The keys of the teams that a person is a member of."""
    found = await connection.execute(
        text("select team from team_member where person = :person order by team"), {"person": person}
    )
    return list(found.scalars())


async def sales_teams_of(connection: AsyncConnection, persons: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The teams of sales that people are an active member of; persons as they are compared."""
    found = await connection.execute(
        text(
            "select m.person, m.team from team_member m join team t on t.key = m.team"
            " where m.active and t.party = 'SALES' and lower(normalize(m.person)) = any("
            "  select lower(normalize(btrim(p))) from unnest(cast(:persons as text[])) as p) order by m.team"
        ),
        {"persons": list(persons)},
    )
    teams: dict[str, tuple[str, ...]] = {}
    for row in found:
        teams[folded(row.person)] = (*teams.get(folded(row.person), ()), row.team)
    return teams


async def active_teams_of(connection: AsyncConnection, person: str) -> list[str]:
    """The keys of the teams that a person, in any spelling, is an active member of."""
    found = await connection.execute(
        text(
            "select team from team_member where active"
            " and lower(normalize(person)) = lower(normalize(btrim(cast(:person as text)))) order by team"
        ),
        {"person": person},
    )
    return list(found.scalars())


async def belonging(connection: AsyncConnection) -> dict[str, dict[str, Party]]:
    """The teams that each member or leader belongs to, each with its party; persons as they are compared."""
    teams: dict[str, dict[str, Party]] = {}
    for row in await connection.execute(text(_BELONGING)):
        teams.setdefault(folded(row.person), {})[row.key] = Party(row.party)
    return teams


async def members(connection: AsyncConnection) -> list[str]:
    """The members of all teams, as they are spelled."""
    return list((await connection.execute(text("select distinct person from team_member order by person"))).scalars())


async def members_of(connection: AsyncConnection, team: str) -> list[str]:
    """The members of a team, as they are spelled."""
    found = await connection.execute(text("select person from team_member where team = :team"), {"team": team})
    return list(found.scalars())


async def active_members(connection: AsyncConnection) -> set[str]:
    """The persons who are an active member of some team, as they are spelled."""
    return set((await connection.execute(text("select distinct person from team_member where active"))).scalars())


async def persons(connection: AsyncConnection) -> list[str]:
    """The members and leaders of all teams, as they are spelled."""
    statement = "select person from team_member union select lead_person from team where lead_person is not null"
    return sorted((await connection.execute(text(statement))).scalars())


async def calendars(connection: AsyncConnection) -> list[str | None]:
    """The keys of the calendars by which teams work."""
    return list((await connection.execute(text("select distinct calendar from team"))).scalars())


async def ids_of(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, UUID]:
    """Return the ids of teams by key, for events about them."""
    found = await connection.execute(text("select key, id from team where key = any(:keys)"), {"keys": list(keys)})
    return {row.key: row.id for row in found}
