"""Words that nobody knows are told, in every filter and stream, instead of an empty list for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type
from sqlalchemy import text

from api.build import build_schema
from api.graphql.subscriptions.subscriptions import BREACH_TYPES, HANDOVER_TYPES
from domain.events.catalogue import EVENT_TYPES, Stream
from domain.obligations.all_kinds import KINDS
from persistence.agreements import words
from tests.api.following import BREACHES, EVENTS, HANDOVERS, Server, serving
from tests.api.house import World

FREE = {("HandoverFilter", "assignee"), ("ObligationFilter", "assignee")}
"""Texts that are no words of a list: names of persons."""
UNKNOWN: dict[str, dict[str, tuple[list[str] | str, str]]] = {
    "leads": {"agreement": ("mian", "main"), "stage": (["prospekt"], "prospect"), "grade": (["A11"], "A1")},
    "handovers": {"agreement": ("mian", "main"), "team": (["inside-sale"], "inside-sales")},
    "obligations": {"kind": (["anwser"], "answer"), "team": (["feild-sales"], "field-sales")},
    "breaches": {"kind": (["no-capacty"], "no-capacity"), "team": (["inside-sale"], "inside-sales")},
}
"""By list and property: a word that nobody knows, and the near one."""
CASES = [(name, key, *case) for name, properties in UNKNOWN.items() for key, case in properties.items()]
STREAMS = {"handovers": HANDOVERS, "breaches": BREACHES}


def filter_of(name: str) -> str:
    """The type of a list's filter."""
    return {"leads": "Lead", "handovers": "Handover", "obligations": "Obligation", "breaches": "Breach"}[
        name
    ] + "Filter"


def listing(name: str) -> str:
    """A document that asks for a list."""
    return f"query ($filter: {filter_of(name)}) {{ {name}(filter: $filter) {{ nodes {{ id }} }} }}"


def faults(error: dict[str, Any]) -> list[dict[str, Any]]:
    """The single faults of an error for bad input."""
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    found: list[dict[str, Any]] = error["extensions"]["errors"]
    return found


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world."""
    async with serving(world.application.database.url) as server:
        yield server


def test_each_text_of_a_filter_is_held_against_what_is_known() -> None:
    """A new property of a filter that takes texts needs its case here, or is free."""
    kinds = build_schema()._schema.type_map
    texts = {
        (name, key)
        for name, kind in kinds.items()
        if name.endswith("Filter") and isinstance(kind, GraphQLInputObjectType)
        for key, field in kind.fields.items()
        if get_named_type(field.type).name == "String"
    }
    assert texts - FREE == {(filter_of(name), key) for name, key, *_ in CASES}


@pytest.mark.parametrize(("name", "key", "given", "near"), CASES)
async def test_an_unknown_word_is_told_with_near_ones(
    world: World, server: Server, name: str, key: str, given: list[str] | str, near: str
) -> None:
    """In lists and in streams: BAD_USER_INPUT with the place of the word and near words; known ones are answered."""
    place = ["filter", key] if isinstance(given, str) else ["filter", key, "1"]
    word = given if isinstance(given, str) else given[0]
    wrong: Any = given if isinstance(given, str) else [near, *given]
    (error,) = (await world.marketing.answer(listing(name), filter={key: wrong}))["errors"]
    (fault,) = faults(error)
    assert (fault["code"], fault["path"]) == ("VALUE_NOT_ALLOWED", place)
    assert fault["message"].startswith(f"There is no {key} '{word}'. Did you mean '{near}'")
    right: Any = near if isinstance(given, str) else [near]
    await world.marketing.ask(listing(name), filter={key: right})
    if name not in STREAMS:
        return
    async with server.signed_in(world.marketing.secret) as follower:
        await follower.subscribe(STREAMS[name], variables={"filter": {key: wrong}})
        told = await follower.receive()
        assert (told["type"], faults(told["payload"][0])) == ("error", [fault])
    async with server.following(world.marketing.secret, STREAMS[name], filter={key: right}) as follower:
        assert follower.begun["type"] == "CHECKPOINT"


async def test_an_unknown_type_of_event_is_told_with_near_ones(world: World, server: Server) -> None:
    """In the list of events and in the stream; all unknown ones at once."""
    asked = "query ($types: [String!]) { events(types: $types) { nodes { id } } }"
    types = ["handover.accepted", "handover.acepted", "HANDOVER.OFFERED", "checkpoint"]
    (error,) = (await world.marketing.answer(asked, types=types))["errors"]
    found = faults(error)
    assert [fault["path"] for fault in found] == [["types", "1"], ["types", "2"], ["types", "3"]]
    assert found[0]["message"].startswith(
        "There is no type of event 'handover.acepted'. Did you mean 'handover.accepted'"
    )
    assert "'handover.offered'" in found[1]["message"]
    async with server.signed_in(world.marketing.secret) as follower:
        await follower.subscribe(EVENTS, variables={"types": types})
        told = await follower.receive()
        assert (told["type"], faults(told["payload"][0])) == ("error", found)
    await world.marketing.ask(asked, types=list(EVENT_TYPES))
    (many,) = (await world.marketing.answer(asked, types=[f"handover.acepted-{n}" for n in range(500)]))["errors"]
    assert (len(faults(many)), many["extensions"]["more"]) == (50, 450)


async def test_what_was_ever_in_force_is_known_and_costs_one_statement(world: World) -> None:
    """Stages and grades of versions that came into force, none of drafts; teams and agreements that there are."""
    async with world.application.database.reading() as connection:
        known = await words.known(connection, sorted(words.STORED))
        made = await connection.execute(text("select distinct stage, grade from lead where stage is not null"))
        carried = made.all()
    assert known["agreement"] == {"main"}
    assert {"inside-sales", "field-sales"} <= known["team"]
    assert {row.stage for row in carried} <= known["stage"]
    assert {row.grade for row in carried if row.grade} <= known["grade"]


async def test_every_event_is_about_what_the_table_says(world: World) -> None:
    """What the log of a busy house holds is of the table's types, about the table's things."""
    await world.offered()
    await world.pass_time(hours=12)
    await world.settle()
    async with world.application.database.reading() as connection:
        seen = {
            (row.type, row.subject_type)
            for row in await connection.execute(text("select type, subject_type from event"))
        }
    assert len(seen) > 15
    assert seen <= {(event.type_name, event.subject_type) for event in EVENT_TYPES.values()}


def test_each_type_of_a_stream_has_its_row() -> None:
    """The words of the streams of handovers and breaches are those of the table."""
    for stream, types in ((Stream.HANDOVERS, HANDOVER_TYPES), (Stream.BREACHES, BREACH_TYPES)):
        told = {event.type_name for event in EVENT_TYPES.values() if stream in event.streams}
        assert {name for name in types if not name.endswith(".checkpoint")} >= told
        assert {name for name in types if not name.endswith((".checkpoint", ".left", ".due_changed"))} == told


def test_all_kinds_of_what_is_owed_are_known() -> None:
    """A kind is a word that one can ask for."""
    assert len({kind.key for kind in KINDS}) == len(list(KINDS))
