"""The house that tests of queries and mutations ask."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import structlog

from tests.api.house import World, open_world


@pytest.fixture(scope="module")
async def world(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house with an agreement in force, shared by the tests of a module."""
    async with open_world(await new_database_url()) as world:
        yield world


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """The log of this process, set up afterwards as it was before the test."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
