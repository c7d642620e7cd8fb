"""Turns are exact in every stretch, whatever the weights [S3.4]."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.document.sections.handover import RoutingStrategy
from domain.party import Party
from domain.people.team import Member, Team
from rules.routing.routing import turn_taken
from tests.rules.samples import NOW
from tests.rules.test_rotation import ROUND_ROBIN, WEIGHTED, next_of
from tests.sizes import examples

weights = st.lists(st.integers(1, 30), min_size=1, max_size=9)


def team_of(shares: list[int]) -> Team:
    """A team of members with these weights."""
    return Team("t", "t", Party.SALES, members=tuple(Member(f"p{i}", weight=w) for i, w in enumerate(shares)))


def after(team: Team, person: str, strategy: RoutingStrategy) -> Team:
    """The team after a turn of a person."""
    changes = turn_taken(team, person, strategy, now=NOW)
    members = (replace(m, credit=m.credit + changes.get(m.person, 0)) for m in team.members)
    return replace(team, members=tuple(members))


@settings(max_examples=examples(150))
@given(weights, st.integers(1, 200))
def test_shares_are_never_more_than_one_turn_off(shares: list[int], turns: int) -> None:
    """After every single turn each member had what its weight says, less than one more or less."""
    team, counts, whole = team_of(shares), Counter[str](), sum(shares)
    for done in range(1, turns + 1):
        person = next_of(team, WEIGHTED)
        counts[person] += 1
        team = after(team, person, WEIGHTED)
        assert all(abs(counts[m.person] - Fraction(done * m.weight, whole)) < 1 for m in team.members)


@settings(max_examples=examples(150))
@given(st.integers(1, 12), st.lists(st.none() | st.integers(0, 11), max_size=120))
def test_equal_members_differ_by_at_most_one_turns_by_hand_included(size: int, given_by: list[int | None]) -> None:
    """Whoever is given some by hand waits until the others have as many; then the rotation goes on evenly."""
    team, counts, by_hand = team_of([1] * size), Counter[str](), Counter[str]()
    for hand in given_by:
        person = next_of(team, ROUND_ROBIN) if hand is None else f"p{hand % size}"
        counts[person] += 1
        by_hand[person] += hand is not None
        team = after(team, person, ROUND_ROBIN)
    for _ in range(size * (max(counts.values(), default=0) + 1) - counts.total()):
        person = next_of(team, ROUND_ROBIN)
        counts[person] += 1
        team = after(team, person, ROUND_ROBIN)
    spread = [counts[m.person] for m in team.members]
    assert max(spread) - min(spread) <= 1


@settings(max_examples=examples(80))
@given(st.integers(2, 6), st.integers(0, 60))
def test_nobody_is_flooded_on_return(size: int, missed: int) -> None:
    """Whoever was away goes on with its turn, without making up for those it missed."""
    team = team_of([1] * size)
    for _ in range(missed):
        person = next_of(team, ROUND_ROBIN, exclude=frozenset({"p0"}))
        away = tuple(replace(m, active=m.person != "p0") for m in team.members)
        team = replace(after(replace(team, members=away), person, ROUND_ROBIN))
    team = replace(team, members=tuple(replace(m, active=True) for m in team.members))
    counts = Counter[str]()
    for _ in range(size * 10):
        person = next_of(team, ROUND_ROBIN)
        counts[person] += 1
        team = after(team, person, ROUND_ROBIN)
    assert abs(counts["p0"] - 10) <= 1
