"""The work of `baton serve` once it has its socket: the database, the first key, one process or several."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module

from api.cli.serving.workers import supervise
from api.cli.terminal.signals import run_until_signal
from application.directory.first_key import make_first_key
from application.lifespan.housing import prepared_application, prepared_database, whereabouts
from application.runtime.settings import Settings

Announce = Callable[[Settings, socket.socket, str, str | None], None]


def run(settings: Settings, listener: socket.socket, announce: Announce) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    run_until_signal(_serve(settings, listener, announce))


async def _serve(settings: Settings, listener: socket.socket, announce: Announce) -> None:
    async with prepared_database(settings) as url:
        async with prepared_application(url) as application:
            secret = await make_first_key(application)
        announce(settings, listener, whereabouts(settings), secret)
        if settings.workers > 1:
            await supervise(url, settings, listener)
        else:
            await import_module("api.cli.serving.server").serve_application(url, settings, listener)
