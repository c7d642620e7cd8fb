"""A line in the log for each request and each WebSocket, when it has ended: who asked what, how it ended, how long."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OFTEN = ("/health/", "/metrics", "/graphiql/")
"""Where these paths begin is asked by machines every few seconds, or is a file of a page: told at level debug only."""
_log = structlog.get_logger("api.access")


def know_key(key_id: object) -> None:
    """Let the line of this request say with which key it was made; the key's id, not its secret."""
    structlog.contextvars.bind_contextvars(key=str(key_id))


class AccessLog:
    """An ASGI application around another one; queries and variables are never written, as they hold people's data."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the other application, and tell of it when it has ended."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        about: dict[str, Any] = {}
        since = time.monotonic()

        async def seen_send(message: Message) -> None:
            _look_at(message, about)
            await send(message)

        async def seen_receive() -> Message:
            message = await receive()
            _look_at(message, about)
            return message

        with structlog.contextvars.bound_contextvars(key=None):
            try:
                await self._app(scope, seen_receive, seen_send)
            finally:
                _tell(scope, about, time.monotonic() - since)


def _look_at(message: Message, about: MutableMapping[str, Any]) -> None:
    match message["type"]:
        case "http.response.start":
            about["status"] = message["status"]
            ids = [value.decode("latin-1") for name, value in message["headers"] if name.lower() == b"x-request-id"]
            about["request_id"] = ids[0] if ids else None
        case "websocket.close" | "websocket.disconnect":
            about.setdefault("status", message.get("code", 1000))


def _tell(scope: Scope, about: MutableMapping[str, Any], seconds: float) -> None:
    level = logging.DEBUG if scope["path"].startswith(OFTEN) else logging.INFO
    what = "socket" if scope["type"] == "websocket" else "request"
    method = {"method": scope["method"]} if what == "request" else {}
    _log.log(level, what, **method, path=scope["path"], **about, ms=round(1000 * seconds, 1))
