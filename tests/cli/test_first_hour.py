"""The guide to the first hour: its commands are run as they stand there, and what it shows comes out."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.cli.conftest import HOUSE, Running, Start

GUIDE = (HOUSE / "docs" / "guides" / "first-hour.md").read_text(encoding="utf-8")
URL = r"(http://\S+/graphql)"
SERVE, WATCH = "make serve", ".venv/bin/baton watch"
BLOCKS = re.findall(r"^```(sh|text)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a .venv in which `baton` is the one that is tested."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / ".venv" / "bin" / "baton"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{HOUSE}" exec "{sys.executable}" -m api.cli "$@"\n')
    command.chmod(0o755)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def missing(shown: str, said: str) -> list[str]:
    """The lines that the guide shows and that were not said."""
    return [line for line in shown.splitlines() if line not in said]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide uses curl")
async def test_every_command_of_the_first_hour_does_what_it_says(
    start: Start, folder: Path, new_database_url: Callable[..., Awaitable[str]]
) -> None:
    """From an empty database to a handover that sales accepts, in the order of the guide, in one shell."""
    database = await new_database_url(migrated=False)
    url = await start("serve", "--port", "0", BATON_DATABASE_URL=database).seen(URL)
    surroundings = {**os.environ, "BATON_URL": url, "BATON_DATABASE_URL": database}
    script, watching, shows = "set -e\n", None, []
    for kind, block in BLOCKS:
        if kind == "text":
            shows.append(block)
        elif WATCH in block:
            watching = block
        elif SERVE not in block:
            script += block.replace("http://localhost:8000/graphql", url)
    assert watching is not None
    before, after = script.split("ask() {", 1)
    said = await _run(before, folder, surroundings)
    watched = _begin(watching.replace(WATCH, f"exec {WATCH}"), folder, surroundings)
    await watched.seen("Waiting for what happens next", of=watched.errors)
    said += await _run(". ./keys.env\nask() {" + after, folder, surroundings)
    await watched.seen("ACCEPTED")
    assert await asyncio.to_thread(watched.end, signal.SIGINT) == 0
    assert missing("".join(shows), said + "\n".join(watched.errors)) == []
    assert re.search(r"OFFERED .*Werk GmbH .*→ inside-sales/", watched.text)


def _begin(script: str, folder: Path, surroundings: dict[str, str]) -> Running:
    return Running(
        subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            env=surroundings,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    )


async def _run(script: str, folder: Path, surroundings: dict[str, str]) -> str:
    command = ("bash", "-c", script)
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=folder, env=surroundings, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout + done.stderr)
