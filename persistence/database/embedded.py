"""The embedded PostgreSQL: one server per folder, shared by all processes that use the folder.

Every user of a server holds a shared lock on a file, which the kernel releases however the user ends; who stops and
finds no other user stops the server. A server whose last user was killed keeps running and is found by the next one.
The server holds a lock too, which says more surely than a number of a process in a file whether it lives.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import pwd
import re
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from types import MappingProxyType
from typing import IO

from sqlalchemy import URL

from persistence.database.postgres_programs import (
    EmbeddedPostgresError,
    binaries,
    give,
    let_pass,
    let_run,
    log_end,
    run,
    system_user,
)

DEFAULT_FOLDER = Path(".baton/postgres")
SETTINGS = MappingProxyType(
    {
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_connections": "200",
        "autovacuum_naptime": "5s",
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
    }
)
"""The settings that differ from PostgreSQL's defaults; `ALTER SYSTEM` overrides it. fsync stays on."""

_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103
_PLAIN_PATH = re.compile(r"[\w/. @+-]+")
_DATA_LINE, _SOCKET_LINE, _STATUS_LINE = 1, 4, 7
_SUPERUSER = "postgres"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A server in use by this process; `folder` holds its data, its locks and its log."""

    folder: Path
    socket_folder: Path
    _use: IO[str]
    _settings: Mapping[str, str]

    def url(self, database: str = "baton") -> str:
        """The address of a database for SQLAlchemy with asyncpg."""
        host = {"host": str(self.socket_folder)}
        return str(URL.create("postgresql+asyncpg", username=_SUPERUSER, database=database, query=host))

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs, such as `psql` or `pg_dump`."""
        return binaries(self.folder / "data") / name

    def is_gone(self) -> bool:
        """Return whether the last process of the server has ended."""
        with (self.folder / "server.lock").open("w") as lock:
            return _is_locked_by_us(lock)

    def revive(self) -> None:
        """Start the server again if it is gone, whatever ended it; raises EmbeddedPostgresError."""
        with _starting(self.folder):
            _running_or_launched(self.folder, self._settings)

    def leave(self) -> None:
        """End this use of the server and let it run on."""
        self._use.close()

    def stop(self) -> None:
        """End this use of the server, and the server if nobody else uses it."""
        data = self.folder / "data"
        with _starting(self.folder):
            last = _is_locked_by_us(self._use)
            self.leave()
            if last and _address(data) is not None:
                run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(data), folder=self.folder)
                if self.socket_folder != data:
                    shutil.rmtree(self.socket_folder, ignore_errors=True)


@asynccontextmanager
async def embedded_postgres(folder: Path = DEFAULT_FOLDER) -> AsyncIterator[EmbeddedPostgres]:
    """A server for as long as the block runs."""
    server = await asyncio.to_thread(start, folder)
    try:
        yield server
    finally:
        await asyncio.shield(asyncio.to_thread(server.stop))


def start(folder: Path = DEFAULT_FOLDER, *, settings: Mapping[str, str] = SETTINGS) -> EmbeddedPostgres:
    """Use the server of the folder, setting it up and starting it if need be; raises EmbeddedPostgresError."""
    folder = folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _starting(folder):
        use = (folder / "users.lock").open("w")
        try:
            socket_folder = _running_or_launched(folder, settings)
            flock(use, LOCK_SH)
        except BaseException:
            use.close()
            raise
    return EmbeddedPostgres(folder, socket_folder, use, settings)


@contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """Keep others from starting or stopping the server meanwhile."""
    with (folder / "starting.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _is_locked_by_us(lock: IO[str]) -> bool:
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running_or_launched(folder: Path, settings: Mapping[str, str]) -> Path:
    """Return where the server listens; one that is just starting, stopping or dying is waited for."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends:
        if socket_folder := _address(folder / "data"):
            return socket_folder
        with (folder / "server.lock").open("w") as lock:
            if _is_locked_by_us(lock):
                _launch(folder, settings, lock)
                continue
        time.sleep(0.05)
    raise EmbeddedPostgresError(f"The server in {folder} is neither ready nor gone.\n{log_end(folder)}")


def _address(data: Path) -> Path | None:
    """The folder of the socket, if a server answers there."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) <= _STATUS_LINE or lines[_STATUS_LINE].strip() != "ready" or lines[_DATA_LINE] != str(data):
        return None
    socket_folder = Path(lines[_SOCKET_LINE])
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(socket_folder / _SOCKET))
    except OSError:
        return None
    return socket_folder


def _launch(folder: Path, settings: Mapping[str, str], lock: IO[str]) -> None:
    """Start the server, which inherits the lock and so holds it until the last of its processes is gone."""
    data, owner = folder / "data", system_user()
    if owner is not None:
        let_pass(data)
        let_run(binaries(data))
    if not data.exists():
        _set_up(folder, data, owner)
    socket_folder = _socket_folder(data, owner)
    for stale in (data / "postmaster.pid", socket_folder / f"{_SOCKET}.lock", socket_folder / _SOCKET):
        stale.unlink(missing_ok=True)
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    lines += ["listen_addresses = ''\n", f"unix_socket_directories = '{socket_folder}'\n"]
    (data / "baton.conf").write_text("".join(lines))
    give(data / "baton.conf", owner)
    command = ("start", "-w", "-t", str(_PATIENCE_SECONDS), "-D", str(data), "-l", str(data / "start.log"))
    run("pg_ctl", *command, folder=folder, keep_open=[lock.fileno()])
    _create_database(folder, socket_folder)


def _set_up(folder: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    """Prepare the data aside, so that a set-up cut short leaves nothing half done."""
    new = folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    give(new, owner)
    run(
        *("initdb", "-D", str(new), "-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        folder=folder,
    )
    with (new / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude_if_exists = 'baton.conf'\n")
    new.rename(data)


def _create_database(folder: Path, socket_folder: Path) -> None:
    try:
        run("createdb", "-h", str(socket_folder), "-U", _SUPERUSER, "baton", folder=folder)
    except EmbeddedPostgresError as failure:
        if "already exists" not in str(failure):
            raise


def _socket_folder(data: Path, owner: pwd.struct_passwd | None) -> Path:
    """The data folder, which nobody else may enter, or a like one where its path does not suit a socket."""
    if len(os.fsencode(data / _SOCKET)) <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(data)):
        return data
    name = "baton-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir(), name)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner.pw_uid if owner else -1}:
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else.")
    give(folder, owner)
    folder.chmod(0o700)
    return folder
