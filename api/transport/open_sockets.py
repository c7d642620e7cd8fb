"""The sockets that somebody has signed in on: closed soon after their key has ended, also while nothing runs there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol
from uuid import UUID

import structlog

from api.errors import told

LOOK_SECONDS = 1.0
"""The time between two questions to the house, once for all sockets of a process."""

Admitted = Callable[[Collection[UUID]], Awaitable[Collection[UUID]]]
"""Says which of some keys are still valid."""

_log = structlog.get_logger("api.sockets")


class OpenSocket(Protocol):
    """A socket on which somebody has signed in."""

    @property
    def key_id(self) -> UUID:
        """The key it was opened with."""

    async def dismiss(self) -> None:
        """Close it, since its key has ended."""


class OpenSockets:
    """Those of one process; they are looked at for as long as there are any."""

    def __init__(self, admitted: Admitted | None) -> None:
        self._admitted = admitted
        self._sockets: set[OpenSocket] = set()
        self._looking: asyncio.Task[None] | None = None

    def add(self, socket: OpenSocket) -> None:
        """Look after a socket."""
        self._sockets.add(socket)
        if self._admitted is not None and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look(self._admitted), name="open sockets")

    def discard(self, socket: OpenSocket) -> None:
        """Look after a socket no longer."""
        self._sockets.discard(socket)

    async def _look(self, admitted: Admitted) -> None:
        while self._sockets:
            await asyncio.sleep(LOOK_SECONDS)
            keys = {socket.key_id for socket in self._sockets}
            try:
                good = set(await admitted(keys)) if keys else keys
            except Exception as error:  # noqa: BLE001 - whoever cannot be asked about stays for now
                if told(error) is None:
                    _log.exception("internal_error")
                continue
            ended = [socket for socket in self._sockets if socket.key_id in keys - good]
            await asyncio.gather(*(socket.dismiss() for socket in ended), return_exceptions=True)
