"""Commands run in this process, and servers run in processes of their own."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import pytest
import structlog
from typer.testing import CliRunner

from api.cli.commands import app

HOUSE = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "api.cli")
PATIENCE = 120.0


@dataclass(frozen=True)
class Said:
    """What a command said, and the status with which it ended."""

    status: int
    out: str
    err: str


def run(*words: str | Path, given: str | None = None) -> Said:
    """Run a command in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=given, prog_name="baton")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


@dataclass
class Running:
    """A command in a process of its own, and the lines it has printed."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: IO[str] | None, lines: list[str]) -> None:
        with stream or nullcontext(()) as printed:
            lines.extend(line.rstrip("\n") for line in printed)

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return "\n".join(self.lines)

    async def seen(self, pattern: str, *, of: list[str] | None = None) -> str:
        """The first group of the pattern, once it stands in what was printed; in the errors where that is said."""
        return await asyncio.to_thread(self.wait_for, pattern, of=of)

    def wait_for(self, pattern: str, *, of: list[str] | None = None) -> str:
        """The same for tests that are not asynchronous."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            found = re.search(pattern, "\n".join(self.lines if of is None else of))
            if found:
                return found[1 if found.re.groups else 0]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not printed:\n{self.text}\n{'|'.join(self.errors)}")

    def end(self, number: int) -> int:
        """Send a signal and tell the exit status."""
        self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """The exit status, once it has ended."""
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(5)
        return status


Start = Callable[..., Running]


@contextmanager
def starting() -> Iterator[Start]:
    """Starts commands in processes of their own; what still runs at the end is killed."""
    started: list[Running] = []

    def begin(*words: str, **environment: str) -> Running:
        process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=HOUSE,
            env={**os.environ, **environment},
        )
        started.append(Running(process))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        running.status()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts commands in processes of their own, for one test."""
    with starting() as begin:
        yield begin


@pytest.fixture
async def address(new_database_url: Callable[..., Awaitable[str]], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database, set as BATON_DATABASE_URL as an operator writes it."""
    url = (await new_database_url(migrated=False)).replace("+asyncpg", "")
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    return url


async def get(url: str, path: str) -> httpx.Response:
    """What the server of an API answers at a path of its own."""
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        return await http.get(url.replace("/graphql", path))


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """The log of this process, set up afterwards as it was before the test."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
