"""One of several processes that serve at one socket."""

from __future__ import annotations

import asyncio
import os
import socket

from api.cli.serving.server import serve_application
from api.cli.serving.workers import LISTENER, SETTINGS
from api.cli.terminal import logs
from api.cli.terminal.signals import run_until_signal
from application.runtime.settings import Settings


async def _work(settings: Settings, listener: socket.socket) -> None:
    """Serve until told to end or until the process that started this one is gone."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(0, 1):
            loop.remove_reader(0)
            if task is not None:
                task.cancel()

    loop.add_reader(0, look)
    await serve_application(settings.database_url or "", settings, listener)


def main() -> None:
    """Be one of the processes."""
    settings = Settings.model_validate_json(os.environ[SETTINGS])
    logs.configure(settings.log_level)
    run_until_signal(_work(settings, socket.socket(fileno=int(os.environ[LISTENER]))))


if __name__ == "__main__":
    main()
