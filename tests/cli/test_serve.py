"""`baton serve` in a process of its own: the first key, health, and a clean end whoever still listens."""

from __future__ import annotations

import asyncio
import json
import signal

import httpx
import psutil  # type: ignore[import-untyped]
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.cli.client.remote import Remote
from tests.cli.conftest import Running, Start, get

KEY = r"(baton_\S+)"
URL = r"(http://\S+/graphql)"
STREAM = "subscription { handovers { cursor } }"


async def test_the_first_start_prints_a_key_and_ends_whoever_still_listens(start: Start, address: str) -> None:
    """The key works; at SIGTERM a WebSocket is closed with 1012, an event stream ends, the server within seconds."""
    server = start("serve", "--port", "0", "--graphiql")
    key, url = await server.seen(KEY), await server.seen(URL)
    assert (await get(url, "/health/ready")).status_code == 200
    assert (await get(url, "/")).headers["content-type"].startswith("text/html")
    async with Remote(url, key) as remote:
        assert await remote.ask("{ viewer { role } }", {}) == {"viewer": {"role": "ADMIN"}}
    ends = await asyncio.gather(_over_socket(url, key), _over_events(url, key), _stop_soon(server))
    assert tuple(ends) == (1012, True, 0)
    assert not [line for line in server.errors if "Traceback" in line or '"error"' in line]
    assert server.text.count("baton_") == 1


async def test_several_processes_share_the_work_and_end_together(start: Start, address: str) -> None:
    """One of two that dies is started again; Ctrl-C ends all of them; a port in use is told at once in one line."""
    server = start("serve", "--port", "0", "--workers", "2")
    url = await server.seen(URL)
    port = url.split(":")[2].split("/")[0]
    refused = start("serve", "--port", port)
    assert (await get(url, "/health/ready")).status_code == 200
    workers = psutil.Process(server.process.pid).children()
    workers[0].kill()
    assert await asyncio.to_thread(refused.status) == 1
    assert refused.errors == [f"baton: Port {port} of 127.0.0.1 is in use already; name another with --port."]
    assert await server.seen("worker ended and is started again", of=server.errors)
    assert await asyncio.to_thread(server.end, signal.SIGINT) == 0
    assert not [worker for worker in workers if worker.is_running()]


async def _over_socket(url: str, key: str) -> int | None:
    async with connect(url.replace("http", "ws"), subprotocols=[Subprotocol("graphql-transport-ws")]) as socket_:
        await socket_.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}))
        await socket_.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": STREAM}}))
        try:
            while True:
                await socket_.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def _over_events(url: str, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(timeout=30) as http,
        http.stream("POST", url, json={"query": STREAM}, headers=headers) as answer,
    ):
        return [line async for line in answer.aiter_lines()] != [] and answer.status_code == 200


async def _stop_soon(server: Running) -> int:
    await asyncio.sleep(1.5)
    return await asyncio.wait_for(asyncio.to_thread(server.end, signal.SIGTERM), 6)
