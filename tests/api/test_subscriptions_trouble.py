"""Streams in trouble, quiet streams, bad cursors, other clients and ways in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from sqlalchemy import text
from structlog.testing import capture_logs

from api.graphql.lists.event_cursors import write_event_cursor
from api.graphql.parts.global_ids import global_id
from application.directory.manage_keys import create_key
from domain.people.principal import Role
from tests.api.following import EVENTS, HANDOVERS, Server, serving
from tests.api.house import MONDAY, World, open_world

MANY = """
with made as (
  insert into event (id, type, at, recorded_at, subject_type, subject_id, visible_to, payload, historical)
  select gen_random_uuid(), 'team.changed', now(), now(), 'Team', gen_random_uuid(), '{}', '{}', false
  from generate_series(1, 2000) returning seq
) insert into event_pending (seq) select seq from made
"""


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world."""
    async with serving(world.application.database.url) as server:
        yield server


async def refusal(server: Server, key: str, query: str, **variables: Any) -> dict[str, Any]:
    """The extensions of the one error with which a subscription is refused."""
    async with server.signed_in(key) as follower:
        await follower.subscribe(query, variables=variables)
        message = await follower.receive()
        assert message["type"] == "error", message
        (error,) = message["payload"]
        await follower.send({"type": "ping"})
        assert await follower.receive() == {"type": "pong"}
    return dict(error["extensions"])


@pytest.mark.parametrize("cursor", ["", "x", "äöü", "ZTE6LTE", "ZTE6MDE", "ZTI6MQ", "Zm9v" * 300, "p42"])
async def test_what_is_no_cursor_is_refused(world: World, server: Server, cursor: str) -> None:
    """A malformed cursor is BAD_USER_INPUT, for this subscription alone; the socket stays open."""
    assert (await refusal(server, world.admin.secret, EVENTS, after=cursor))["code"] == "BAD_USER_INPUT"


async def test_a_cursor_beyond_the_newest_event_is_refused(world: World, server: Server) -> None:
    """A cursor that was never handed out is BAD_USER_INPUT; so is a consumer that would begin there."""
    for position in (10**9, 10**18 - 1):
        wanted = {"after": write_event_cursor(position)}
        for more in ({}, {"consumer": "ahead"}):
            assert (await refusal(server, world.admin.secret, EVENTS, **wanted, **more))["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", ["", "a b", "x" * 101, "ü"])
async def test_a_consumer_has_a_plain_name(world: World, server: Server, name: str) -> None:
    """A consumer's name that is none is refused with its code and path."""
    (fault,) = (await refusal(server, world.admin.secret, EVENTS, consumer=name))["errors"]
    assert (fault["code"], fault["path"]) == ("MALFORMED_KEY", ["consumer"])


async def test_an_expired_cursor_tells_from_where_to_go_on(new_database_url: Callable[..., Awaitable[str]]) -> None:
    """What is no longer kept is CURSOR_EXPIRED with the oldest cursor, from which the stream goes on."""
    async with open_world(await new_database_url()) as world:
        await world.settle()
        async with world.application.database.transaction() as connection:
            await connection.execute(text("delete from event_position where position <= 5"))
        async with serving(world.application.database.url) as server:
            for more in ({}, {"consumer": "late"}):
                wanted = {"after": write_event_cursor(2), **more}
                expired = await refusal(server, world.admin.secret, EVENTS, **wanted)
                assert (expired["code"], expired["oldest"]) == ("CURSOR_EXPIRED", write_event_cursor(5))
            for after in (expired["oldest"], "EARLIEST"):
                async with server.following(world.admin.secret, EVENTS, after=after, consumer="late") as follower:
                    assert (await follower.told())["cursor"] == write_event_cursor(6)


async def test_a_quiet_stream_says_where_it_stands(world: World, server: Server) -> None:
    """A stream without events sends a checkpoint in each interval, with an id of its own."""
    async with server.following(world.admin.secret, HANDOVERS) as follower:
        told = [await follower.told() for _ in range(3)]
    assert {one["type"] for one in told} == {"CHECKPOINT"}
    assert len({one["id"] for one in told}) == 3


async def test_a_stream_of_which_all_is_filtered_out_moves_on(world: World, server: Server) -> None:
    """While others' events go by, checkpoints tell of their positions, from which the stream can go on."""
    await world.settle()
    async with server.following(world.field.secret, HANDOVERS, filter={"lead": "nobody"}) as follower:
        cursors = [follower.begun["cursor"]]
        for _ in range(3):
            await world.offered()
            await world.settle()
            await asyncio.sleep(0.2)
            cursors.append((await follower.told())["cursor"])
        assert len(set(cursors)) > 1
    async with server.following(world.field.secret, HANDOVERS, after=cursors[-1]) as follower:
        assert (await follower.told())["type"] == "CHECKPOINT"


