"""A real server before a house, and clients that follow its events over WebSocket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from api.build import create_api
from api.cli.serving.server import ApiServer
from api.settings import ApiSettings
from application.lifespan.running import open_application
from application.runtime.transaction import Application
from tests.api.house import MONDAY, HandTime
from tests.api.server import Socket, until

_ARGUMENTS = "after: $after, consumer: $consumer"
_VARIABLES = "$after: Cursor, $consumer: String"
HANDOVERS = f"""subscription ($filter: HandoverFilter, {_VARIABLES}) {{ handovers(filter: $filter, {_ARGUMENTS})
  {{ id cursor at type handoverId because handover {{ id state team assignee lead {{ stage }} }} }} }}"""
BREACHES = f"""subscription ($filter: BreachFilter, {_VARIABLES}) {{ breaches(filter: $filter, {_ARGUMENTS})
  {{ id cursor at type breachId because breach {{ id state kind severity subject {{ id }} }} }} }}"""
EVENTS = f"""subscription ($types: [String!], {_VARIABLES}) {{ events(types: $types, {_ARGUMENTS})
  {{ id cursor at type subject {{ id }} }} }}"""


@dataclass
class Server:
    """A server of a house of its own; several may serve one database."""

    application: Application
    time: HandTime
    port: int
    running: asyncio.Task[None]

    @property
    def address(self) -> str:
        """Where sockets are opened."""
        return f"ws://127.0.0.1:{self.port}/graphql"

    async def stop(self) -> None:
        """Stop as at SIGTERM."""
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running

    @property
    def http(self) -> str:
        """Where questions are asked."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def signed_in(self, key: str) -> AsyncIterator[Follower]:
        """A client with a key."""
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(self.address, subprotocols=protocols, max_queue=None) as ws:  # a full queue cannot close
            follower = Follower(ws)
            await follower.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
            assert await follower.receive() == {"type": "connection_ack"}
            yield follower

    @asynccontextmanager
    async def following(self, key: str, query: str, **variables: Any) -> AsyncIterator[Follower]:
        """A client with a key that follows one subscription."""
        async with self.signed_in(key) as follower:
            await follower.subscribe(query, variables=variables)
            if not variables.get("after"):
                follower.begun = await follower.told()
            yield follower


class Follower(Socket):
    """A client that follows one subscription."""

    begun: dict[str, Any]
    """The checkpoint that said where the stream begins, where no cursor was given."""

    async def told(self) -> dict[str, Any]:
        """The next envelope, checkpoints too."""
        message = await self.receive()
        assert message["type"] == "next", message
        (envelope,) = message["payload"]["data"].values()
        assert "errors" not in message["payload"], message
        return dict(envelope)

    async def next(self, count: int) -> list[dict[str, Any]]:
        """The next envelopes that are no checkpoints."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            envelope = await self.told()
            if envelope["type"].upper() != "CHECKPOINT":
                found.append(envelope)
        return found

    async def until_checkpoint(self) -> list[dict[str, Any]]:
        """All envelopes up to the next checkpoint, which is the last of them."""
        found = [await self.told()]
        while found[-1]["type"].upper() != "CHECKPOINT":
            found.append(await self.told())
        return found


@asynccontextmanager
async def serving(url: URL | str, **settings: Any) -> AsyncIterator[Server]:
    """A server of a house on a database."""
    text = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    time = HandTime(MONDAY)
    async with open_application(text, time=time, clock=False) as application:
        listener = socket.create_server(("127.0.0.1", 0))
        http = ApiServer(create_api(application, ApiSettings(**{"checkpoint_seconds": 0.2, **settings})), application)
        server = Server(
            application, time, listener.getsockname()[1], asyncio.create_task(http.run_until_cancelled(listener))
        )
        await until(lambda: http.started)
        try:
            yield server
        finally:
            await server.stop()
