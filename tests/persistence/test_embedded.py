"""The embedded PostgreSQL: one server for all processes that use its folder."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock, patch

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from application.lifespan import embedded_watch
from persistence.database import embedded
from persistence.database.database import driver_dsn
from persistence.database.postgres_programs import EmbeddedPostgresError

USE_UNTIL_INPUT_ENDS = """
import sys
from pathlib import Path
from persistence.database import embedded
server = embedded.start(Path(sys.argv[1]))
print(server.url(), flush=True)
sys.stdin.read()
server.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def folder(run_folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder for a server, which is stopped afterwards whatever the test did."""
    folder = run_folder / f"own-{os.getpid()}-{request.node.name}"
    yield folder
    embedded.start(folder).stop()


def _use(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server of the folder until its input ends."""
    command = [sys.executable, "-c", USE_UNTIL_INPUT_ENDS, str(folder)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "postgresql" in process.stdout.readline()
    return process


def _server_process(folder: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
    except (FileNotFoundError, psutil.Error):
        return None
    return process if process.status() != psutil.STATUS_ZOMBIE else None


async def _ask(server: embedded.EmbeddedPostgres, question: str) -> str:
    connection = await asyncpg.connect(driver_dsn(make_url(server.url())))
    try:
        return str(await connection.fetchval(question))
    finally:
        await connection.close()


async def test_the_last_user_stops_the_server(folder: Path) -> None:
    """Two processes share one server; it runs until the second one leaves, and nothing is said on the way."""
    server = embedded.start(folder)
    other = _use(folder)
    first = _server_process(folder)
    server.stop()
    assert _server_process(folder) == first
    said, complaints = other.communicate()
    assert (said, complaints) == ("stopped\n", "")
    assert _server_process(folder) is None


async def test_killed_users_and_servers_are_survived(folder: Path) -> None:
    """After kill -9 of the only user its server is found and in the end stopped; a killed server is started again."""
    killed = _use(folder)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    found = _server_process(folder)
    server = embedded.start(folder)
    assert found == _server_process(folder)
    await _ask(server, "create table kept ()")
    server.stop()
    assert _server_process(folder) is None

    server = embedded.start(folder)
    server.leave()
    process = _server_process(folder)
    assert process is not None
    process.kill()
    await asyncio.sleep(0.2)
    assert (folder / "data" / "postmaster.pid").exists(), "the stale file is there"
    server = embedded.start(folder)
    assert await _ask(server, "select count(*) from kept") == "0"
    server.stop()


async def test_a_pid_file_that_names_another_process_is_no_server(folder: Path) -> None:
    """Numbers of processes are used again, above all in containers."""
    embedded.start(folder).stop()
    lines = [str(os.getpid()), str(folder / "data"), "1", "5432", str(folder / "data"), "", "1 1", "ready"]
    (folder / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    server = embedded.start(folder)
    assert await _ask(server, "select 1") == "1"
    server.stop()


async def test_folders_that_are_closed_deep_or_oddly_named_will_do(
    run_folder: Path, request: pytest.FixtureRequest
) -> None:
    """The server gets through to its data, and its socket lies where the path is short enough."""
    closed = run_folder / f"closed-{os.getpid()}"
    closed.mkdir(mode=0o700)
    folder = closed / ("deep, o'er and " * 8)
    async with embedded.embedded_postgres(folder) as server:
        assert await _ask(server, "select current_setting('fsync')") == "on"
        assert await _ask(server, "select current_setting('jit')") == "off"
        assert closed.stat().st_mode & 0o077 in (0, 0o001), "at most passed through"
    assert _server_process(folder) is None
    assert not server.socket_folder.exists()


async def test_a_server_that_died_is_started_again(folder: Path) -> None:
    """A server that is killed under its users runs again soon, with all it kept."""
    server = embedded.start(folder)
    with capture_logs() as logs, patch.multiple(embedded_watch, LOOK_SECONDS=0.05, FIRST_PAUSE_SECONDS=0.1):
        async with embedded_watch.kept_alive(server):
            await _ask(server, "create table kept ()")
            process = _server_process(folder)
            assert process is not None
            process.kill()
            async with asyncio.timeout(60):
                while _server_process(folder) in {None, process} or not await _answers(server):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert await _ask(server, "select count(*) from kept") == "0"
    server.stop()
    assert _server_process(folder) is None
    assert [entry["seconds"] for entry in logs if "is gone" in entry["event"]] == [0.1]


async def test_one_that_does_not_start_is_tried_after_growing_pauses() -> None:
    """Whoever cannot be started is not started again and again without end to the trouble."""
    gone = Mock(is_gone=Mock(return_value=True), revive=Mock(side_effect=EmbeddedPostgresError("no room\nat all")))
    pauses = patch.multiple(embedded_watch, LOOK_SECONDS=0.0, FIRST_PAUSE_SECONDS=0.01, LONGEST_PAUSE_SECONDS=0.04)
    with capture_logs() as logs, pauses:
        async with embedded_watch.kept_alive(gone):
            while gone.revive.call_count < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [entry["seconds"] for entry in logs if "seconds" in entry][:4] == [0.01, 0.02, 0.04, 0.04]
    assert {entry["reason"] for entry in logs if "reason" in entry} == {"no room"}


async def _answers(server: embedded.EmbeddedPostgres) -> bool:
    try:
        return await _ask(server, "select 1") == "1"
    except (OSError, asyncpg.PostgresError):
        return False
