"""A real server and real clients of it, for what only shows on a socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from api.settings import ApiSettings
from api.transport.app import uvicorn_options
from tests.api.small import KEY, SmallApplication, app

SIGN_IN = {"type": "connection_init", "payload": {"Authorization": f"Bearer {KEY}"}}


class Server:
    """The application under uvicorn, on a port of its own."""

    def __init__(self, application: SmallApplication, **settings: Any) -> None:
        self.application = application
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.asgi = app(application, **settings)
        options = {**uvicorn_options(ApiSettings(**settings)), "ws_ping_interval": None}
        config = uvicorn.Config(self.asgi, log_level="error", **options)
        self.uvicorn = uvicorn.Server(config)

    @property
    def address(self) -> str:
        """Where sockets are opened."""
        return f"ws://127.0.0.1:{self.listener.getsockname()[1]}/graphql"

    def open(self, protocol: str = "graphql-transport-ws", **options: Any) -> connect:
        """Open a socket."""
        return connect(self.address, subprotocols=[Subprotocol(protocol)], **options)

    @asynccontextmanager
    async def signed_in(self, **options: Any) -> AsyncIterator[Socket]:
        """A socket on which somebody has signed in."""
        async with self.open(**options) as ws:
            own = Socket(ws)
            await own.send(SIGN_IN)
            assert await own.receive() == {"type": "connection_ack"}
            yield own


class Socket:
    """A client's end that speaks JSON and insists on text frames."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    async def send(self, *messages: Any) -> None:
        """Send messages."""
        for message in messages:
            await self.ws.send(orjson.dumps(message).decode())

    async def subscribe(self, query: str, name: str = "1", **payload: Any) -> None:
        """Start an operation."""
        await self.send({"type": "subscribe", "id": name, "payload": {"query": query, **payload}})

    async def receive(self) -> Any:
        """The next message."""
        frame = await asyncio.wait_for(self.ws.recv(), 20)
        assert isinstance(frame, str)
        return orjson.loads(frame)

    async def closed(self) -> tuple[int, list[Any]]:
        """The code the socket is closed with, and what came before."""
        before = []
        with suppress(ConnectionClosed):
            while True:
                before.append(await self.receive())
        return self.ws.close_code or 0, before


class _NoSignals:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


@asynccontextmanager
async def serving(application: SmallApplication | None = None, **settings: Any) -> AsyncIterator[Server]:
    """A running server; it is stopped at the end, and has logged no fault unless the test took the log."""
    server = Server(application or SmallApplication(), **settings)
    server.uvicorn.capture_signals = _NoSignals  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.uvicorn.serve([server.listener]))
    await until(lambda: server.uvicorn.started)
    try:
        yield server
    finally:
        server.uvicorn.should_exit = True
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], Any]) -> None:
    """Wait until something holds, at most a second."""
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It did not come to hold within a second.")


async def deaf_reader(server: Server, query: str) -> socket.socket:
    """A client that signs in, subscribes and then reads nothing more."""
    loop = asyncio.get_running_loop()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    await loop.sock_connect(deaf, server.listener.getsockname())
    protocol = ClientProtocol(parse_uri(server.address), subprotocols=[Subprotocol("graphql-transport-ws")])
    protocol.send_request(protocol.connect())
    await loop.sock_sendall(deaf, b"".join(protocol.data_to_send()))
    protocol.receive_data(await loop.sock_recv(deaf, 4096))
    for message in (SIGN_IN, {"type": "subscribe", "id": "1", "payload": {"query": query}}):
        protocol.send_text(orjson.dumps(message))
    await loop.sock_sendall(deaf, b"".join(protocol.data_to_send()))
    return deaf
