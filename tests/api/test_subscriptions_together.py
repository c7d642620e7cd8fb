"""Many who follow: equal ones share the work, others never share what they are told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from itertools import product
from typing import Any

import orjson
import pytest

from api.build import build_schema
from api.graphql.lists.event_cursors import read_event_cursor
from api.graphql.parts import broadcast as broadcasts
from api.graphql.parts.broadcast import Broadcasts, Message
from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import global_id
from api.graphql.subscription_execution import SubscriptionExecution
from application.directory.manage_keys import create_key, sign_in
from application.reading import events as reading
from domain.people.principal import Principal, Role
from tests.api.following import BREACHES, HANDOVERS, Follower, Server, serving
from tests.api.house import PEOPLE, World

LOG = """subscription ($types: [String!], $after: Cursor) { events(types: $types, after: $after)
  { id cursor at type person payload subject { id } } }"""
HANDOVERS_SEEN = """subscription ($filter: HandoverFilter, $after: Cursor)
  { handovers(filter: $filter, after: $after) { id cursor at type handover { id lead { id } } } }"""
BREACHES_SEEN = """subscription ($filter: BreachFilter, $after: Cursor)
  { breaches(filter: $filter, after: $after) { id cursor at type breach { id kind party } } }"""
ASKED: list[tuple[str, dict[str, Any]]] = [
    (LOG, {}),
    (LOG, {"types": ["lead.created", "handover.offered", "key.created", "team.changed"]}),
    *((HANDOVERS_SEEN, {"filter": one}) for one in (None, {"team": ["inside-sales"]}, {"state": ["ACCEPTED"]})),
    *((BREACHES_SEEN, {"filter": one}) for one in (None, {"party": "MARKETING"}, {"kind": ["answer"]})),
]


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world, with room for many."""
    async with serving(world.application.database.url, requests_per_second=1e6, request_burst=10**6) as server:
        yield server


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often what is told of each position was made, checkpoints apart."""
    made: Counter[int] = Counter()
    make = SubscriptionExecution.message

    async def counted(self: SubscriptionExecution, context: Any, event: Any, position: int) -> Any:
        if event.type.lower() != "checkpoint":
            made[position] += 1
        return await make(self, context, event, position)

    monkeypatch.setattr(SubscriptionExecution, "message", counted)
    return made


async def happen(world: World) -> str:
    """Something for everybody: a handover that is accepted too late, a key, a team; the id of the handover."""
    _, handover = await world.offered()
    await world.pass_time(days=3)
    await world.admin.done("acceptHandover", "handover { id }", handover=handover)
    await create_key(world.application, None, name="new", role=Role.MARKETING)
    return handover


async def test_together_each_is_told_what_it_is_told_alone(world: World, server: Server) -> None:
    """For all rights and filters at once: what is told live to all together is what each is told alone afterwards."""
    cases = list(product(PEOPLE, range(len(ASKED)), range(2)))
    async with AsyncExitStack() as stack:
        followers = await asyncio.gather(*(_following(stack, world, server, *case) for case in cases))
        for _ in range(2):
            await happen(world)
        await world.settle()
        head = await reading.head(world.application)
        together = await asyncio.gather(*(everything(follower, head) for follower in followers))
    begun = [follower.begun["cursor"] for follower in followers]
    assert together[::2] == together[1::2]
    single = zip(cases[::2], begun[::2], strict=True)
    alone = [_alone(world, server, name, asked, after, head) for (name, asked, _), after in single]
    assert await asyncio.gather(*alone) == together[::2]
    seen = {case: [one["type"] for one in heard] for case, heard in zip(cases, together, strict=True)}
    assert [one for one in seen["field", 0, 0] if one.startswith(("handover.", "key."))] == []
    assert {name for name in PEOPLE if "key.created" in seen[name, 0, 0]} == {"admin"}
    assert {name for name in PEOPLE if not seen[name, 2, 0]} == {"field"}
    assert seen["marketing", 2, 0] == seen["sales", 2, 0] != []


async def _following(
    stack: AsyncExitStack, world: World, server: Server, name: str, asked: int, *_: Any, **more: Any
) -> Follower:
    query, variables = ASKED[asked]
    return await stack.enter_async_context(server.following(world.callers[name].secret, query, **variables, **more))


async def _alone(world: World, server: Server, name: str, asked: int, after: str, head: int) -> list[dict[str, Any]]:
    async with AsyncExitStack() as stack:
        return await everything(await _following(stack, world, server, name, asked, after=after), head)


async def everything(follower: Follower, head: int) -> list[dict[str, Any]]:
    """What is told up to a position of the log, without the checkpoints."""
    found: list[dict[str, Any]] = []
    while True:
        envelope = await follower.told()
        if envelope["type"].lower() != "checkpoint":
            found.append(envelope)
        elif read_event_cursor(envelope["cursor"]) >= head:
            return found


async def test_equal_followers_share_one_execution(world: World, server: Server, told: Counter[int]) -> None:
    """However many follow with the same rights, under whatever key, operation id and cursor, an event is executed once.

    Somebody with other rights, another language or another filter has an execution of its own.
    """
    after = (await world.marketing.ask("{ events { eventCursor } }"))["events"]["eventCursor"]
    _, other_key = await create_key(world.application, None, name="other", role=Role.MARKETING, person="otto")
    async with AsyncExitStack() as stack:
        followers = []
        for number in range(12):
            key = (world.marketing.secret, other_key)[number % 2]
            begun = {"after": after} if number % 3 else {}
            query = HANDOVERS if number % 4 else HANDOVERS.replace("subscription", "subscription  Mine ")
            follower = await stack.enter_async_context(server.signed_in(key))
            await follower.subscribe(query, name=f'op {number} "\\ü', variables=begun)
            assert (await follower.told())["type"] == "CHECKPOINT"
            followers.append(follower)
        told.clear()
        await world.offered()
        shared = [await follower.next(2) for follower in followers]
        assert [one["type"] for one in shared[0]] == ["OFFERED", "ASSIGNED"]
        assert all(one == shared[0] for one in shared)
        assert set(told.values()) == {1}
        for who, more in ((world.sales, {}), (world.marketing, {"filter": {"team": ["inside-sales"]}})):
            await stack.enter_async_context(server.following(who.secret, HANDOVERS, **more))
        told.clear()
        await world.offered()
        await asyncio.gather(*(follower.next(2) for follower in followers))
        await asyncio.sleep(0.3)
        assert set(told.values()) == {3}


async def test_a_revoked_key_ends_its_stream_and_no_other(world: World, server: Server) -> None:
    """Of two that are told together, the one whose key is revoked is closed with 4403; the other goes on."""
    key, secret = await create_key(world.application, None, name="short", role=Role.MARKETING)
    async with (
        server.following(world.marketing.secret, HANDOVERS) as stays,
        server.following(secret, HANDOVERS) as leaves,
    ):
        await world.offered()
        assert await stays.next(2) == await leaves.next(2)
        await world.admin.done("revokeApiKey", "apiKey { id }", apiKey=global_id("ApiKey", key.id))
        code, before = await leaves.closed()
        assert (code, {message["type"] for message in before} <= {"next"}) == (4403, True)
        await world.offered()
        assert [one["type"] for one in await stays.next(2)] == ["OFFERED", "ASSIGNED"]


async def test_who_falls_behind_goes_on_alone_and_joins_again(
    world: World, server: Server, told: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follower that is left behind misses nothing and hears nothing twice; when it has caught up it shares again."""
    monkeypatch.setattr(broadcasts, "KEPT_BATCHES", 4)
    principal = await sign_in(server.application, world.marketing.secret)
    assert principal is not None
    running = Broadcasts()
    async with AsyncExitStack() as stack:
        quick, slow = [await _stream(stack, server, principal, running) for _ in range(2)]
        for follower in (quick, slow):
            assert "CHECKPOINT" in (await anext(follower))[0].text
        hearing = [asyncio.create_task(_heard(quick, 8)), asyncio.create_task(_heard(slow, 1))]
        await asyncio.sleep(0.3)
        for _ in range(4):
            await world.offered()
        heard, late = await hearing[0], await hearing[1]
        assert set(told.values()) == {1}
        hearing = [asyncio.create_task(_heard(quick, 2))]
        await asyncio.sleep(1.5)  # the quick one looks whether its key is valid, and so moves on
        late += await _heard(slow, 8 - len(late))
        assert late == heard
        assert len(set(late)) == 8
        assert max(told.values()) == 2, "it was left behind and told alone"
        told.clear()
        hearing.append(asyncio.create_task(_heard(slow, 2)))
        await asyncio.sleep(0.5)
        await world.offered()
        assert await hearing[0] == await hearing[1]
        assert set(told.values()) == {1}


async def _stream(
    stack: AsyncExitStack, server: Server, principal: Principal, running: Broadcasts
) -> AsyncGenerator[Sequence[Message], None]:
    now = server.application.time.now
    context = Context(principal, "en", "request", now, server.application, checkpoint_seconds=0.2, broadcasts=running)
    results: Any = await build_schema().stream(HANDOVERS, context_value=context)
    await stack.enter_async_context(aclosing(results))
    stream: AsyncGenerator[Sequence[Message], None] = (await anext(results)).data
    return await stack.enter_async_context(aclosing(stream))


async def _heard(stream: AsyncGenerator[Sequence[Message], None], least: int) -> list[str]:
    """The ids of the next events, at least so many, checkpoints apart."""
    found: list[str] = []
    while len(found) < least:
        envelopes = [orjson.loads(message.text)["data"]["handovers"] for message in await anext(stream)]
        found += [one["id"] for one in envelopes if one["type"] != "CHECKPOINT"]
    return found


async def test_a_broadcast_ends_with_its_last_follower(world: World, server: Server) -> None:
    """When all have left, nothing goes on for them."""
    before = {task for task in asyncio.all_tasks() if task.get_name() == "broadcast"}
    async with server.following(world.sales.secret, BREACHES), server.following(world.leader.secret, BREACHES):
        await asyncio.sleep(0.1)
        running = {task for task in asyncio.all_tasks() if task.get_name() == "broadcast"} - before
        assert len(running) == 1
    async with asyncio.timeout(20):
        await asyncio.wait(running)
