"""A real server whose embedded PostgreSQL is killed, frozen and killed again while people use it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.soak.killed_server import CHANGE, KilledServer, free_port

pytestmark = pytest.mark.soak
QUERY = "{ viewer { role } agreements { nodes { key } } }"
TEAM = {"key": "team", "title": "Team", "party": "SALES", "members": []}


class LoggingServer(KilledServer):
    """A server whose log is kept."""

    log: Path

    async def start(self) -> None:
        """Start it; it tells its key."""
        environment = {**os.environ, "BATON_DATA": str(self.folder), "BATON_LOG_LEVEL": "info"}
        self.log = self.folder.parent / "log"
        with self.log.open("w") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "api.cli",
                "serve",
                "--port",
                str(self.port),
                env=environment,
                stdout=PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            if line.startswith("Admin key"):
                self.key = line.split()[2]
            if line.startswith("Ctrl-C"):
                return
        raise AssertionError("The server did not start.")

    def postgres(self) -> psutil.Process:
        """The embedded server."""
        return psutil.Process(int((self.folder / "postgres/data/postmaster.pid").read_text().split()[0]))


@dataclass
class User:
    """Somebody who asks and changes all the time, and counts what they are told."""

    server: LoggingServer
    codes: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    well: float = 0.0
    """When both worked last."""

    async def use(self) -> None:
        """Go on until cancelled."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.server.port}", timeout=40) as http:
            while True:
                told = {await self._ask(http, QUERY), await self._ask(http, CHANGE, input=TEAM)}
                if told == {"OK"}:
                    self.well, self.changed = time.monotonic(), self.changed + 1
                await asyncio.sleep(0.05)

    async def _ask(self, http: httpx.AsyncClient, query: str, **variables: Any) -> str:
        headers = {"Authorization": f"Bearer {self.server.key}"}
        answer = await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        errors = answer.json().get("errors")
        code = errors[0]["extensions"]["code"] if errors else "OK"
        assert answer.status_code == {"OK": 200, "UNAVAILABLE": 503, "TIMEOUT": 504}.get(code, 200), answer.text
        self.codes[code] += 1
        return code


def killed(postgres: psutil.Process) -> None:
    """As the kernel does when memory runs out."""
    postgres.kill()


def backend_killed(postgres: psutil.Process) -> None:
    """One of its processes dies, so that it throws all others out and recovers."""
    with suppress(psutil.Error):
        next(child for child in postgres.children() if "baton" in " ".join(child.cmdline())).kill()


def restarted(postgres: psutil.Process) -> None:
    """Stopped by hand: it says goodbye and has to be started again."""
    postgres.send_signal(2)


HOW: dict[str, Callable[[psutil.Process], None]] = {
    "killed": killed,
    "a process of it killed": backend_killed,
    "stopped": restarted,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the user of the database may work."""
    tmp_path.chmod(0o755)
    return tmp_path / "data"


async def test_a_database_that_dies_under_the_server_comes_again(folder: Path) -> None:
    """Users are told UNAVAILABLE and nothing else; the log stays small; seconds later all is well again."""
    server = LoggingServer(folder, free_port())
    await server.start()
    user = User(server)
    using = asyncio.create_task(user.use())
    try:
        for what, trouble in HOW.items():
            async with asyncio.timeout(30):
                while not user.well:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            size, began = server.log.stat().st_size, time.monotonic()
            trouble(server.postgres())
            await asyncio.sleep(1)
            user.well = 0.0
            async with asyncio.timeout(60):
                while not user.well and not using.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            took = time.monotonic() - began
            written = server.log.stat().st_size - size
            print(f"\n{what}: well again after {took:.1f} s, {written / took:.0f} bytes of log a second, {user.codes}")
            assert written / took < 10_000, what
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=10) as http:
                await asyncio.sleep(1)
                assert (await http.get("/health/ready")).status_code == 200
    finally:
        using.cancel()
        ended = await asyncio.gather(using, return_exceptions=True)
        await server.stop()
    assert isinstance(ended[0], asyncio.CancelledError)
    assert set(user.codes) == {"OK", "UNAVAILABLE"}
    log = server.log.read_text()
    assert "Traceback" not in log
    assert '"level":"error"' not in log
