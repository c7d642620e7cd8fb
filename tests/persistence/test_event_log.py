"""The event log."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from domain.words.ids import new_id
from persistence.database.database import Database
from persistence.events import event_log
from persistence.events.event_log import NewEvent
from tests.persistence.factories import NOW, new_event, write, write_placed


async def test_events_without_a_position_are_not_read_yet(database: Database) -> None:
    """An event is read only once the sequencer has given it a place."""
    await write(database, new_event(), new_event())
    async with database.reading() as connection:
        assert await event_log.read_after(connection, 0, limit=10) == []
        assert await event_log.head(connection) == 0
        assert await event_log.oldest(connection) == 1


async def test_what_is_written_is_read(database: Database) -> None:
    """Every part of an event comes back as it was given, however odd the names in it."""
    odd = ("inside-sales", 'quo"te', "back\\slash", "com,ma {brace}", "NULL", "")
    given = new_event(visible_to=odd, person="anna", payload={"deep": [{"ü": None}, 1.5]}, historical=True)
    plain = new_event(lead_id=None, payload={})
    await write_placed(database, given, plain)
    async with database.reading() as connection:
        first, second = await event_log.read_after(connection, 0, limit=10)
    for name in NewEvent.__dataclass_fields__:
        assert getattr(first, name) == getattr(given, name), name
    assert (second.id, second.payload, second.visible_to, second.lead_id) == (plain.id, {}, (), None)


async def test_an_event_of_a_rolled_back_change_never_happened(database: Database) -> None:
    """Events share the fate of the transaction they are written in."""
    async with database.engine.connect() as connection:
        await event_log.append(connection, [new_event()])
        await connection.rollback()
    await write_placed(database, kept := new_event())
    async with database.reading() as connection:
        assert [event.id for event in await event_log.read_after(connection, 0, limit=10)] == [kept.id]


async def test_events_of_one_writing_keep_their_order(database: Database) -> None:
    """A batch gets its positions in the order in which it was given, without gaps."""
    events = [new_event(at=NOW - timedelta(minutes=number)) for number in range(2500)]
    await write_placed(database, *events)
    async with database.reading() as connection:
        read = await event_log.read_after(connection, 0, limit=5000)
        assert [event.id for event in read] == [event.id for event in events]
        assert [event.position for event in read] == list(range(1, 2501))
        assert await event_log.head(connection) == 2500


async def test_types_are_filtered_before_the_limit(database: Database) -> None:
    """A page of one type is full however rare the type."""
    await write_placed(database, *[new_event(type="a" if number % 5 else "b") for number in range(20)])
    async with database.reading() as connection:
        listed = partial(event_log.read_list, connection, audiences=None, limit=2)
        read = await listed(1, types=["b"], backward=False)
        assert [(event.type, event.position) for event in read] == [("b", 6), ("b", 11)]
        assert [event.position for event in await listed(11, types=["a", "b"], backward=True)] == [10, 9]
        assert await listed(0, types=[], backward=False) == []


async def test_a_list_holds_what_one_of_its_readers_may_read(database: Database) -> None:
    """An event for two teams is listed once; what was imported of the past is in no list."""
    seen = [("a",), ("b",), ("a", "b"), (), ("*",)]
    events = [new_event(visible_to=teams) for teams in seen]
    await write_placed(database, *events, new_event(visible_to=("a",), historical=True))
    async with database.reading() as connection:
        read = await event_log.read_list(
            connection, 0, types=[events[0].type], audiences=["*", "a", "b"], backward=False, limit=10
        )
        assert [event.position for event in read] == [1, 2, 3, 5]
        read = await event_log.read_list(
            connection, 6, types=[events[0].type], audiences=["*", "a"], backward=True, limit=10
        )
        assert [event.position for event in read] == [5, 3, 1]


async def test_the_events_of_a_lead_are_paged_in_both_directions(database: Database) -> None:
    """Pages of a lead's history join without a hole, forwards and backwards."""
    lead = new_id(now=NOW)
    events = [new_event(lead_id=lead if number % 2 else new_id(now=NOW)) for number in range(10)]
    await write_placed(database, *events)
    async with database.reading() as connection:
        start = (await event_log.read_leads_after(connection, [lead], limit=3))[lead]
        rest = (await event_log.read_leads_after(connection, [lead], start[-1].position, limit=3))[lead]
        end = (await event_log.read_leads_before(connection, [lead], limit=3))[lead]
        before = (await event_log.read_leads_before(connection, [lead], end[-1].position, limit=3))[lead]
    assert [event.position for event in start + rest] == [2, 4, 6, 8, 10]
    assert [event.position for event in end + before] == [10, 8, 6, 4, 2]


async def test_the_events_of_several_leads_are_read_together(database: Database) -> None:
    """Each lead has its own first or last ones, in order; one without events has none."""
    one, other, none = (new_id(now=NOW) for _ in range(3))
    await write_placed(database, *[new_event(lead_id=one if number % 2 else other) for number in range(10)])
    async with database.reading() as connection:
        first = await event_log.read_leads_after(connection, [other, none, one], limit=2)
        last = await event_log.read_leads_before(connection, [other, none, one], limit=2)
    assert {lead: [e.position for e in found] for lead, found in first.items()} == {
        other: [1, 3],
        none: [],
        one: [2, 4],
    }
    assert {lead: [e.position for e in found] for lead, found in last.items()} == {
        other: [9, 7],
        none: [],
        one: [10, 8],
    }


async def test_events_are_found_by_id(database: Database) -> None:
    """Ids that do not exist are left out."""
    await write_placed(database, event := new_event())
    async with database.reading() as connection:
        found = await event_log.read_by_ids(connection, [event.id, new_id(now=NOW)])
    assert list(found) == [event.id]
