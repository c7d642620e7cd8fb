"""One PostgreSQL for the whole run; each worker has a database of its own in it, emptied for each test."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from persistence.database import embedded
from persistence.database.database import Database, driver_dsn, migrate
from persistence.tables import metadata
from tests import sizes
from tests.sizes import examples

RUN_FOLDER = "BATON_TEST_FOLDER"
TEMPLATE = "baton_template"
SETTINGS = {
    **embedded.SETTINGS,
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum_naptime": "60s",
    "shared_buffers": "128MB",
}
EMPTY_ALL = [
    "set local session_replication_role = replica",
    *[f"delete from {name}" for name in metadata.tables],
    "insert into activation (epoch) values (0)",
    "insert into event_head (position) values (0)",
]

settings.register_profile(
    "house",
    max_examples=examples(100),
    deadline=None,
    derandomize=sizes.GIVEN is None,  # the same examples in every run, unless somebody searches for new ones
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

NewDatabase = Callable[[], Awaitable[Database]]


gc.disable()  # until all tests are imported


def pytest_collection_finish() -> None:
    """Search for garbage from now on."""
    gc.collect()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of this run's PostgreSQL, which starts with the first test that needs it."""
    if not hasattr(config, "workerinput"):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of many processes would compile the house anew
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="baton-tests-")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that even then nothing is left running


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop this run's PostgreSQL, whoever started it, and remove its folder."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(RUN_FOLDER))
    if (folder / "postgres" / "data").exists():
        embedded.start(folder / "postgres", settings=SETTINGS).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder of this run, which all its workers share."""
    return Path(os.environ[RUN_FOLDER])


@pytest.fixture(scope="session")
async def postgres(run_folder: Path) -> AsyncIterator[embedded.EmbeddedPostgres]:
    """The server of this run, with a template database that has all tables."""
    with (run_folder / "template.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        server = await asyncio.to_thread(embedded.start, run_folder / "postgres", settings=SETTINGS)
        if not (run_folder / "template.made").exists():
            await _administer(server, f"create database {TEMPLATE}")
            await migrate(server.url(TEMPLATE))
            await _administer(server, f"alter database {TEMPLATE} allow_connections false is_template true")
            (run_folder / "template.made").touch()
    yield server
    server.leave()  # other workers may come to need it only later


@pytest.fixture(scope="session")
async def new_database_url(postgres: embedded.EmbeddedPostgres) -> Callable[..., Awaitable[str]]:
    """Makes databases with all tables (or none: `migrated=False`) and gives their addresses.

    They go with the server: to drop each costs a checkpoint.
    """

    async def make(*, migrated: bool = True) -> str:
        name = f"test_{uuid4().hex}"
        await _administer(postgres, f"create database {name} template {TEMPLATE if migrated else 'template0'}")
        return postgres.url(name)

    return make


@pytest.fixture
async def new_database(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[NewDatabase]:
    """Makes databases that only one test uses, for tests that disturb connections or need several."""
    made: list[Database] = []

    async def make() -> Database:
        made.append(Database(await new_database_url()))
        return made[-1]

    yield make
    for database in made:
        await database.dispose()


@pytest.fixture(scope="session")
async def worker_database(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[Database]:
    """The database of this worker, as the tests before have left it."""
    database = Database(await new_database_url())
    yield database
    await database.dispose()


@pytest.fixture
async def database(worker_database: Database) -> Database:
    """A database with all tables, empty; what a test starts on it, it stops before its end."""
    async with worker_database.transaction() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute(";".join(EMPTY_ALL))  # type: ignore[union-attr]
    return worker_database


async def _administer(server: embedded.EmbeddedPostgres, statement: str) -> None:
    connection = await asyncpg.connect(driver_dsn(make_url(server.url("postgres"))))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
