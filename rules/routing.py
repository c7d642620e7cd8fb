"""Who gets a handover: the first matching route's team, then its overflow teams, then the queue [S3.4, S4.4b]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from domain.document.handover import Route, RoutingStrategy
from domain.team import Member, Team


class Because(StrEnum):
    """Why a handover went where it went."""

    ACCOUNT_OWNER = "ACCOUNT_OWNER"
    """The person already serves the account."""
    ROUND_ROBIN = "ROUND_ROBIN"
    """It was the person's turn."""
    WEIGHTED = "WEIGHTED"
    """It was the person's turn by weight."""
    LEAST_LOADED = "LEAST_LOADED"
    """The person had the fewest open handovers."""
    OVERFLOW = "OVERFLOW"
    """The first team had no room."""
    NO_CAPACITY = "NO_CAPACITY"
    """Nobody in any of the teams has room."""
    NO_ROUTE = "NO_ROUTE"
    """No route takes the lead."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The handover goes to a member of a team."""

    team: str
    person: str
    because: Because


@dataclass(frozen=True, slots=True)
class Queued:
    """The handover waits, because nobody has room or no route takes the lead."""

    teams: tuple[str, ...]
    """The teams that could take it, in order."""
    because: Because


def pick(
    *,
    route: Sequence[int],
    routing: Sequence[Route],
    teams: Mapping[str, Team],
    now: datetime,
    owner: str | None = None,
    exclude: frozenset[str] = frozenset(),
) -> Assigned | Queued:
    """Who gets a handover: `route` are a decision's, `owner` serves the account, `exclude` must not get it."""
    if not route:
        return Queued((), Because.NO_ROUTE)
    chosen = routing[route[0]]
    wanted = tuple(dict.fromkeys((chosen.team, *chosen.overflow)))
    for key in wanted:
        team = teams.get(key)
        free = [m for m in team.members if has_room(m, now=now) and m.person not in exclude] if team else []
        found = _choose(free, chosen.strategy, owner)
        if found is not None:
            person, because = found
            return Assigned(key, person, because if key == chosen.team else Because.OVERFLOW)
    return Queued(wanted, Because.NO_CAPACITY)


def has_room(member: Member, *, now: datetime) -> bool:
    """Whether a member can be given one more handover at that moment."""
    return (
        member.active
        and not member.absent(now=now)
        and (member.max_open is None or member.open_count < member.max_open)
        and (member.max_per_month is None or member.month_count < member.max_per_month)
    )


def _choose(free: list[Member], strategy: RoutingStrategy, owner: str | None) -> tuple[str, Because] | None:
    if owner is not None and any(member.person == owner for member in free):
        return owner, Because.ACCOUNT_OWNER
    takes_part, turn, because = _STRATEGIES[strategy]
    able = [member for member in free if takes_part(member)]
    return (min(able, key=turn).person, because) if able else None


def _everybody(_: Member) -> bool:
    return True


_STRATEGIES: dict[RoutingStrategy, tuple[Callable[[Member], bool], Callable[[Member], Any], Because]] = {
    RoutingStrategy.ROUND_ROBIN: (_everybody, lambda m: (m.assigned_count, m.person), Because.ROUND_ROBIN),
    RoutingStrategy.WEIGHTED: (
        lambda m: m.weight > 0,
        lambda m: (Fraction(m.assigned_count, m.weight), m.person),
        Because.WEIGHTED,
    ),
    RoutingStrategy.LEAST_LOADED: (
        _everybody,
        lambda m: (m.open_count, m.assigned_count, m.person),
        Because.LEAST_LOADED,
    ),
}
"""How members take turns: who takes part, by what the next one is found, and what that is called."""
