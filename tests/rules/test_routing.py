"""Who gets a handover, and why nobody does [S3.4], [S4.4b]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.document.sections.handover import AfterHours, Route, RoutingStrategy
from domain.handovers.routing import Because, MemberPassedOver, Obstacle, QueueReason, Serving, TeamPassedOver
from domain.party import Party
from domain.people.team import Absence, Member, Team
from rules.routing.routing import Assigned, Queued, Wish, pick
from tests.rules.samples import NOW

AWAY = (Absence(NOW, NOW + timedelta(days=1)),)


def team(key: str, *members: Member) -> Team:
    """A sales team."""
    return Team(key, key, Party.SALES, members=members)


def owned(person: str) -> tuple[Serving, ...]:
    """The owner of the account, who comes first."""
    return (Serving(person, Because.ACCOUNT_OWNER),)


def choose(*teams: Team, strategy: str = "ROUND_ROBIN", overflow: tuple[str, ...] = (), **more: Any) -> Any:
    """Who gets a handover whose route leads to the first team."""
    keep = AfterHours.KEEP if more.pop("keep", False) else AfterHours.OVERFLOW
    closed = frozenset(more.pop("closed", ()))
    route = Route(team=teams[0].key, strategy=RoutingStrategy(strategy), overflow=overflow, after_hours=keep)
    return pick(route, teams={t.key: t for t in teams}, now=NOW, wish=Wish(**more), closed=closed)


def test_members_take_turns() -> None:
    """The one who is owed most is next, ties go by name."""
    ann, bob = Member("ann", credit=-0.5), Member("bob", credit=0.5)
    assert choose(team("t", ann, bob)) == Assigned("t", "bob", Because.ROUND_ROBIN)
    assert choose(team("t", Member("zoe"), Member("ann"))).person == "ann"


def test_whoever_weighs_nothing_takes_no_part() -> None:
    """Weight 0 takes no part where the route weighs, and does where it does not."""
    members = team("t", Member("ann", weight=0), Member("bob", credit=-5))
    assert choose(members, strategy="WEIGHTED") == Assigned("t", "bob", Because.WEIGHTED)
    assert choose(members).person == "ann"


def test_the_least_loaded_is_next() -> None:
    """Open handovers first, then the rotation."""
    members = [Member("ann", open_count=2), Member("bob", open_count=1, credit=-1), Member("cem", open_count=1)]
    assert choose(team("t", *members), strategy="LEAST_LOADED") == Assigned("t", "cem", Because.LEAST_LOADED)


FULL = [
    (Member("ann", active=False), QueueReason.NO_MEMBERS, Obstacle.INACTIVE),
    (Member("ann", open_count=3, max_open=3), QueueReason.ALL_FULL, Obstacle.FULL),
    (Member("ann", month_count=9, max_per_month=9), QueueReason.ALL_FULL_THIS_MONTH, Obstacle.FULL_THIS_MONTH),
    (Member("ann", max_open=0), QueueReason.ALL_FULL, Obstacle.FULL),
    (Member("ann", absences=AWAY), QueueReason.ALL_ABSENT, Obstacle.ABSENT),
]


@pytest.mark.parametrize(("full", "reason", "obstacle"), FULL)
def test_who_has_no_room_is_passed_over(full: Member, reason: QueueReason, obstacle: Obstacle) -> None:
    """Inactive, absent, at either limit: overflow takes over at once, else the handover waits; each says why."""
    passed = TeamPassedOver("t", reason, (MemberPassedOver("ann", obstacle),))
    over = choose(team("t", full), team("o", Member("bob")), overflow=("o",))
    assert over == Assigned("o", "bob", Because.OVERFLOW, (passed,))
    assert choose(team("t", full)) == Queued(reason, (passed,))
    unknown = TeamPassedOver("o", QueueReason.UNKNOWN_TEAM)
    assert choose(team("t", full), overflow=("o",)) == Queued(QueueReason.NOBODY_FREE, (passed, unknown))


def test_different_reasons_are_told_member_by_member() -> None:
    """One absent and one full is neither all absent nor all full; who is not active does not count."""
    away, full = Member("ann", absences=AWAY), Member("bob", max_open=0)
    found = choose(team("t", away, full, Member("cem", active=False)))
    assert found.reason is QueueReason.NOBODY_FREE
    assert [m.obstacle for m in found.passed_over[0].members] == [Obstacle.ABSENT, Obstacle.FULL, Obstacle.INACTIVE]
    assert choose(team("t", away, Member("cem", active=False))).reason is QueueReason.ALL_ABSENT


def test_whoever_serves_the_account_comes_first() -> None:
    """In any team of the route, whatever the turn, if there is room; otherwise it is told why not."""
    members = team("t", Member("ann"), Member("bob", credit=-50))
    assert choose(members, serving=owned("bob")) == Assigned("t", "bob", Because.ACCOUNT_OWNER)
    over = choose(members, team("o", Member("eve")), overflow=("o",), serving=owned("eve"))
    assert over == Assigned("o", "eve", Because.ACCOUNT_OWNER)
    stranger = choose(members, serving=owned("eve"))
    assert (stranger.person, stranger.owner_passed_over) == ("ann", MemberPassedOver("eve", Obstacle.NOT_ON_ROUTE))
    away = choose(team("t", Member("ann"), Member("bob", absences=AWAY)), serving=owned("bob"))
    assert (away.person, away.owner_passed_over) == ("ann", MemberPassedOver("bob", Obstacle.ABSENT))


def test_whoever_asked_for_data_comes_next_after_the_accounts_owner() -> None:
    """Gets the lead back when the data is there, unless somebody serves the account."""
    members = team("t", Member("ann"), Member("bob", credit=-50), Member("cem", credit=-50))
    assert choose(members, asked_for_data="bob") == Assigned("t", "bob", Because.ASKED_FOR_DATA)
    assert choose(members, asked_for_data="bob", serving=owned("cem")).because is Because.ACCOUNT_OWNER


def test_only_who_has_the_skills_gets_it() -> None:
    """All needed skills; also whoever serves the account needs them."""
    french = frozenset({"french", "export"})
    ann, bob = Member("ann", skills=("french", "export")), Member("bob", skills=("french",), credit=9)
    assert choose(team("t", ann, bob), skills=french, serving=owned("bob")).person == "ann"
    found = choose(team("t", bob), skills=french)
    passed = TeamPassedOver("t", QueueReason.NO_SKILL, (MemberPassedOver("bob", Obstacle.NO_SKILL),))
    assert found == Queued(QueueReason.NO_SKILL, (passed,))
    away = choose(team("t", bob, Member("ann", skills=("french", "export"), absences=AWAY)), skills=french)
    assert away.reason is QueueReason.ALL_ABSENT


def test_who_had_it_does_not_get_it_again() -> None:
    """A reassignment excludes persons, also the account's owner."""
    members = [Member("ann"), Member("bob")]
    assert choose(team("t", *members), exclude=frozenset({"ann"}), serving=owned("ann")).person == "bob"
    nobody = choose(team("t", *members), exclude=frozenset({"ann", "bob"}))
    assert nobody.reason is QueueReason.ALL_HAD_IT


