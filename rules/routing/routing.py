"""Who gets a handover: the first matching route's team, then its overflow teams, then the queue [S3.4, S4.4b]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.document.sections.handover import AfterHours, Route, RoutingStrategy
from domain.handovers.routing import Because, MemberPassedOver, Obstacle, QueueReason, Serving, TeamPassedOver
from domain.party import Party
from domain.people.team import Member, Team
from domain.words.persons import found_among
from rules.routing.rotation import next_in_turn, turn_of

_Seen = Mapping[str, Mapping[str, Obstacle | None]]
"""By team and person what stands against each."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The demands on whoever takes a handover."""

    serving: tuple[Serving, ...] = ()
    """Who serves the account, the first who should get it first."""
    any_team: bool = False
    """True if they get it outside the route too, in any team that is known."""
    over_capacity: bool = False
    """True if they get it even when they are full."""
    asked_for_data: str | None = None
    """Who returned the lead for missing data."""
    skills: frozenset[str] = frozenset()
    """The skill that the person needs."""
    exclude: frozenset[str] = frozenset()
    """Who must not get it, as they had it before."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The handover goes to a member of a team."""

    team: str
    person: str
    because: Because
    passed_over: tuple[TeamPassedOver, ...] = ()
    """The teams before, in order."""
    owner_passed_over: MemberPassedOver | None = None
    """Who serves the account, where that person could not take it."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The handover waits, because nobody has room or no route takes the lead."""

    reason: QueueReason
    passed_over: tuple[TeamPassedOver, ...] = ()
    """The teams that could take it, in order."""


def pick(
    route: Route | None,
    *,
    teams: Mapping[str, Team],
    now: datetime,
    wish: Wish = Wish(),
    closed: frozenset[str] = frozenset(),
) -> Assigned | Queued:
    """Who gets a handover that takes a route; `closed` are the teams whose calendars are closed at that moment."""
    if route is None:
        return Queued(QueueReason.NO_ROUTE)
    wanted = teams_of(route)
    weighs = route.strategy is RoutingStrategy.WEIGHTED
    obstacles = {key: _obstacles(teams[key], wish, weighs, now) for key in wanted if key in teams}
    serving = _serving(obstacles, teams, wish, now)
    owner = _passed_over(wish.serving[0] if wish.serving else None, serving)
    first = _preferred(wish, serving, obstacles)
    if first is not None:
        return Assigned(*first, owner_passed_over=owner)
    passed: list[TeamPassedOver] = []
    order = _at_work_first(wanted, closed) if route.after_hours is AfterHours.OVERFLOW else wanted
    for key in order:
        able = [m for m in teams[key].members if obstacles[key][m.person] is None] if key in teams else []
        if able:
            person, because = _choose(able, route.strategy)
            before = [_closed(k) for k in wanted[: wanted.index(key)] if order.index(k) > order.index(key)]
            because = because if key == route.team else Because.OVERFLOW
            return Assigned(key, person, because, (*before, *passed), owner)
        passed.append(_why_not(key, obstacles.get(key)))
    passed.sort(key=lambda one: wanted.index(one.team))
    return Queued(_together(one.reason for one in passed), tuple(passed))


def teams_of(route: Route) -> tuple[str, ...]:
    """The teams of a route, in order."""
    return tuple(dict.fromkeys((route.team, *route.overflow)))


def obstacle_of(
    member: Member,
    *,
    now: datetime,
    wish: Wish = Wish(),
    weighs: bool = False,
) -> Obstacle | None:
    """Why a member cannot be given one more handover at that moment; None when it can."""
    return next((why for why, holds in _OBSTACLES if holds(member, wish, weighs, now)), None)


def turn_taken(team: Team, person: str, strategy: RoutingStrategy, *, now: datetime) -> dict[str, float]:
    """Return how the credits of a team change when a person gets a handover: all who had room take part in the turn."""
    weights = _weights(team.members, strategy)
    present = {m.person for m in team.members if obstacle_of(m, now=now, weighs=weights[m.person] == 0) is None}
    return turn_of(person, {p: weights[p] for p in sorted(present | ({person} & weights.keys()))})


def _obstacles(team: Team, wish: Wish, weighs: bool, now: datetime) -> dict[str, Obstacle | None]:
    return {m.person: obstacle_of(m, now=now, wish=wish, weighs=weighs) for m in team.members}


def _serving(on_route: _Seen, teams: Mapping[str, Team], wish: Wish, now: datetime) -> _Seen:
    """The reasons against members as those who serve the account: in the route's teams, perhaps in all of sales."""
    seen: dict[str, Mapping[str, Obstacle | None]] = dict(on_route)
    if wish.any_team and wish.serving:
        others = (team for key, team in teams.items() if key not in seen and team.party is Party.SALES)
        seen |= {team.key: _obstacles(team, wish, False, now) for team in others}
    if not wish.over_capacity:
        return seen
    full = {Obstacle.FULL, Obstacle.FULL_THIS_MONTH}
    return {key: {p: None if why in full else why for p, why in of.items()} for key, of in seen.items()}


