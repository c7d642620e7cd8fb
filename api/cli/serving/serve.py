"""`baton serve`."""

from __future__ import annotations

import socket
from importlib import import_module
from typing import Any

from api.cli.serving.listening import address_of, listen
from api.cli.terminal import logs
from api.cli.terminal.output import Text, out
from application.runtime.settings import Settings


def serve(**options: Any) -> None:
    """Serve until Ctrl-C or SIGTERM; the socket is taken before the rest of the house is loaded."""
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    logs.configure(settings.log_level)
    with listen(settings.host, settings.port) as listener:
        import_module("api.cli.serving.serving").run(settings, listener, announce)


def announce(settings: Settings, listener: socket.socket, whereabouts: str, secret: str | None) -> None:
    """Say where everything is, and the first key."""
    console, address = out(), address_of(listener, settings.host)
    lines = [Text.assemble("GraphQL    ", (f"http://{address}/graphql", "bold cyan"))]
    if settings.graphiql:
        lines.append(Text.assemble("GraphiQL   ", (f"http://{address}/", "bold cyan")))
    lines.append(Text.assemble("Database   ", whereabouts))
    if secret is not None:
        lines.append(Text.assemble("Admin key  ", (secret, "bold green")))
        lines.append(Text("           The database had no key, so this one was made; it is shown only this once."))
    lines.append(Text("Ctrl-C stops.", style="dim"))
    for line in lines:
        console.print(line, soft_wrap=True)
    console.file.flush()
