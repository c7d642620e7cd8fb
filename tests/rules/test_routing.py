"""Who gets a handover [S3.4], [S4.4b]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.document.handover import Route, RoutingStrategy
from domain.party import Party
from domain.team import Absence, Member, Team
from rules.routing import Assigned, Because, Queued, pick
from tests.rules.samples import NOW


def team(key: str, *members: Member) -> Team:
    """A sales team."""
    return Team(key, key, Party.SALES, members=members)


def choose(*teams: Team, strategy: str = "ROUND_ROBIN", overflow: tuple[str, ...] = (), **more: Any) -> Any:
    """Who gets a handover whose only route leads to the first team."""
    route = Route(team=teams[0].key, strategy=RoutingStrategy(strategy), overflow=overflow)
    return pick(**{"route": (0,), "routing": [route], "teams": {t.key: t for t in teams}, "now": NOW, **more})


def test_members_take_turns() -> None:
    """The one with the fewest so far is next, ties go by name."""
    ann, bob = Member("ann", assigned_count=2), Member("bob", assigned_count=1)
    assert choose(team("t", ann, bob)) == Assigned("t", "bob", Because.ROUND_ROBIN)
    assert choose(team("t", Member("zoe"), Member("ann"))).person == "ann"


def test_weights_are_kept_in_proportion() -> None:
    """Whoever has weight 2 gets two of three; weight 0 takes no part."""
    counts = {"ann": 0, "bob": 0, "cem": 0}
    for _ in range(9):
        members = [Member(p, weight={"ann": 2, "bob": 1, "cem": 0}[p], assigned_count=c) for p, c in counts.items()]
        counts[choose(team("t", *members), strategy="WEIGHTED").person] += 1
    assert counts == {"ann": 6, "bob": 3, "cem": 0}


def test_the_least_loaded_is_next() -> None:
    """Open handovers first, then the rotation."""
    members = [Member("ann", open_count=2), Member("bob", open_count=1, assigned_count=9), Member("cem", open_count=1)]
    assert choose(team("t", *members), strategy="LEAST_LOADED") == Assigned("t", "cem", Because.LEAST_LOADED)


@pytest.mark.parametrize(
    "full",
    [
        Member("ann", active=False),
        Member("ann", open_count=3, max_open=3),
        Member("ann", month_count=9, max_per_month=9),
        Member("ann", max_open=0),
        Member("ann", absences=(Absence(NOW, NOW + timedelta(days=1)),)),
    ],
)
def test_who_has_no_room_is_passed_over(full: Member) -> None:
    """Inactive, absent, at either limit: overflow takes over at once, else the handover waits."""
    assert choose(team("t", full), team("o", Member("bob")), overflow=("o",)) == Assigned("o", "bob", Because.OVERFLOW)
    assert choose(team("t", full), overflow=("o",)) == Queued(("t", "o"), Because.NO_CAPACITY)
    assert choose(team("t", full), owner="ann") == Queued(("t",), Because.NO_CAPACITY)


def test_whoever_serves_the_account_comes_first() -> None:
    """If there is room, whatever the turn; otherwise the turn decides."""
    members = [Member("ann"), Member("bob", assigned_count=50)]
    assert choose(team("t", *members), owner="bob") == Assigned("t", "bob", Because.ACCOUNT_OWNER)
    assert choose(team("t", *members), owner="eve").person == "ann"


def test_who_had_it_does_not_get_it_again() -> None:
    """A reassignment excludes persons, also the account's owner."""
    members = [Member("ann"), Member("bob")]
    assert choose(team("t", *members), exclude=frozenset({"ann"}), owner="ann").person == "bob"


def test_the_first_matching_route_decides() -> None:
    """Without a route the handover waits for a person to decide."""
    routing = [Route(team="a"), Route(team="b")]
    teams = {key: team(key, Member(key)) for key in "ab"}
    assert pick(route=(1,), routing=routing, teams=teams, now=NOW) == Assigned("b", "b", Because.ROUND_ROBIN)
    assert pick(route=(), routing=routing, teams=teams, now=NOW) == Queued((), Because.NO_ROUTE)


def test_a_team_that_does_not_exist_has_no_room() -> None:
    """The directory may lag behind the document."""
    routing = [Route(team="gone", overflow=("there",))]
    found = pick(route=(0,), routing=routing, teams={"there": team("there", Member("ann"))}, now=NOW)
    assert found == Assigned("there", "ann", Because.OVERFLOW)
