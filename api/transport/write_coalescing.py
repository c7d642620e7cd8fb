"""Frames of a WebSocket that are sent in one turn of the event loop leave together: one system call for all of them."""

from __future__ import annotations

import asyncio
from asyncio import BaseTransport, Transport
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

AT_ONCE = 65_536
"""The most bytes that are gathered; more are passed on at once, so that a slow reader is felt."""


class CoalescingTransport:
    """A transport that passes on at the end of a turn what was written in it."""

    def __init__(self, transport: Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Write at the end of the turn, in the order of the calls."""
        if not self._written:
            self._loop.call_soon(self._pass_on)
        self._written.append(data)
        self._size += len(data)
        if self._size >= AT_ONCE:
            self._pass_on()

    def close(self) -> None:
        """Close behind what was written."""
        self._pass_on()
        self._transport.close()

    def _pass_on(self) -> None:
        if self._written:
            data = b"".join(self._written)
            self._written, self._size = [], 0
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's."""
        return getattr(self._transport, name)


class GatheringProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's protocol over a transport that gathers."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin, with a transport that gathers in the place of the one given."""
        coalescing = CoalescingTransport(cast(Transport, transport), self.loop)
        super().connection_made(cast(BaseTransport, coalescing))
