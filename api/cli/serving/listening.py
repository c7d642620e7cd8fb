"""The socket that a server listens at, taken before anything else is begun."""

from __future__ import annotations

import errno
import socket

from api.cli.terminal.output import fail

_BACKLOG = 2048
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; ends with one line when the port is taken or the address is none of this machine."""
    try:
        return _listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"Port {port} of {host} is in use already; name another with --port.")
        fail(f"{host}:{port} cannot be listened at: {error.strerror or error}.")


def listen_near(host: str, port: int, *, tries: int = 200) -> socket.socket:
    """A socket at the port, or at the next one that is free."""
    for candidate in range(port, min(port + tries, 65536)):
        try:
            return _listen(host, candidate)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
    return _listen(host, 0)


def _listen(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def address_of(listener: socket.socket, host: str) -> str:
    """The host and port for clients on this machine, as a URL names them."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    port = listener.getsockname()[1]
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"
