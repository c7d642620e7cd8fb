"""Teams, their members and absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.graphql.parts import nodes
from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import published
from application.reading import single
from domain.party import Party
from domain.people import team as domain


@published
class Absence:
    """A time in which a person gets nothing new."""

    from_: datetime
    """From when."""
    until: datetime
    """To when."""


@published
class TeamMember:
    """A member of a team, with the load of the moment."""

    person: str
    """Who."""
    active: bool
    """True if the person gets handovers at all."""
    weight: int
    """The person's share of the team's handovers, where the route weighs."""
    max_open: int | None
    """The most open handovers; null without bound."""
    max_per_month: int | None
    """The most new ones in a calendar month of the team's time zone; null without bound."""
    skills: list[str]
    """The skills of the person, as routes name it."""
    open_handovers: int
    """The number open now, in all teams."""
    handovers_this_month: int
    """The number the person got this month, in all teams; the month is that of the team's calendar."""
    absences: list[Absence]
    """The absences of now and later."""


@published
class Team(Node):
    """A team of a party."""

    key: str
    """Its key, by which documents name it."""
    title: str
    """Its title."""
    party: Party
    """Its party."""
    lead_person: str | None
    """Its leader."""
    calendar: str | None
    """The key of the calendar by which it works, where a document has one of that key."""
    members: list[TeamMember]
    """Its members, in order."""

    @classmethod
    def of(cls, record: domain.Team, team_id: UUID) -> Team:
        """The team as it is shown."""
        return cls(
            id=global_id("Team", team_id),
            key=record.key,
            title=record.title,
            party=record.party,
            lead_person=record.lead_person,
            calendar=record.calendar,
            members=[_member(member) for member in record.members],
        )


def _member(member: domain.Member) -> TeamMember:
    return TeamMember(
        person=member.person,
        active=member.active,
        weight=member.weight,
        max_open=member.max_open,
        max_per_month=member.max_per_month,
        skills=list(member.skills),
        open_handovers=member.open_count,
        handovers_this_month=member.month_count,
        absences=[Absence(from_=a.from_at, until=a.until_at) for a in member.absences],
    )


@nodes.loads("Team")
async def teams(context: Context, ids: list[UUID]) -> Sequence[Team | None]:
    """Teams by id."""
    found = await single.teams_by_ids(context.application, ids)
    return [None if team is None else Team.of(team, id_) for id_, team in zip(ids, found, strict=True)]


async def team(context: Context, key: str) -> Team:
    """The team of a key; there has to be one."""
    (team_id,) = await single.team_ids(context.application, [key])
    (found,) = await teams(context, [team_id])
    assert found is not None  # noqa: S101 - it has an id
    return found


async def directory(context: Context) -> list[Team]:
    """All teams, by key."""
    found = await single.team_directory(context.application)
    ids = await single.team_ids(context.application, [team.key for team in found])
    return [Team.of(team, id_) for team, id_ in zip(found, ids, strict=True)]
