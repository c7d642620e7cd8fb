"""The wheel in an environment that knows nothing of this folder: it holds all that the commands need."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Awaitable, Callable
from glob import glob
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import HOUSE, Running, get
from tests.cli.wheel import build_wheel

ENVIRONMENT = "BATON_TEST_ENVIRONMENT"
"""Names an environment in which the wheel was installed with everything that it asks for; without it, one is made."""
URL = r"GraphQL +(http://\S+/graphql)"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`baton` as it is installed with the wheel; what the wheel needs is taken from the environment of the tests."""
    if ENVIRONMENT in os.environ:
        return Path(os.environ[ENVIRONMENT], "bin", "baton")
    folder = tmp_path_factory.mktemp("wheel")
    wheel, environment = build_wheel(folder), folder / "environment"
    assert missing(wheel) == []
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    own = subprocess.run(
        [environment / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(own, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "--disable-pip-version-check")
    subprocess.run([*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", wheel], check=True)
    return environment / "bin" / "baton"


def missing(wheel: Path) -> list[str]:
    """The files of the house that the wheel should have and lacks."""
    with ZipFile(wheel) as held:
        names = set(held.namelist())
    rooms = ("api", "application", "domain", "migrations", "persistence", "rules")
    found = [p for room in rooms for p in glob(f"{room}/**/*.*", root_dir=HOUSE, recursive=True)]
    return [p for p in found if p not in names and "__pycache__" not in p]


def begin(program: Path, *words: str | Path, folder: Path, **variables: str) -> Running:
    """The command in an empty folder, with nothing in its surroundings that leads back here."""
    unset = {name for name in os.environ if name.startswith(("BATON_", "PYTHON"))}
    surroundings = {name: value for name, value in os.environ.items() if name not in unset}
    process = subprocess.Popen(
        [program, *words],
        cwd=folder,
        env=surroundings | variables,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return Running(process)


async def test_every_command_runs_from_the_wheel(
    program: Path, tmp_path: Path, new_database_url: Callable[..., Awaitable[str]]
) -> None:
    """Templates, their check, the server with its tables, and the demonstration need nothing but the wheel.

    The demonstration prints keys, addresses, handovers and answers, and after Ctrl-C a summary. It ends with 0, and its
    folder is gone.
    """

    async def said(*words: str) -> str:
        running = begin(program, *words, folder=tmp_path)
        assert await asyncio.to_thread(running.status) == 0, running.errors
        return running.text

    nowhere = "postgresql://nobody@127.0.0.1:1/x"
    shown = begin(program, "demo", "--speed", "14400", folder=tmp_path, BATON_DATABASE_URL=nowhere)
    try:
        assert (await said("--version")).startswith("baton 0.")
        (tmp_path / "mine.yaml").write_text(await said("templates", "starter"))
        assert "can be submitted" in await said("check", "mine.yaml")
        await shown.seen("ACCEPTED")
        assert (await get(await shown.seen(URL), "/graphiql/page.js")).status_code == 200
        folder = await shown.seen(r"PostgreSQL in (\S+);")
    finally:
        status = await asyncio.to_thread(shown.end, signal.SIGINT)
    assert status == 0, shown.errors
    for words in ("GraphiQL", "Management key", "baton watch --url ws://", "OFFERED", "What was seen"):
        assert words in shown.text
    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert not await asyncio.to_thread(os.path.lexists, folder)
    assert shown.errors == []
    database = await new_database_url(migrated=False)  # the tables are made, so the migrations are there
    server = begin(program, "serve", "--port", "0", "--graphiql", folder=tmp_path, BATON_DATABASE_URL=database)
    try:
        assert (await get(await server.seen(r"(http://\S+/graphql)"), "/graphiql/page.js")).status_code == 200
    finally:
        assert await asyncio.to_thread(server.end, signal.SIGTERM) == 0
