"""The scene that the tests of use cases play in: set once per worker, put back before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from application.agreements import submitting
from application.runtime.transaction import Application
from persistence.database.database import Database
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail
from persistence.tables import metadata
from rules.checking.trial import Passed
from tests.application.scene import Scene, StandingTime, set_scene
from tests.conftest import EMPTY_ALL

TRIED = {"test_activation_supersedes_the_version_in_force"}
"""The tests in which documents are tried as they are outside of tests."""
KEPT = "kept"
"""The schema in which the rows of the set scene are kept."""


@pytest.fixture(autouse=True)
def _no_trial(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Submit without the trial in a process of its own, which costs a second each time and is tested elsewhere."""
    if request.node.name not in TRIED:
        monkeypatch.setattr(submitting, "try_in_child", lambda _document: Passed())


async def _put_back(database: Database) -> None:
    async with database.transaction() as connection:
        for statement in EMPTY_ALL:
            if statement.startswith(("set", "delete")):
                await connection.execute(text(statement))
        for table in metadata.sorted_tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            copy = f"insert into {table.name} ({names}) overriding system value select {names} from {KEPT}.{table.name}"
            await connection.execute(text(copy))


@pytest.fixture(scope="session")
async def staged(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[Scene]:
    """The scene with the starter agreement active, its rows kept aside."""
    database = Database(await new_database_url())
    scene = await set_scene(database)
    await scene.application.sequencer.stop()
    async with database.transaction() as connection:
        await connection.execute(text(f"create schema {KEPT}"))
        for table in metadata.sorted_tables:
            await connection.execute(text(f"create table {KEPT}.{table.name} as table {table.name}"))
    yield scene
    await database.dispose()


@pytest.fixture
async def scene(staged: Scene) -> AsyncIterator[Scene]:
    """A house with the starter agreement active, two teams, a key for each role, and a time that stands still."""
    database = staged.application.database
    await _put_back(database)
    time = StandingTime()
    application = Application(database, time, Sequencer(database), Tail(database))
    application.sequencer.start()
    yield replace(staged, application=application, time=time)
    await application.sequencer.stop()


@pytest.fixture
async def bare_scene(database: Database) -> AsyncIterator[Scene]:
    """The same without any agreement."""
    made = await set_scene(database, active=False)
    yield made
    await made.application.sequencer.stop()
