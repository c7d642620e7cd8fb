"""How long it takes from an event to its subscribers: a server and its clients in two processes."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.soak.busy_server import GROUPS

QUERY = """subscription ($filter: HandoverFilter) { handovers(filter: $filter) { id cursor at type
  handover { id state round trigger grade team assignee offeredAt answerDueAt escalationLevel } } }"""
_CLOCK_TICKS = 100


@dataclass(frozen=True)
class FanOut:
    """What a run measured; milliseconds from the event to the client, seconds of the server's processor."""

    deliveries: int
    p50: float
    p99: float
    slowest: float
    processor_seconds: float
    seconds: float

    def __str__(self) -> str:
        each = self.processor_seconds / self.deliveries * 1e6
        return (
            f"{self.deliveries} deliveries in {self.seconds:.1f} s: p50 {self.p50:.0f} ms, p99 {self.p99:.0f} ms, "
            f"slowest {self.slowest:.0f} ms, {each:.0f} µs of the server's processor each"
        )


async def measure(url: str, *, subscribers: int, rate: float, seconds: float, filtered: bool) -> FanOut:
    """Have events happen at a rate and time their arrival; filtered: each concerns every tenth subscriber only."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.busy_server", url, stdin=PIPE, stdout=PIPE
    )
    assert server.stdin is not None
    port, *keys = await _announced(server)
    events = int(rate * seconds)
    wanted = events // GROUPS if filtered else events
    ready, spans = asyncio.Semaphore(0), list[float]()
    async with asyncio.TaskGroup() as group:
        for number in range(subscribers):
            variables = {"filter": {"assignee": f"person-{number % GROUPS}"}} if filtered else {}
            group.create_task(_subscribe(int(port), keys[number % 2], variables, wanted, ready, spans))
        for _ in range(subscribers):
            await ready.acquire()
        before, began = _processor_seconds(server), time.monotonic()
        server.stdin.write(f"{events} {rate}\n".encode())
    took, used = time.monotonic() - began, _processor_seconds(server) - before
    server.stdin.close()
    await server.wait()
    spans.sort()
    p50, p99, slowest = (1000 * spans[int(share * (len(spans) - 1))] for share in (0.5, 0.99, 1))
    return FanOut(len(spans), p50, p99, slowest, used, took)


async def _announced(server: Process) -> list[str]:
    """What the server says once it serves: its port and keys."""
    assert server.stdout is not None
    while line := (await server.stdout.readline()).decode():
        if line.startswith("port "):
            return line.split()[1:]
    raise AssertionError("The server did not start.")


async def _subscribe(
    port: int, key: str, variables: dict[str, Any], count: int, ready: asyncio.Semaphore, spans: list[float]
) -> None:
    options: dict[str, Any] = {"subprotocols": [Subprotocol("graphql-transport-ws")], "compression": None}
    async with connect(f"ws://127.0.0.1:{port}/graphql", max_queue=1000, **options) as ws:
        await _send(ws, {"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
        await ws.recv()
        await _send(ws, {"type": "subscribe", "id": "1", "payload": {"query": QUERY, "variables": variables}})
        while count:
            told = orjson.loads(await ws.recv())["payload"]["data"]["handovers"]
            if told["type"] == "CHECKPOINT":
                ready.release()
                continue
            spans.append(time.time() - datetime.fromisoformat(told["at"]).timestamp())
            count -= 1


async def _send(ws: ClientConnection, message: dict[str, Any]) -> None:
    await ws.send(orjson.dumps(message).decode())


def _processor_seconds(process: Process) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS
