"""The teams that handovers may go to in one transaction: locked, with their loads and turns as they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import ActiveVersions
from domain.document.sections.handover import Route, RoutingStrategy
from domain.people.team import Member, Team
from persistence.people import teams
from rules.routing.routing import Assigned, Queued, Wish, pick, teams_of, turn_taken

MOST_AHEAD = 500
"""For how many of a kind that wait already room is left."""


class TeamCapacity:
    """Who can be given what, counting what was given in this transaction."""

    def __init__(self, connection: AsyncConnection, active: ActiveVersions, now: datetime) -> None:
        self._connection, self._active, self._now = connection, active, now
        self._gained: Counter[str] = Counter()
        self.teams: dict[str, Team] = {}
        self.turns: list[tuple[str, str, float]] = []
        """The changes of credits in the rotation: team, person, by how much."""
        self._behind: TeamCapacity | None = None
        """The same when those that wait already have what they can get."""

    async def hold(self, keys: Iterable[str]) -> None:
        """Lock teams and their members, so that nobody else routes to them until the transaction ends."""
        missing = set(keys) - self.teams.keys()
        if missing:
            zones = self._active.time_zone_of
            found = await teams.read_teams(self._connection, missing, now=self._now, zones=zones, lock=True)
            self.teams |= {key: _with_load(team, self._gained) for key, team in found.items()}

    async def hold_routes(self, routes: Iterable[Route | None]) -> None:
        """Lock the teams that routes name."""
        await self.hold({key for route in routes if route is not None for key in teams_of(route)})

    def choose(self, route: Route | None, wish: Wish) -> Assigned | Queued:
        """Return who gets a handover that takes a route; its teams are held."""
        closed = {key for key, team in self.teams.items() if not self._active.at_work(team.calendar, now=self._now)}
        return pick(route, teams=self.teams, now=self._now, wish=wish, closed=frozenset(closed))

    def stand_behind(self, waiting: Iterable[tuple[Route | None, Wish, int]]) -> None:
        """Leave room for handovers that wait already, so many of each kind, whatever comes new."""
        behind = TeamCapacity(self._connection, self._active, self._now)
        behind.teams = dict(self.teams)
        for route, wish, number in waiting:
            for _ in range(min(number, MOST_AHEAD)):
                choice = behind.choose(route, wish)
                if route is None or not isinstance(choice, Assigned):
                    break
                behind.give(choice.team, choice.person, route.strategy)
        self._behind = behind

    def choose_for_new(self, route: Route | None, wish: Wish) -> Assigned | Queued:
        """Return who gets a handover that comes new, behind those that wait already."""
        return (self._behind or self).choose(route, wish)

    def give(self, team: str, person: str, strategy: RoutingStrategy) -> None:
        """Count a handover that a member just got: its load in all teams, its turn in this one."""
        changes = turn_taken(self.teams[team], person, strategy, now=self._now)
        self.turns += [(team, other, change) for other, change in changes.items()]
        members = (replace(m, credit=m.credit + changes.get(m.person, 0.0)) for m in self.teams[team].members)
        self.teams[team] = replace(self.teams[team], members=tuple(members))
        self._gained[person] += 1
        once = Counter({person: 1})
        self.teams = {key: _with_load(known, once) for key, known in self.teams.items()}
        if self._behind is not None:
            self._behind.give(team, person, strategy)


def _with_load(team: Team, gained: Counter[str]) -> Team:
    return replace(team, members=tuple(_loaded(member, gained[member.person]) for member in team.members))


def _loaded(member: Member, more: int) -> Member:
    if not more:
        return member
    return replace(member, open_count=member.open_count + more, month_count=member.month_count + more)
