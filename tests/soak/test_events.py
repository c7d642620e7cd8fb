"""Following events for long: through kills, and with many followers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from api.graphql.lists.event_cursors import read_event_cursor
from tests.soak.fan_out import measure
from tests.soak.killed_server import KilledServer, Recorder, change_teams, free_port, whole_log

KILLS = 5
pytestmark = pytest.mark.soak


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the user of the database may work."""
    tmp_path.chmod(0o755)
    return tmp_path / "data"


async def test_nothing_is_lost_when_the_server_is_killed(folder: Path) -> None:
    """Through five kills every committed event is told at least once and in order, to clients with and without cursors.

    One client sends the cursor of its last event when it comes again, the other always the variables it began with,
    as common libraries do, and acknowledges under a name.
    """
    server = KilledServer(folder, free_port())
    await server.start()
    recorders = [Recorder(server), Recorder(server, consumer="recorder")]
    confirmed: list[str] = []
    tasks = [asyncio.create_task(recorder.follow()) for recorder in recorders]
    writers = [asyncio.create_task(change_teams(server, f"team-{n}", confirmed)) for n in range(6)]
    for number in range(1, KILLS + 1):
        await _until(partial(_are_told, recorders, number))
        await asyncio.sleep(1 + number / 3)
        await server.kill()
        await server.start()
    await _until(partial(_are_told, recorders, KILLS + 1))
    await _cancelled(writers)
    await asyncio.sleep(1)
    log = await whole_log(server)
    await _until(lambda: all(recorder.told[-1:] == log[-1:] for recorder in recorders))
    await _cancelled(tasks)
    await server.stop()
    assert len(log) >= len(confirmed) > 100
    for recorder in recorders:
        assert list(dict.fromkeys(sorted(recorder.told, key=_position))) == log
        _runs_in_order(recorder)
    assert len(recorders[0].told) == len(log)


def _are_told(recorders: list[Recorder], connections: int) -> bool:
    """Whether each has connected so often and was told something since."""
    return all(len(one.runs) >= connections and len(one.told) > one.runs[-1] for one in recorders)


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("It did not come to hold within a minute.")


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _position(told: tuple[str, str]) -> int:
    return read_event_cursor(told[0])


def _runs_in_order(recorder: Recorder) -> None:
    for begin, end in zip(recorder.runs, [*recorder.runs[1:], len(recorder.told)], strict=True):
        positions = [_position(one) for one in recorder.told[begin:end]]
        assert positions == sorted(set(positions))


@pytest.mark.parametrize("filtered", [True, False])
async def test_many_followers_are_told_soon(new_database_url: Callable[..., Awaitable[str]], filtered: bool) -> None:
    """A hundred subscribers are told of 200 events a second; the figures are printed, a bench judges them.

    Filtered, each event concerns ten of them; otherwise all, which is 20,000 deliveries a second: more than one
    process can make, so there the run shows how many it makes, and that none is lost.
    """
    found = await measure(await new_database_url(), subscribers=100, rate=200, seconds=5, filtered=filtered)
    print(f"\n{'each concerns 10' if filtered else 'each concerns 100'}: {found}")
    assert found.deliveries == 200 * 5 * (10 if filtered else 100)
