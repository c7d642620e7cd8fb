"""A client of the subscriptions: graphql-transport-ws, which comes again and goes on behind the last event."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
FINAL_CODES = frozenset({4400, 4401, 4406, 4409, 4429})
FINAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 426})
TRANSIENT = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "RATE_LIMITED"})
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


class StreamRefused(Exception):
    """The server will not serve this however often it is asked; the message says why."""


class _Interrupted(Exception):
    """The stream broke off; it is worth coming again."""


@dataclass
class Subscription:
    """One field of the subscription type and where it has got to."""

    field: str
    query: str
    after: str | None = None


@dataclass(frozen=True)
class Told:
    """One event of a subscription: the envelope as the query asked for it."""

    field: str
    event: Mapping[str, Any]


def socket_address(url: str) -> str:
    """The WebSocket address of an API that may be given as http://, without /graphql too."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise StreamRefused(f"{url} is no address such as ws://127.0.0.1:8000/graphql.")
    path = parts.path if parts.path.strip("/") else "/graphql"
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, parts.query, ""))


async def follow(
    url: str, key: str, subscriptions: list[Subscription], *, notice: Callable[[str], None]
) -> AsyncIterator[Told]:
    """The events of subscriptions, without an end; `notice` is told when the connection is lost and made again."""
    address, pause, lost = socket_address(url), FIRST_PAUSE, False
    while True:
        try:
            async with connect(address, subprotocols=[PROTOCOL], max_size=None, open_timeout=10) as socket:
                await _begin(socket, key, subscriptions)
                if lost:
                    notice("connected again")
                pause, lost = FIRST_PAUSE, False
                async for told in _events(socket, subscriptions):
                    yield told
        except (_Interrupted, OSError, WebSocketException, TimeoutError) as trouble:
            if not lost:
                notice(f"{_why(trouble, address)}; trying again")
            lost = True
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 - spreads clients out, guards nothing
        pause = min(2 * pause, LONGEST_PAUSE)


async def _begin(socket: ClientConnection, key: str, subscriptions: list[Subscription]) -> None:
    """Sign in and subscribe."""
    try:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}))
        async with asyncio.timeout(10):
            while json.loads(await socket.recv()).get("type") != "connection_ack":
                pass
        for place, wanted in enumerate(subscriptions):
            payload = {"query": wanted.query, "variables": {"after": wanted.after}}
            await socket.send(json.dumps({"type": "subscribe", "id": str(place), "payload": payload}))
    except ConnectionClosed as closed:
        raise _judged(closed) from None


async def _events(socket: ClientConnection, subscriptions: list[Subscription]) -> AsyncIterator[Told]:
    while True:
        try:
            message = json.loads(await socket.recv())
        except ConnectionClosed as closed:
            raise _judged(closed) from None
        if message["type"] == "ping":
            await socket.send(json.dumps({"type": "pong"}))
        elif message["type"] in {"next", "error", "complete"}:
            wanted = subscriptions[int(message["id"])]
            event = _event(message, wanted)
            wanted.after = event["cursor"]
            yield Told(wanted.field, event)


def _event(message: Mapping[str, Any], wanted: Subscription) -> Mapping[str, Any]:
    if message["type"] == "complete":
        raise _Interrupted("the server ended the stream")
    payload = message["payload"]
    errors = payload if message["type"] == "error" else payload.get("errors", ())
    data = None if message["type"] == "error" else payload.get("data")
    if data and data.get(wanted.field):
        event: Mapping[str, Any] = data[wanted.field]
        return event
    codes = {error.get("extensions", {}).get("code") for error in errors}
    said = "; ".join(error["message"] for error in errors) or "an empty answer"
    if codes & TRANSIENT:
        raise _Interrupted(said)
    raise StreamRefused(f"{wanted.field} cannot be followed: {said}")


def _judged(closed: ConnectionClosed) -> Exception:
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
    if code == 4403:
        return StreamRefused("The key was refused: it is unknown, revoked, expired, or may not follow this.")
    if code in FINAL_CODES:
        return StreamRefused(f"The server closed the connection: {code} {reason}".rstrip())
    return _Interrupted(f"connection lost ({code})" if code else "connection lost")


def _why(trouble: BaseException, address: str) -> str:
    if isinstance(trouble, InvalidURI):
        raise StreamRefused(f"{address} is no address of a WebSocket.") from None
    if isinstance(trouble, InvalidStatus):
        status = trouble.response.status_code
        if status in FINAL_STATUSES:
            raise StreamRefused(f"{address} is no API of Baton: it answers {status}.") from None
        return f"the server answers {status}"
    if isinstance(trouble, OSError) and not isinstance(trouble, TimeoutError):
        return f"no server answers at {address}"
    return str(trouble) or "the server does not answer"
