"""When the database is away, full, locked or used up: what each way in is told, and that all goes on afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from api import build
from api.settings import ApiSettings
from application.clock.clock_loop import ClockLoop
from application.directory.manage_keys import create_key
from domain.people.principal import Role
from persistence.database.database import driver_dsn
from persistence.tables import metadata
from tests.api.following import EVENTS, Server, serving
from tests.api.house import mutation_of
from tests.api.server import Socket

FULL = """
create function full_disk() returns trigger language plpgsql as $$ begin
  raise exception 'could not extend file' using errcode = '53100'; end $$;
""" + "".join(
    f"create trigger full_disk before insert or update or delete on {name} execute function full_disk();"
    for name in metadata.tables
    if not (name.startswith("obligation_"))
)
TEAM = {"key": "team", "title": "Team", "party": "SALES", "members": []}
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "query": ("{ agreements { nodes { key } } }", {}),
    "nullable query": ('{ agreement(key: "main") { key } }', {}),
    "mutation": (mutation_of("upsertTeam", "team { key } errors { code }"), {"input": TEAM}),
    "bulk": (mutation_of("upsertLeads", "results { status } errors { code }"), {}),
}
STREAM = "subscription { events { cursor } }"


@dataclass
class Scene:
    """A server, its database seen from outside, and keys that nobody has used yet."""

    server: Server
    outside: asyncpg.Connection[Any]
    keys: list[str]

    @property
    def name(self) -> str:
        """The database."""
        return str(self.server.application.database.url.database)

    async def ask(self, http: httpx.AsyncClient, way: str, key: str) -> tuple[int, str]:
        """The status and the code of an answer; 503 says when to come again."""
        query, variables = WAYS[way]
        if way == "bulk":
            variables = {"input": {"source": "crm", "leads": [{"externalId": uuid4().hex, "fields": {}}]}}
        response = await http.post(
            "/graphql", json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {key}"}
        )
        if response.status_code == 503:
            assert int(response.headers["retry-after"]) >= 1
        errors = response.json().get("errors")
        return response.status_code, errors[0]["extensions"]["code"] if errors else "OK"

    async def signing_in(self, key: str) -> tuple[int, list[Any]]:
        """How a socket is closed on which somebody signs in."""
        async with connect(self.server.address, subprotocols=[Subprotocol("graphql-transport-ws")]) as ws:
            socket = Socket(ws)
            await socket.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
            return await socket.closed()

    async def stream(self, http: httpx.AsyncClient, key: str) -> tuple[int, bool]:
        """The status of a stream of events, and whether it was ended as if it were complete."""
        headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
        async with http.stream("POST", "/graphql", json={"query": STREAM}, headers=headers) as answer:
            lines = [line async for line in answer.aiter_lines()]
        return answer.status_code, "event: complete" in lines


@asynccontextmanager
async def away(scene: Scene) -> AsyncIterator[None]:
    """Lost connections, and new ones are refused."""
    await scene.outside.execute(f'alter database "{scene.name}" allow_connections false')
    await scene.outside.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", scene.name)
    try:
        yield
    finally:
        await scene.outside.execute(f'alter database "{scene.name}" allow_connections true')


@asynccontextmanager
async def full(scene: Scene) -> AsyncIterator[None]:
    """Every write ends as on a full disk."""
    inside = await asyncpg.connect(driver_dsn(scene.server.application.database.url))
    try:
        await inside.execute(FULL)
        yield
    finally:
        await inside.execute("drop function full_disk cascade")
        await inside.close()


@asynccontextmanager
async def locked(scene: Scene) -> AsyncIterator[None]:
    """Somebody holds the tables and does not let go."""
    inside = await asyncpg.connect(driver_dsn(scene.server.application.database.url))
    schema = build.build_schema(ApiSettings(checkpoint_seconds=0.2))
    try:
        async with inside.transaction():
            await inside.execute("lock table agreement, team, lead, event_head in access exclusive mode")
            with patch.multiple(schema, execution_seconds=0.3, mutation_seconds=0.3):
                yield
    finally:
        await inside.close()


@asynccontextmanager
async def used_up(scene: Scene) -> AsyncIterator[None]:
    """All connections of the pool are in use and do not come back."""
    engine = scene.server.application.database.engine
    async with AsyncExitStack() as stack:
        for _ in range(20):
            await stack.enter_async_context(engine.connect())
        with patch.object(engine.pool, "_timeout", 0.1):
            yield


@pytest.fixture(scope="module")
async def scene(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[Scene]:
    """The server, with more keys than are used."""
    url = make_url(await new_database_url())
    outside = await asyncpg.connect(driver_dsn(url.set(database="postgres")))
    async with serving(url) as server:
        made = [await create_key(server.application, None, name=f"key {n}", role=Role.ADMIN) for n in range(20)]
        yield Scene(server, outside, [secret for _, secret in made])
    await outside.close()


UNAVAILABLE, TIMEOUT, FINE = (503, "UNAVAILABLE"), (504, "TIMEOUT"), (200, "OK")
PARTLY = (200, "UNAVAILABLE")
"""There is data: the field that could not be read is null."""
TROUBLES: dict[str, tuple[Any, dict[str, tuple[int, str]]]] = {
    "away": (away, {"query": UNAVAILABLE, "nullable query": PARTLY, "mutation": UNAVAILABLE, "bulk": UNAVAILABLE}),
    "full": (full, {"query": FINE, "nullable query": FINE, "mutation": UNAVAILABLE, "bulk": UNAVAILABLE}),
    "locked": (locked, {"query": TIMEOUT, "nullable query": TIMEOUT, "mutation": TIMEOUT, "bulk": TIMEOUT}),
    "used up": (
        used_up,
        {"query": UNAVAILABLE, "nullable query": PARTLY, "mutation": UNAVAILABLE, "bulk": UNAVAILABLE},
    ),
}


@pytest.mark.parametrize("what", TROUBLES)
async def test_trouble_is_told_as_trouble_and_passes(scene: Scene, what: str) -> None:
    """Each way in is told UNAVAILABLE or TIMEOUT, whether sign-in is remembered or not; nothing is a fault of ours.

    Readiness tells the truth, the log has lines and no tracebacks, and when it is over all ways work again.
    """
    trouble, expected = TROUBLES[what]
    server, known, unknown = scene.server, scene.keys.pop(), scene.keys.pop()
    unread = what in {"away", "used up"}
    clock = ClockLoop(server.application)
    with capture_logs() as logs:
        async with (
            httpx.AsyncClient(base_url=server.http, timeout=20) as http,
            server.following(known, EVENTS) as follower,
        ):
            with patch.object(build, "REMEMBERED_SECONDS", 60):  # so long the sign-in of this key comes from memory
                await asyncio.sleep(1.1)
                assert [await scene.ask(http, way, known) for way in WAYS] == [FINE] * len(WAYS)
            async with trouble(scene):
                told = await asyncio.gather(*(scene.ask(http, way, known) for way in WAYS))
                assert dict(zip(WAYS, told, strict=True)) == expected
                if unread:
                    assert set(await asyncio.gather(*(scene.ask(http, way, unknown) for way in WAYS))) == {UNAVAILABLE}
                    assert await scene.stream(http, unknown) == (503, False)
                    assert (await follower.closed())[0] == 1013
                    assert await scene.signing_in(unknown) == (1013, [])
                await clock.start()
                assert (await http.get("/health/ready")).status_code == 503
                assert (await http.get("/health/live")).status_code == 200
            async with asyncio.timeout(20):
                while (await http.get("/health/ready")).status_code != 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert [await scene.ask(http, way, unknown) for way in WAYS] == [FINE] * len(WAYS)
            async with asyncio.timeout(20), server.following(unknown, EVENTS) as after:
                await scene.ask(http, "mutation", unknown)
                assert [one["type"] for one in await after.next(1)] == ["team.changed"]
        await clock.stop()
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"} or entry.get("exc_info")] == []
    lines = [entry for entry in logs if entry["event"] not in {"request", "not_ready"}]  # one for each time we ask
    assert sum(map(len, map(str, lines))) < 5_000
