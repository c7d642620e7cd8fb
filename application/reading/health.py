"""True if the house can serve: whether it could write right now, found out by writing."""

from __future__ import annotations

import asyncio

from application.runtime.transaction import Application
from application.runtime.trouble import DatabaseBusy
from persistence.events import event_log

PATIENCE_SECONDS = 2.0
"""The longest time that the database may take to say so."""
BELIEVED_SECONDS = 0.5
"""The time for which the answer is believed: anybody may ask, without a key and as often as they like."""
FAILED_SECONDS = 2.0
"""The time for which a write counts that the database could not take, where none succeeded since: a full disk may still
take some."""


class Readiness:
    """Says whether a house can serve; however many ask at once, the database is asked twice a second at most."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._asking: asyncio.Task[bool] | None = None
        self._until = 0.0

    async def __call__(self) -> bool:
        """Return whether a write succeeds; raises what it raises when it does not."""
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now >= self._until):
            self._asking = asyncio.create_task(answers(self._application), name="readiness")
            self._asking.add_done_callback(self._answered)
        return await asyncio.shield(self._asking)

    def _answered(self, task: asyncio.Task[bool]) -> None:
        self._until = asyncio.get_running_loop().time() + BELIEVED_SECONDS
        if not task.cancelled():
            task.exception()  # it is told to those who ask


async def answers(application: Application) -> bool:
    """Return whether the database takes a write and has taken those of this process; raises what it raises else."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), application.database.transaction() as connection:
            await event_log.touch(connection)
    except TimeoutError:
        raise DatabaseBusy(f"no write within {PATIENCE_SECONDS:.0f} seconds") from None
    failed_at = application.write_failed_at
    return failed_at is None or asyncio.get_running_loop().time() - failed_at > FAILED_SECONDS