def test_at_night_a_team_that_is_open_comes_first() -> None:
    """A closed team is passed over for an open one that has room, and gets the lead when there is none."""
    day, night = team("day", Member("ann")), team("night", Member("bob"))
    found = choose(day, night, overflow=("night",), closed={"day"})
    assert found == Assigned("night", "bob", Because.OVERFLOW, (TeamPassedOver("day", QueueReason.CLOSED),))
    assert choose(day, night, overflow=("night",), closed={"day"}, keep=True).person == "ann"
    assert choose(day, night, overflow=("night",), closed={"day", "night"}).person == "ann"
    full = team("night", Member("bob", max_open=0))
    found = choose(day, full, overflow=("night",), closed={"day"})
    assert (found.person, found.because) == ("ann", Because.ROUND_ROBIN)
    assert [one.reason for one in found.passed_over] == [QueueReason.ALL_FULL]
    assert choose(day, night, overflow=("night",), closed={"night"}).passed_over == ()


def test_without_a_route_it_waits() -> None:
    """A person has to decide."""
    assert pick(None, teams={}, now=NOW) == Queued(QueueReason.NO_ROUTE)


def test_a_team_that_does_not_exist_has_no_room() -> None:
    """The directory may lag behind the document."""
    found = pick(Route(team="gone", overflow=("there",)), teams={"there": team("there", Member("ann"))}, now=NOW)
    assert found == Assigned("there", "ann", Because.OVERFLOW, (TeamPassedOver("gone", QueueReason.UNKNOWN_TEAM),))