_OBSTACLES: tuple[tuple[Obstacle, Callable[[Member, Wish, bool, datetime], bool]], ...] = (
    (Obstacle.INACTIVE, lambda m, _wish, _weighs, _now: not m.active),
    (Obstacle.NO_WEIGHT, lambda m, _wish, weighs, _now: weighs and m.weight <= 0),
    (Obstacle.NO_SKILL, lambda m, wish, _weighs, _now: not wish.skills <= set(m.skills)),
    (Obstacle.HAD_IT, lambda m, wish, _weighs, _now: found_among(m.person, wish.exclude) is not None),
    (Obstacle.ABSENT, lambda m, _wish, _weighs, now: m.absent(now=now)),
    (
        Obstacle.FULL_THIS_MONTH,
        lambda m, _wish, _weighs, _now: m.max_per_month is not None and m.month_count >= m.max_per_month,
    ),
    (Obstacle.FULL, lambda m, _wish, _weighs, _now: m.max_open is not None and m.open_count >= m.max_open),
)
"""The reasons against a member, the lasting before the passing: the first that holds is told."""


def _passed_over(first: Serving | None, obstacles: _Seen) -> MemberPassedOver | None:
    """Return what stands against whoever should get it first, as the one who serves the account."""
    if first is None:
        return None
    found = [members[named] for members in obstacles.values() if (named := found_among(first.person, members))]
    if None in found:
        return None
    return MemberPassedOver(first.person, next((why for why in found if why), Obstacle.NOT_ON_ROUTE))


def _preferred(wish: Wish, serving: _Seen, on_route: _Seen) -> tuple[str, str, Because] | None:
    """Whoever comes before the rotation: who serves the account, then who asked for data, in a team of the route."""
    asked = [(one.person, one.because, serving) for one in wish.serving]
    if wish.asked_for_data is not None:
        asked.append((wish.asked_for_data, Because.ASKED_FOR_DATA, on_route))
    for person, because, obstacles in asked:
        for key, members in obstacles.items():
            named = found_among(person, members)
            if named is not None and members[named] is None:
                return key, named, because
    return None


def _at_work_first(wanted: Sequence[str], closed: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(wanted, key=lambda key: key in closed))


def _closed(key: str) -> TeamPassedOver:
    return TeamPassedOver(key, QueueReason.CLOSED)


def _why_not(key: str, obstacles: Mapping[str, Obstacle | None] | None) -> TeamPassedOver:
    if obstacles is None:
        return TeamPassedOver(key, QueueReason.UNKNOWN_TEAM)
    members = tuple(MemberPassedOver(person, why) for person, why in obstacles.items() if why)
    taking_part = {why for why in obstacles.values() if why} - _OUTSIDE
    if not taking_part:
        return TeamPassedOver(key, QueueReason.NO_MEMBERS, members)
    fitting = taking_part - {Obstacle.NO_SKILL}
    found = {_TOGETHER[why] for why in fitting} or {QueueReason.NO_SKILL}
    return TeamPassedOver(key, _together(found), members)


_OUTSIDE = frozenset({Obstacle.INACTIVE, Obstacle.NO_WEIGHT})
_TOGETHER = {
    Obstacle.HAD_IT: QueueReason.ALL_HAD_IT,
    Obstacle.ABSENT: QueueReason.ALL_ABSENT,
    Obstacle.FULL_THIS_MONTH: QueueReason.ALL_FULL_THIS_MONTH,
    Obstacle.FULL: QueueReason.ALL_FULL,
}
"""The meaning for a team when all its members have the same against them."""


def _together(reasons: Iterable[QueueReason]) -> QueueReason:
    found = set(reasons)
    return found.pop() if len(found) == 1 else QueueReason.NOBODY_FREE


def _choose(able: Sequence[Member], strategy: RoutingStrategy) -> tuple[str, Because]:
    choose, because = _STRATEGIES[strategy]
    return choose(able).person, because


def _weights(members: Iterable[Member], strategy: RoutingStrategy) -> dict[str, int]:
    weighs = strategy is RoutingStrategy.WEIGHTED
    return {m.person: m.weight if weighs else 1 for m in members}


def _least_loaded(able: Sequence[Member]) -> Member:
    least: Any = min(member.open_count for member in able)
    return _in_turn([member for member in able if member.open_count == least])


def _in_turn(able: Sequence[Member]) -> Member:
    return next_in_turn(able, _weights(able, RoutingStrategy.ROUND_ROBIN))


def _by_weight(able: Sequence[Member]) -> Member:
    return next_in_turn(able, _weights(able, RoutingStrategy.WEIGHTED))


_STRATEGIES: dict[RoutingStrategy, tuple[Callable[[Sequence[Member]], Member], Because]] = {
    RoutingStrategy.ROUND_ROBIN: (_in_turn, Because.ROUND_ROBIN),
    RoutingStrategy.WEIGHTED: (_by_weight, Because.WEIGHTED),
    RoutingStrategy.LEAST_LOADED: (_least_loaded, Because.LEAST_LOADED),
}
"""The ways members take turns: who is next, and what that is called."""
