"""Long loops give others their turn: small requests are answered while a large batch is worked off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

AT_A_STRETCH_SECONDS = 0.02


class in_turns(Generic[Item]):  # noqa: N801 - it is read like a function: `async for lead in in_turns(leads)`
    """The items one by one; after each stretch of time all who wait get their turn first."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: Iterator[Item] = iter(items)
        self._clock = asyncio.get_running_loop().time
        self._until = self._clock() + AT_A_STRETCH_SECONDS

    def __aiter__(self) -> in_turns[Item]:
        return self

    async def __anext__(self) -> Item:
        if self._clock() >= self._until:
            await asyncio.sleep(0)
            self._until = self._clock() + AT_A_STRETCH_SECONDS
        for item in self._items:
            return item
        raise StopAsyncIteration
