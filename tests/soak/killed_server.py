"""`baton serve` as an operator runs it, killed and started again, and clients that write and follow meanwhile."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

FOLLOW = """subscription ($after: Cursor, $consumer: String) {
  events(types: ["team.changed"], after: $after, consumer: $consumer) { id cursor type } }"""
LOG = """query ($after: Cursor) { events(types: ["team.changed"], after: $after, first: 100) {
  nodes { id cursor } pageInfo { hasNextPage endCursor } } }"""
CHANGE = "mutation ($input: UpsertTeamInput!) { upsertTeam(input: $input) { team { key } errors { code } } }"
ACKNOWLEDGE = "mutation ($input: AckEventsInput!) { ackEvents(input: $input) { cursor errors { code } } }"


@dataclass
class KilledServer:
    """A server on an embedded database in a folder, on one port, that is killed and comes again."""

    folder: Path
    port: int
    process: Process | None = None
    key: str = ""

    async def start(self) -> None:
        """Start it; the first time it tells its key."""
        environment = {**os.environ, "BATON_DATA": str(self.folder), "BATON_LOG_LEVEL": "error"}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api.cli",
            "serve",
            "--port",
            str(self.port),
            env=environment,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            if line.startswith("Admin key"):
                self.key = line.split()[2]
            if line.startswith("Ctrl-C"):
                return
        raise AssertionError("The server did not start.")

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """End it as an operator would, with its database."""
        assert self.process is not None
        self.process.terminate()
        await self.process.wait()

    async def ask(self, http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
        """The data of an answer."""
        headers = {"Authorization": f"Bearer {self.key}"}
        address = f"http://127.0.0.1:{self.port}/graphql"
        answer = await http.post(address, json={"query": query, "variables": variables}, headers=headers)
        return answer.json()["data"]


@dataclass
class Recorder:
    """A client that follows and writes down what it is told; it comes again whenever it loses its server."""

    server: KilledServer
    consumer: str | None = None
    """With a name it always sends the variables it began with and acknowledges; without, it sends its last cursor."""
    told: list[tuple[str, str]] = field(default_factory=list)
    """Cursor and id of each event, as they came."""
    runs: list[int] = field(default_factory=list)
    """Where in `told` each connection began."""

    async def follow(self) -> None:
        """Follow until cancelled."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError, httpx.HTTPError):
                await self._connected()
            await asyncio.sleep(0.05)

    async def _connected(self) -> None:
        address = f"ws://127.0.0.1:{self.server.port}/graphql"
        protocol = [Subprotocol("graphql-transport-ws")]
        after = self.told[-1][0] if self.told and self.consumer is None else "EARLIEST"
        async with connect(address, subprotocols=protocol) as ws, httpx.AsyncClient() as http:
            payload: dict[str, Any] = {"Authorization": f"Bearer {self.server.key}"}
            await ws.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
            await ws.recv()
            payload = {"query": FOLLOW, "variables": {"after": after, "consumer": self.consumer}}
            await ws.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": payload}).decode())
            self.runs.append(len(self.told))
            async for frame in ws:
                event = orjson.loads(frame)["payload"]["data"]["events"]
                if event["type"] == "team.changed":
                    self.told.append((event["cursor"], event["id"]))
                    await self._acknowledge(http)

    async def _acknowledge(self, http: httpx.AsyncClient) -> None:
        if self.consumer is not None and len(self.told) % 5 == 0:
            given = {"consumer": self.consumer, "cursor": self.told[-1][0]}
            await self.server.ask(http, ACKNOWLEDGE, input=given)


async def change_teams(server: KilledServer, key: str, confirmed: list[str]) -> None:
    """Change a team again and again until cancelled; what was confirmed is noted."""
    number = 0
    async with httpx.AsyncClient() as http:
        while True:
            number += 1
            team = {"key": key, "title": f"{key} {number}", "party": "SALES", "members": []}
            with suppress(httpx.HTTPError):
                answer = await server.ask(http, CHANGE, input=team)
                if answer and not answer["upsertTeam"]["errors"]:
                    confirmed.append(f"{key} {number}")
            await asyncio.sleep(random.random() * 0.03)


async def whole_log(server: KilledServer) -> list[tuple[str, str]]:
    """Cursor and id of all events there are."""
    found: list[tuple[str, str]] = []
    after = None
    async with httpx.AsyncClient() as http:
        while True:
            page = (await server.ask(http, LOG, after=after))["events"]
            found += [(node["cursor"], node["id"]) for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