@pytest.mark.parametrize("how", ["revoked", "expired"])
async def test_a_key_that_ends_ends_its_streams(world: World, server: Server, how: str) -> None:
    """A key that is revoked or expires ends its streams with 4403 within two seconds, also quiet ones,
    and the sockets on which nothing runs; those of others stay."""
    expires_at = MONDAY + timedelta(days=300) if how == "expired" else None
    key, secret = await create_key(world.application, None, name=how, role=Role.MARKETING, expires_at=expires_at)
    async with (
        server.following(secret, HANDOVERS, filter={"lead": "nobody"}) as follower,
        server.signed_in(secret) as idle,
        server.signed_in(world.admin.secret) as other,
    ):
        await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        if how == "expired":
            server.time.at = MONDAY + timedelta(days=301)
        else:
            await world.admin.done("revokeApiKey", "apiKey { revokedAt }", apiKey=global_id("ApiKey", key.id))
        code, before = await follower.closed()
        assert await idle.closed() == (4403, [])
        took = asyncio.get_running_loop().time() - began
        await other.send({"type": "ping"})
        assert await other.receive() == {"type": "pong"}
    assert (code, {message["type"] for message in before} <= {"next"}) == (4403, True)
    assert took < 2


async def test_a_stop_of_the_server_asks_to_come_again(world: World) -> None:
    """A server that stops closes with 1012, and nothing is logged as a fault; the client goes on elsewhere."""
    with capture_logs() as logs:
        async with (
            serving(world.application.database.url) as first,
            first.following(world.admin.secret, EVENTS) as follower,
        ):
            await first.stop()
            code, before = await follower.closed()
    assert (code, {message["type"] for message in before} <= {"next"}) == (1012, True)
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"}] == []
    await world.offered()
    async with serving(world.application.database.url) as second:
        begun = follower.begun["cursor"]
        async with second.following(world.admin.secret, EVENTS, after=begun) as again:
            assert (await again.next(1))[0]["type"] == "lead.created"


async def test_a_replay_leaves_others_their_turn(world: World, server: Server) -> None:
    """While clients replay the log, small questions are answered without much delay."""
    async with world.application.database.transaction() as connection:
        await connection.execute(text(MANY))
    world.application.sequencer.wake()
    await world.settle()
    key, longest = world.admin.secret, 0.0
    clock = asyncio.get_running_loop().time
    async with server.following(key, EVENTS, types=["team.changed"], after="EARLIEST") as follower:
        replay = asyncio.create_task(follower.next(2_000))
        async with httpx.AsyncClient(base_url=server.http, headers={"Authorization": f"Bearer {key}"}) as http:
            while not replay.done():
                began = clock()
                assert (await http.post("/graphql", json={"query": "{ viewer { role } }"})).status_code == 200
                longest = max(longest, clock() - began)
        assert len({one["id"] for one in await replay}) == 2_000
    assert longest < 1


async def test_the_gql_client_follows(world: World, server: Server) -> None:
    """An ordinary client library follows and stops."""
    token = {"Authorization": f"Bearer {world.admin.secret}"}
    transport = WebsocketsTransport(url=server.address, init_payload=token, subprotocols=["graphql-transport-ws"])
    types = []
    async with Client(transport=transport) as session:
        document = gql("subscription { handovers { type handover { state } } }")
        async with aclosing(session.subscribe(document)) as told:
            async for data in told:
                types.append(data["handovers"]["type"])
                if len(types) == 1:
                    await world.offered()
                if "ASSIGNED" in types:
                    break
    assert [one for one in types if one != "CHECKPOINT"] == ["OFFERED", "ASSIGNED"]


async def frames(server: Server, key: str, count: int, **headers: str) -> list[dict[str, str]]:
    """The first events of a stream of server-sent events, checkpoints apart, with their ids."""
    found: list[dict[str, str]] = []
    query = 'subscription { events(after: "EARLIEST") { cursor type } }'
    everything = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream", **headers}
    async with (
        httpx.AsyncClient(base_url=server.http, headers=everything) as http,
        http.stream("POST", "/graphql", json={"query": query}) as response,
    ):
        lines: dict[str, str] = {}
        async for line in response.aiter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                lines[name] = value
            elif lines:
                found.append(lines)
                lines = {}
            if len(found) == count:
                break
    return found


async def test_server_sent_events_go_on_behind_the_last_id(world: World, server: Server) -> None:
    """Each event carries its cursor as id; Last-Event-ID goes on behind it, whatever `after` says."""
    first = await frames(server, world.admin.secret, 6)
    for frame in first:
        assert orjson.loads(frame["data"])["data"]["events"]["cursor"] == frame["id"]
    again = await frames(server, world.admin.secret, 3, **{"Last-Event-ID": first[2]["id"]})
    assert again == first[3:]
    (refused,) = await frames(server, world.admin.secret, 1, **{"Last-Event-ID": "nonsense"})
    assert orjson.loads(refused["data"])["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
