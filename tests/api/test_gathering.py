"""Frames of one turn leave together."""

from __future__ import annotations

import asyncio
from typing import cast

from api.transport.write_coalescing import AT_ONCE, CoalescingTransport


class Noted:
    """A transport that notes what is asked of it."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Note what is written."""
        self.seen.append(data)

    def close(self) -> None:
        """Note the end."""
        self.seen.append(b"closed")

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return b"closed" in self.seen


def gathering() -> tuple[Noted, CoalescingTransport]:
    """A transport, and the one that gathers for it."""
    noted = Noted()
    return noted, CoalescingTransport(cast(asyncio.Transport, noted), asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_leaves_in_one_piece() -> None:
    """In the order of the calls, at the end of the turn; the next turn has a piece of its own."""
    noted, transport = gathering()
    for data in (b"a", b"b", b"c"):
        transport.write(data)
    assert noted.seen == []
    await asyncio.sleep(0)
    assert noted.seen == [b"abc"]
    transport.write(b"d")
    await asyncio.sleep(0)
    assert noted.seen == [b"abc", b"d"]


async def test_closing_leaves_nothing_behind() -> None:
    """What was written before the end goes before it."""
    noted, transport = gathering()
    transport.write(b"a")
    transport.close()
    await asyncio.sleep(0)
    assert noted.seen == [b"a", b"closed"]
    assert transport.is_closing()


async def test_much_does_not_wait() -> None:
    """As soon as there is much it is passed on, so that whoever writes feels a slow reader."""
    noted, transport = gathering()
    for _ in range(4):
        transport.write(bytes(AT_ONCE // 2))
    assert [len(data) for data in noted.seen] == [AT_ONCE, AT_ONCE]
    await asyncio.sleep(0)
    assert len(noted.seen) == 2
