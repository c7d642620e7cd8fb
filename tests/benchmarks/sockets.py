"""From an event to GraphQL subscriptions over WebSocket; those who follow run in a process of their own."""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from time import perf_counter
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from api.build import create_api
from api.cli.serving.server import ApiServer
from api.settings import ApiSettings
from application.directory.manage_keys import create_key
from application.runtime.transaction import Application
from domain.people.principal import Role
from tests.benchmarks.measuring import percentile

QUERY = 'subscription { events(types: ["lead.stage"]) { id cursor at type payload } }'
_SETTINGS = ApiSettings(requests_per_second=1e6, request_burst=10**6, subscriptions_per_principal=10_000)


class Followers:
    """So many subscriptions to a house, each over a socket of its own, in another process."""

    def __init__(self, application: Application, number: int) -> None:
        self._application, self._number = application, number

    async def __aenter__(self) -> Followers:
        """Serve the house, and wait until all follow."""
        _, secret = await create_key(self._application, None, name="follower", role=Role.ADMIN, person="root")
        listener = socket.create_server(("127.0.0.1", 0))
        server = ApiServer(create_api(self._application, _SETTINGS), self._application)
        self._serving = asyncio.create_task(server.run_until_cancelled(listener))
        address = f"ws://127.0.0.1:{listener.getsockname()[1]}/graphql"
        command = (sys.executable, "-m", "tests.benchmarks.sockets", address, secret, str(self._number))
        self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        assert await self._line() == "following"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let them go, and stop serving."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.wait()
        self._serving.cancel()
        with suppress(asyncio.CancelledError):
            await self._serving

    async def _line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def lags(self) -> tuple[int, float, float]:
        """Since they were last asked: how many deliveries there were, and p50 and p99 of their seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        number, p50, p99 = (await self._line()).split()
        return int(number), float(p50), float(p99)


async def _follow(address: str, secret: str, lags: list[float], ready: asyncio.Semaphore) -> None:
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], max_queue=None) as ws:
        await ws.send(_written(type="connection_init", payload={"Authorization": f"Bearer {secret}"}))
        await ws.recv()
        await ws.send(_written(id="1", type="subscribe", payload={"query": QUERY}))
        await ws.recv()
        ready.release()
        async for message in ws:
            now = perf_counter()
            event = orjson.loads(message)["payload"]["data"]["events"]
            if event["type"] == "lead.stage":
                lags.append(now - event["payload"]["began"])


def _written(**message: Any) -> str:
    return orjson.dumps(message).decode()


async def _main(address: str, secret: str, number: int) -> None:
    lags: list[float] = []
    ready = asyncio.Semaphore(0)
    following = [asyncio.create_task(_follow(address, secret, lags, ready)) for _ in range(number)]
    for _ in following:
        await ready.acquire()
    print("following", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(len(lags), percentile(lags, 0.5) if lags else 0, percentile(lags, 0.99) if lags else 0, flush=True)
        lags.clear()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
