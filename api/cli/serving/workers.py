"""Several processes at one socket: started, started again when one dies, stopped together."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process

import structlog

from application.runtime.settings import Settings

SETTINGS, LISTENER = "BATON_WORKER_SETTINGS", "BATON_WORKER_LISTENER"
"""The variables by which a process is told what to do."""
_PATIENCE_SECONDS = 15.0
_PAUSE_SECONDS = 1.0
_log = structlog.get_logger("baton.workers")


async def supervise(url: str, settings: Settings, listener: socket.socket) -> None:
    """Keep the processes running until cancelled."""
    running: set[Process] = set()
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(settings.workers):
                group.create_task(_keep(number, url, settings, listener, running))
    finally:
        listener.close()
        await asyncio.gather(*(_stop(process) for process in running))


async def _keep(number: int, url: str, settings: Settings, listener: socket.socket, running: set[Process]) -> None:
    while True:
        process = await _start(url, settings, listener)
        running.add(process)
        status = await process.wait()
        running.discard(process)
        _log.warning("worker ended and is started again", worker=number, pid=process.pid, status=status)
        await asyncio.sleep(_PAUSE_SECONDS)


async def _start(url: str, settings: Settings, listener: socket.socket) -> Process:
    """A process that ends by itself when this one is gone: then its input ends."""
    told = settings.model_copy(update={"database_url": url, "workers": 1})
    environment = {**os.environ, SETTINGS: told.model_dump_json(), LISTENER: str(listener.fileno())}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli.serving.worker"),
        stdin=PIPE,
        pass_fds=(listener.fileno(),),
        env=environment,
        start_new_session=True,
    )


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
