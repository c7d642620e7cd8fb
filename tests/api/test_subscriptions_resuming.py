"""Going on where a stream stopped: cursors, acknowledged consumers, restarts, concurrent writers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.graphql.parts.global_ids import key_of
from application.runtime.transaction import Application, Transaction
from domain.events.people import TeamChanged
from domain.words.ids import new_id
from tests.api.following import EVENTS, HANDOVERS, Server, serving
from tests.api.house import World

LIST = "{ handovers(filter: {open: true}, first: 100) { eventCursor nodes { id state } } }"


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world."""
    async with serving(world.application.database.url) as server:
        yield server


async def told_behind(server: Server, key: str, cursor: str, query: str = EVENTS) -> list[dict[str, Any]]:
    """All that is told behind a cursor, without the checkpoint that ends it."""
    async with server.following(key, query, after=cursor) as follower:
        return (await follower.until_checkpoint())[:-1]


async def test_any_cursor_goes_on_exactly_behind_it(world: World, server: Server) -> None:
    """A cursor goes on behind its event: nothing twice, nothing missing, the same ids in the same order."""
    await world.offered()
    await world.settle()
    whole = await told_behind(server, world.admin.secret, "EARLIEST")
    assert len(whole) == len({one["id"] for one in whole}) > 10
    for place in (0, 1, len(whole) // 2, len(whole) - 2, len(whole) - 1):
        assert await told_behind(server, world.admin.secret, whole[place]["cursor"]) == whole[place + 1 :]


async def test_earliest_is_all_that_the_log_holds(world: World, server: Server) -> None:
    """EARLIEST tells the same as the list of events, in its order."""
    await world.settle()
    listed = (await world.admin.ask("{ events(first: 100) { nodes { id } pageInfo { hasNextPage } } }"))["events"]
    told = await told_behind(server, world.admin.secret, "EARLIEST")
    assert [one["id"] for one in told][:100] == [one["id"] for one in listed["nodes"]]


async def test_reading_then_following_leaves_no_hole(world: World, server: Server) -> None:
    """A list and what follows its cursor make the present state, though others write all the time."""
    offered = [asyncio.create_task(world.offered()) for _ in range(12)]
    await asyncio.wait(offered, return_when=asyncio.FIRST_COMPLETED)
    listed = (await world.marketing.ask(LIST))["handovers"]
    known = {node["id"]: node["state"] for node in listed["nodes"]}
    made = {(await one)[1] for one in offered}
    async with server.following(world.marketing.secret, HANDOVERS, after=listed["eventCursor"]) as follower:
        while not made <= known.keys():
            (envelope,) = await follower.next(1)
            known[envelope["handover"]["id"]] = envelope["handover"]["state"]
    now = {node["id"]: node["state"] for node in (await world.marketing.ask(LIST))["handovers"]["nodes"]}
    assert {key: known[key] for key in made} == {key: now[key] for key in made}


async def test_a_consumer_goes_on_across_restarts_with_the_same_variables(world: World) -> None:
    """A consumer goes on behind what it acknowledged, though it always sends the variables it began with."""
    told: list[str] = []
    key = world.marketing.secret
    begun = {"consumer": "crm-sync", "filter": {"team": ["inside-sales"]}}
    async with serving(world.application.database.url) as server, server.following(key, HANDOVERS, **begun):
        await world.offered()
    for _ in range(3):
        async with (
            serving(world.application.database.url) as server,
            server.following(key, HANDOVERS, **begun) as follower,
        ):
            envelopes = await follower.next(2)
            told += [one["id"] for one in envelopes]
            given = {"consumer": "crm-sync", "cursor": envelopes[1]["cursor"]}
            acked = await world.marketing.done("ackEvents", "cursor", **given)
            assert acked["cursor"] == envelopes[1]["cursor"]
        await world.offered()
    assert len(set(told)) == 6
    async with serving(world.application.database.url) as server, server.following(key, HANDOVERS, **begun) as follower:
        unacknowledged = await follower.next(2)
    async with serving(world.application.database.url) as server, server.following(key, HANDOVERS, **begun) as follower:
        assert await follower.next(2) == unacknowledged


async def test_consumers_belong_to_the_key(world: World, server: Server) -> None:
    """Two keys may use the same name without disturbing each other; a name that is new may begin at a cursor."""
    for who in (world.marketing, world.management):
        begun = {"consumer": "shared", "after": "EARLIEST"}
        async with server.following(who.secret, EVENTS, **begun) as follower:
            first, second = await follower.next(2)
        await who.done("ackEvents", "cursor", consumer="shared", cursor=first["cursor"])
        async with server.following(who.secret, EVENTS, **begun) as follower:
            assert (await follower.next(1))[0]["id"] == second["id"]


async def write(application: Application, name: str, committed: list[str], count: int) -> None:
    """Write events in transactions that stay open for a random moment, some of them rolled back."""
    for _ in range(count):
        subject = new_id(now=application.time.now())
        rolled_back = random.random() < 0.1

        async def body(transaction: Transaction, subject: Any = subject, rolled_back: bool = rolled_back) -> None:
            transaction.emit(TeamChanged(team=name, party="SALES", members=[]), subject)
            await transaction.connection.execute(text("select pg_sleep(:s)"), {"s": random.random() * 0.03})
            if rolled_back:
                raise LookupError

        try:
            await application.transact(body)
        except LookupError:
            continue
        committed.append(str(subject))


async def test_no_event_of_concurrent_writers_is_missed(world: World, server: Server) -> None:
    """With twelve writers, and one transaction open all the while, each event is told once, in order of the cursors."""
    query = 'subscription { events(types: ["team.changed"]) { id cursor type at payload recordedAt } }'
    committed: list[str] = []
    release = asyncio.Event()

    async def long_transaction(transaction: Transaction) -> None:
        subject = new_id(now=transaction.now)
        transaction.emit(TeamChanged(team="long", party="SALES", members=[]), subject)
        await transaction.connection.execute(text("select 1"))
        await release.wait()
        committed.append(str(subject))

    async with server.following(world.marketing.secret, query) as follower:
        long = asyncio.create_task(world.application.transact(long_transaction))
        await asyncio.gather(*(write(world.application, f"w{n}", committed, 20) for n in range(12)))
        told = await follower.next(len(committed))
        release.set()
        await long
        told += await follower.next(1)
        assert [one["type"] for one in await follower.until_checkpoint()] == ["checkpoint"]
    async with world.application.database.reading() as connection:
        rows = await connection.execute(
            text(
                "select e.id, e.subject_id from event e join event_position p using (seq)"
                " where e.type = 'team.changed' and e.subject_id = any(cast(:ids as uuid[])) order by p.position"
            ),
            {"ids": committed},
        )
        in_order = [str(row.id) for row in rows]
    assert len(told) == len(committed) == len(in_order)
    assert [key_of(one["id"], "Event") for one in told] == [UUID(one) for one in in_order]
