"""Who may be told the same: equal questions, equal sights, one language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.subscription_execution import SubscriptionExecution, question_of
from application.reading.events import visible
from application.reading.follow_events import StoredEvent
from domain.party import Party
from domain.people.principal import Principal, Role
from tests.api.small_house import context

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BASE = "subscription S($t: [String!]) { events(types: $t, after: $after) { id at payload } }"


def asked(query: str, **variables: Any) -> Any:
    """What a document asks."""
    definitions = parse(query).definitions
    (operation,) = (one for one in definitions if isinstance(one, OperationDefinitionNode))
    return question_of(operation, [one for one in definitions if isinstance(one, FragmentDefinitionNode)], variables)


@pytest.mark.parametrize(
    "query",
    [
        "subscription   S($t: [String!]) {events(types:$t,after:$after){id,at,payload}} # by hand",
        "subscription Other($t: [String!]) { events(types: $t, consumer: $c) { id at payload } }",
        'subscription { events(after: "EARLIEST", types: $t) { id at payload } }',
        "subscription { events(types: $t) { id at payload } }",
    ],
)
def test_how_and_from_where_it_is_asked_makes_no_difference(query: str) -> None:
    """Layout, names of operations, and where a subscription begins do not change what is told of an event."""
    variables = {"t": ["a"], "after": "x", "c": "me", "unused": 1}
    assert asked(query, **variables) == asked(BASE, t=["a"], after="y") is not None


@pytest.mark.parametrize(
    "query",
    [
        "subscription { events(types: $t) { id at } }",
        "subscription { events(types: $t) { at id payload } }",
        "subscription { events(types: $t) { id at payload: type } }",
        "subscription { told: events(types: $t) { id at payload } }",
        "subscription { events { id at payload } }",
        "subscription { events(types: $t) { id at payload @skip(if: $s) } }",
        "subscription { handovers(types: $t) { id at payload } }",
        "subscription { events(types: $t) { id at payload ...F } } fragment F on Event { type }",
    ],
)
def test_another_selection_or_filter_is_another_question(query: str) -> None:
    """Whatever is selected, named, filtered or skipped otherwise is asked otherwise."""
    assert asked(query, t=["a"], s=False) != asked(BASE, t=["a"])


def test_values_count_where_they_are_named_and_only_there() -> None:
    """Values of variables that a selection names make the difference, also those named where it begins."""
    assert asked(BASE, t=["a"]) != asked(BASE, t=["b"])
    assert asked(BASE, t=["a"]) != asked(BASE)
    deep = (
        "subscription { events(after: $after) { subject { ... on Lead { history(after: $after) { nodes { id } } } } } }"
    )
    assert asked(deep, after="x") != asked(deep, after="y")
    through = "subscription { ...F } fragment F on Subscription { events(after: $after) { id } }"
    assert asked(through, after="x") != asked(through, after="y"), "rather once too often than once too little"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "1", "a", 1.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@given(values, values)
def test_values_are_equal_only_if_they_are_the_same_all_through(one: Any, other: Any) -> None:
    """Two values make the same question exactly if they are written alike: 1 is neither true nor 1.0."""
    assert (asked(BASE, t=one) == asked(BASE, t=other)) == (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def test_what_cannot_be_compared_is_shared_with_nobody() -> None:
    """A value that cannot be compared makes a question that nobody else asks."""
    assert asked(BASE, t=bytearray(b"a")) is None
    assert execution(None, admin()).audience != execution(None, admin()).audience


def admin() -> Principal:
    """Somebody who sees all."""
    return Principal(UUID(int=7), "root", Role.ADMIN, person="root")


def execution(question: Any, principal: Principal, language: str = "en") -> SubscriptionExecution:
    """A teller for a principal."""

    async def never(*_: Any) -> Any:
        raise AssertionError

    return SubscriptionExecution(question, context(principal=principal, language=language), principal.sight, never)


teams = st.frozensets(st.sampled_from(["inside-sales", "field-sales"]))
principals = st.builds(
    Principal,
    key_id=st.uuids(),
    name=st.sampled_from("ab"),
    role=st.sampled_from(Role),
    party=st.sampled_from([None, *Party]),
    person=st.sampled_from([None, "anna", "jonas"]),
    teams=teams,
    scopes=st.frozensets(st.sampled_from("xy")),
)
events = st.builds(
    StoredEvent,
    position=st.integers(1, 9),
    id=st.uuids(),
    at=st.just(AT),
    recorded_at=st.just(AT),
    subject_type=st.just("X"),
    type=st.sampled_from(["version.active", "team.changed", "key.created", "handover.offered", "lead.stage"]),
    subject_id=st.uuids(),
    lead_id=st.none(),
    visible_to=teams.map(lambda one: tuple(sorted(one))),
    person=st.none(),
    payload=st.just({}),
    historical=st.just(False),
)


@given(principals, principals, events)
def test_those_told_the_same_may_see_the_same(one: Principal, other: Principal, event: StoredEvent) -> None:
    """Whoever has another role, other teams or scopes shares with nobody; who shares sees exactly what the other sees.

    And what is told in the name of a sight is what its owner may see.
    """
    same = execution("q", one).audience == execution("q", other).audience
    assert same == ((one.role, one.teams, one.scopes) == (other.role, other.teams, other.scopes))
    assert visible(one.sight, event) == visible(one, event)
    if same:
        assert visible(one, event) == visible(other, event)
        assert one.sight == other.sight


@given(principals)
def test_a_sight_is_nobody_in_particular(one: Principal) -> None:
    """What is told to many is executed in the name of nobody of them."""
    sight = one.sight
    assert (sight.key_id, sight.name, sight.party, sight.person) == (UUID(int=0), "", None, None)
    assert execution("q", one).surroundings().principal == sight
    assert replace(sight, key_id=one.key_id, name=one.name, party=one.party, person=one.person) == one


def test_languages_are_not_mixed() -> None:
    """Who reads German shares with nobody who reads English."""
    assert execution("q", admin(), "de").audience != execution("q", admin(), "en").audience
