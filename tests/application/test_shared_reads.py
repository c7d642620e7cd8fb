"""Reads that many followers want at the same moment."""

from __future__ import annotations

import asyncio

import pytest

from application.runtime.shared_reads import SharedReads


class Source:
    """Something that is read; it counts how often, and can be made to wait or fail."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.trouble = False

    async def __call__(self, keys: list[str]) -> list[str]:
        """Each key with the number of the reading."""
        self.asked.append(keys)
        number = len(self.asked)
        await self.go_on.wait()
        if self.trouble:
            raise ConnectionError
        return [f"{key}{number}" for key in keys]


async def test_what_is_being_read_is_not_read_again() -> None:
    """Those who ask while a read is under way wait for it, each key read once."""
    source, reads = Source(), SharedReads[str, str](10)
    source.go_on.clear()
    asking = [asyncio.create_task(reads.get(keys, source)) for keys in (["a", "b"], ["b"], ["a", "c"])]
    await asyncio.sleep(0)
    source.go_on.set()
    assert await asyncio.gather(*asking) == [["a1", "b1"], ["b1"], ["a1", "c2"]]
    assert source.asked == [["a", "b"], ["c"]]


async def test_a_value_is_never_older_than_what_is_told_of_it() -> None:
    """A value read before the position that is asked for is read again, however young it is."""
    source, reads = Source(), SharedReads[str, str](10)
    assert await reads.get(["a"], source, position=5, at_least=5) == ["a1"]
    assert await reads.get(["a"], source, position=9, at_least=4) == ["a1"]
    assert await reads.get(["a"], source, position=9, at_least=6) == ["a2"]


async def test_values_grow_old() -> None:
    """What is no longer young is read again."""
    source, reads = Source(), SharedReads[str, str](0)
    assert [await reads.get(["a"], source) for _ in range(2)] == [["a1"], ["a2"]]


async def test_trouble_is_not_kept() -> None:
    """Who waits for a read that fails is told; the next one reads again."""
    source, reads = Source(), SharedReads[str, str](10)
    source.trouble = True
    with pytest.raises(ConnectionError):
        await reads.get(["a"], source)
    source.trouble = False
    assert await reads.get(["a"], source) == ["a2"]


async def test_one_who_gives_up_does_not_take_it_from_the_others() -> None:
    """A reader that is cancelled does not end the read that others wait for."""
    source, reads = Source(), SharedReads[str, str](10)
    source.go_on.clear()
    first, second = (asyncio.create_task(reads.get(["a"], source)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.go_on.set()
    assert await second == ["a1"]


async def test_only_so_many_are_remembered() -> None:
    """The oldest are forgotten when there are too many."""
    source, reads = Source(), SharedReads[str, str](10, size=2)
    for key in "abc":
        await reads.get([key], source)
    assert len(reads._reads) == 2
    assert await reads.get(["a"], source) == ["a4"]
