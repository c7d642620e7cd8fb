"""The house that tests of queries and mutations ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.api.house import World, open_world


@pytest.fixture(scope="module")
async def world(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house with an agreement in force, shared by the tests of a module."""
    async with open_world(await new_database_url()) as world:
        yield world
