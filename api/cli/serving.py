"""What `baton serve` does once it has its socket: the database, the first key, one process or several."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module

from api.cli.signals import run_until_signal
from api.cli.workers import supervise
from application.first_key import make_first_key
from application.housing import prepared_database, quiet_house, whereabouts
from application.settings import Settings

Announce = Callable[[Settings, socket.socket, str, str | None], None]


def run(settings: Settings, listener: socket.socket, announce: Announce) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    run_until_signal(_serve(settings, listener, announce))


async def _serve(settings: Settings, listener: socket.socket, announce: Announce) -> None:
    async with prepared_database(settings) as url:
        async with quiet_house(url) as house:
            secret = await make_first_key(house)
        announce(settings, listener, whereabouts(settings), secret)
        if settings.workers > 1:
            await supervise(url, settings, listener)
        else:
            await import_module("api.cli.server").serve_house(url, settings, listener)
