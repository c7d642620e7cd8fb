"""Connections that are bounded before anybody signs in: how large and how slow a request may be.

Uvicorn's parser keeps every header whole, however long, and waits for each byte for ever. This protocol counts bytes
as they come in and sets an end to each part of a request: to its headers by their size, number and time, to its body
by its speed.
"""

from __future__ import annotations

from asyncio import TimerHandle
from asyncio import Transport as Connected
from collections.abc import Callable
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.errors import ApiError, Code
from api.settings import ApiSettings
from api.wire import write_json

_log = structlog.get_logger("api.graphql.lists.connections")

WORDS = {
    400: "This is no HTTP request.",
    408: "The request came in too slowly.",
    431: "The headers of the request are too large.",
}


class _Refused(Exception):
    """Raised inside the parser to stop it."""


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol for one connection, with bounds."""

    def __init__(self, settings: ApiSettings, **given: Any) -> None:
        super().__init__(**given)
        self._limits = settings.connections
        self._most_body = settings.body_bytes
        self._timer: TimerHandle | None = None
        self._status = 400
        self._in_headers = False
        self._arrived = 0
        """Bytes of this part of the request, as far as they are known."""
        self._body = 0

    def connection_made(self, transport: Connected) -> None:  # type: ignore[override]
        """Begin: the first request has to come in time too."""
        super().connection_made(transport)
        self._begin_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came in; headers that are too large are refused before they are whole."""
        if self.transport.is_closing():
            return
        self._arrived += len(data)
        super().data_received(data)
        if self._in_headers and self._arrived > self._limits.header_bytes:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if not self._in_headers:
            self._begin_headers()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; too many are refused."""
        super().on_header(name, value)
        if len(self.headers) > self._limits.header_lines:
            self._stop_parsing(431)

    def on_headers_complete(self) -> None:
        """The headers are whole: refused if too large, else the body may come."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > self._limits.header_bytes:
            self._stop_parsing(431)
        self._in_headers, self._body, self._arrived = False, 0, 0
        self._after(self._limits.body_seconds, self._body_is_due)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; one that goes on long after its answer ends the connection."""
        super().on_body(body)
        self._body += len(body)
        if self._body > self._most_body and self.cycle.response_complete:
            self.transport.close()

    def on_message_complete(self) -> None:
        """The request is whole; what the answer takes is no matter of the connection."""
        self._stop_timer()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on; a socket has limits of its own."""
        self._stop_timer()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the parser's words are not for clients
        """Say what is wrong with a request that was not parsed to its end."""
        self._refuse(self._status)

    def _begin_headers(self) -> None:
        self._in_headers, self._arrived = True, 0
        self._after(self._limits.header_seconds, self._headers_are_due)

    def _headers_are_due(self) -> None:
        if self._is_answering():
            self._after(self._limits.header_seconds, self._headers_are_due)
        elif self._arrived == 0:
            self.transport.close()  # opened in advance and never used; there is nothing to answer
        else:
            self._refuse(408)

    def _body_is_due(self) -> None:
        """Look whether the body came fast enough, unless it is us who do not read it."""
        ours = self.flow.read_paused or self.cycle.waiting_for_100_continue
        if ours or self._arrived >= self._limits.body_rate * self._limits.body_seconds:
            self._arrived = 0
            self._after(self._limits.body_seconds, self._body_is_due)
        else:
            self._refuse(408)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _stop_parsing(self, status: int) -> None:
        self._status = status
        raise _Refused

    def _refuse(self, status: int) -> None:
        """Answer, where no other answer has begun on this connection, and close it."""
        self._stop_timer()
        if self.transport.is_closing():
            return
        _log.info("connection_refused", status=status)
        in_body = not self._in_headers and self.cycle is not None and not self.cycle.response_started
        if in_body or not self._is_answering():
            self.transport.write(_answer(status))
        self.transport.close()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, act)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _answer(status: int) -> bytes:
    error = ApiError(Code.BAD_REQUEST, WORDS[status])
    body = write_json({"errors": [{"message": error.message, "extensions": error.as_extensions()}]})
    headers = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[status] + headers.encode() + body


def bounded(settings: ApiSettings) -> Callable[..., BoundedProtocol]:
    """Return what uvicorn makes the protocol of each connection with."""

    def protocol(**given: Any) -> BoundedProtocol:
        return BoundedProtocol(settings, **given)

    return protocol
