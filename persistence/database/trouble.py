"""Trouble with the database that is nobody's fault here: it is away, or too busy. Told apart from faults of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolExhausted

AWAY = ("08", "25006", "25P03", "53", "57P", "58")
"""The beginnings of the SQLSTATEs of a database that cannot be used: lost, full, read only, shutting down or
starting."""
AWAY_AT_FIRST = ("28", "3D000", "55000")
"""Those that say so when a connection is made: it does not know us, has no such database, or lets nobody in."""
BUSY = ("55P03", "57014")
"""Those of a statement that waited or took too long."""


class DatabaseAway(Exception):
    """The database cannot be used at the moment; nothing of the transaction is kept. The message names no values."""


class DatabaseBusy(Exception):
    """The database did not come to an end in time; nothing of the transaction is kept."""


@contextmanager
def told_apart(*, connecting: bool = False) -> Iterator[None]:
    """Raise DatabaseAway or DatabaseBusy for what is one of them; everything else as it is."""
    try:
        yield
    except (DatabaseAway, DatabaseBusy):
        raise
    except Exception as error:
        trouble = _trouble(error, connecting=connecting)
        if trouble is None:
            raise
        raise trouble from error


def _trouble(error: Exception, *, connecting: bool) -> DatabaseAway | DatabaseBusy | None:
    cause = _cause(error)
    state = getattr(cause, "sqlstate", None) or ""
    said = " ".join(filter(None, (type(cause).__name__, state)))
    if state.startswith(BUSY):
        return DatabaseBusy(said)
    if state.startswith(AWAY) or (connecting and state.startswith(AWAY_AT_FIRST)):
        return DatabaseAway(said)
    lost = isinstance(error, ConnectionError | DisconnectionError | PoolExhausted)
    lost = lost or (isinstance(error, DBAPIError) and error.connection_invalidated)
    lost = lost or (isinstance(cause, asyncpg.InterfaceError) and "closed" in str(cause))
    lost = lost or (isinstance(cause, asyncpg.InternalClientError) and "cannot switch to state" in str(cause))
    unreachable = connecting and isinstance(error, OSError | TimeoutError)
    return DatabaseAway(said) if lost or unreachable else None


def _cause(error: BaseException) -> BaseException:
    """The driver's own error behind those of its wrappings."""
    while isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    own = error.__cause__
    return own if isinstance(own, asyncpg.PostgresError | asyncpg.InterfaceError) else error
