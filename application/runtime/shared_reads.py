"""Reads that many followers want at the same moment: done once, shared by all of them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ADMITTED_SECONDS = 1.0
"""The time for which it is believed that a key is valid."""
CURRENT_SECONDS = 0.5
"""The time that a record counts as current while nothing is told of it."""


class _Read(NamedTuple):
    """A read that has begun: its values and the place of one among them, how old it may get, what it has seen."""

    values: asyncio.Task[Sequence[Any]]
    place: int
    until: float
    position: int


class SharedReads(Generic[K, V]):
    """Values by key; one that is young, or is being read just now, is not read again."""

    def __init__(self, seconds: float, *, size: int = 10_000) -> None:
        self._seconds = seconds
        self._size = size
        self._reads: OrderedDict[K, _Read] = OrderedDict()

    async def get(
        self,
        keys: Sequence[K],
        read: Callable[[list[K]], Awaitable[Sequence[V]]],
        *,
        position: int = 0,
        at_least: int = 0,
    ) -> list[V]:
        """The values of keys, as they were at the position `at_least` of the log or later.

        `read` gives one value per key, in order; what it begins to read now knows the log up to `position`.
        """
        missing = [key for key in dict.fromkeys(keys) if not self._is_good(key, at_least)]
        if missing:
            self._begin(missing, read, position)
        reads = [self._reads[key] for key in keys]
        self._forget()
        return [(await _values(one))[one.place] for one in reads]

    def _is_good(self, key: K, at_least: int) -> bool:
        known = self._reads.get(key)
        if known is None or known.position < at_least or asyncio.get_running_loop().time() >= known.until:
            return False
        task = known.values
        return not task.done() or not (task.cancelled() or task.exception())

    def _begin(self, keys: list[K], read: Callable[[list[K]], Awaitable[Sequence[V]]], position: int) -> None:
        task = asyncio.ensure_future(_done(read, keys))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        until = asyncio.get_running_loop().time() + self._seconds
        for place, key in enumerate(keys):
            self._reads[key] = _Read(task, place, until, position)
            self._reads.move_to_end(key)

    def _forget(self) -> None:
        while len(self._reads) > self._size:
            self._reads.popitem(last=False)


async def _values(one: _Read) -> Sequence[Any]:
    """The values, whose reading goes on for the others when this reader gives up."""
    return one.values.result() if one.values.done() else await asyncio.shield(one.values)


async def _done(read: Callable[[list[K]], Awaitable[Sequence[V]]], keys: list[K]) -> Sequence[V]:
    return await read(keys)


@dataclass(frozen=True)
class FollowersReads:
    """The log as read by the followers of one process."""

    admitted: SharedReads[UUID, bool] = field(default_factory=lambda: SharedReads(ADMITTED_SECONDS))
    """True if a key is still valid."""
    current: SharedReads[tuple[str, UUID], Any] = field(default_factory=lambda: SharedReads(CURRENT_SECONDS))
    """Records as they stand, by table and id."""
