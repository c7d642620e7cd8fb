"""The embedded PostgreSQL is watched: one that dies under its users is started again, after growing pauses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from persistence.database.embedded import EmbeddedPostgres
from persistence.database.postgres_programs import EmbeddedPostgresError

LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""After so long a life the pauses begin anew."""

_log = structlog.get_logger("baton.embedded")


@asynccontextmanager
async def kept_alive(server: EmbeddedPostgres) -> AsyncIterator[None]:
    """Keep a server running for as long as the block runs."""
    watching = asyncio.create_task(_watch(server), name="embedded PostgreSQL")
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _watch(server: EmbeddedPostgres) -> None:
    clock = asyncio.get_running_loop().time
    pause, began = FIRST_PAUSE_SECONDS, clock()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not server.is_gone():
            continue
        pause = FIRST_PAUSE_SECONDS if clock() - began > STEADY_SECONDS else pause
        _log.warning("the embedded PostgreSQL is gone and is started again", seconds=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        await _revived(server)
        began = clock()


async def _revived(server: EmbeddedPostgres) -> None:
    """Try once; what was begun is brought to its end, so that nobody stops a server that is half started."""
    starting = asyncio.ensure_future(asyncio.to_thread(server.revive))
    try:
        await asyncio.shield(starting)
        _log.info("the embedded PostgreSQL runs again")
    except asyncio.CancelledError:
        with suppress(EmbeddedPostgresError, OSError):
            await starting
        raise
    except (EmbeddedPostgresError, OSError) as trouble:
        _log.warning("the embedded PostgreSQL does not start", reason=str(trouble).splitlines()[0])
