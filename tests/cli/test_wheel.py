"""The wheel in an environment that knows nothing of this folder: it holds all that the commands need."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Running, get
from tests.cli.wheel import build_wheel

ENVIRONMENT = "BATON_TEST_ENVIRONMENT"
"""Names an environment in which the wheel was installed with everything that it asks for; without it, one is made."""
URL = r"(http://\S+/graphql)"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`baton` as it is installed with the wheel; what the wheel needs is taken from the environment of the tests."""
    if ENVIRONMENT in os.environ:
        return Path(os.environ[ENVIRONMENT], "bin", "baton")
    folder = tmp_path_factory.mktemp("wheel")
    wheel, environment = build_wheel(folder), folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    own = subprocess.run(
        [environment / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    Path(own, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "--disable-pip-version-check")
    subprocess.run([*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", wheel], check=True)
    return environment / "bin" / "baton"


def begin(program: Path, *words: str | Path, folder: Path, **variables: str) -> Running:
    """The command in an empty folder, with nothing in its surroundings that leads back here."""
    unset = {name for name in os.environ if name.startswith(("BATON_", "PYTHON"))}
    surroundings = {name: value for name, value in os.environ.items() if name not in unset}
    process = subprocess.Popen(
        [program, *words], cwd=folder, env=surroundings | variables, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    return Running(process)


async def test_every_command_runs_from_the_wheel(
    program: Path, tmp_path: Path, new_database_url: Callable[..., Awaitable[str]]
) -> None:
    """Templates, their check, the demonstration, which ends by itself, and the server need nothing but the wheel."""

    async def said(*words: str | Path, **variables: str) -> str:
        running = begin(program, *words, folder=tmp_path, **variables)
        assert await asyncio.to_thread(running.status) == 0, running.errors
        return running.text

    shown = asyncio.create_task(said("demo", "--seconds", "1"))
    assert (await said("--version")).startswith("baton 0.")
    (tmp_path / "mine.yaml").write_text(await said("templates", "starter"))
    assert "can be submitted" in await said("check", "mine.yaml")
    assert "In force: “" in await shown
    database = await new_database_url(migrated=False)  # the tables are made, so the migrations are there
    server = begin(program, "serve", "--port", "0", "--graphiql", folder=tmp_path, BATON_DATABASE_URL=database)
    try:
        assert (await get(await server.seen(URL), "/graphiql/page.js")).status_code == 200
    finally:
        assert await asyncio.to_thread(server.end, signal.SIGTERM) == 0
