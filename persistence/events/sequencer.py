"""The sequencer: gives committed events their positions, one instance at a time; another takes over when it dies."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from persistence.database.database import Database

CHANNEL = "baton_events"

_LOCK = 0x6261746F6E0002
_PAGE = 2000
_LONGEST_BACKOFF_SECONDS = 2.0
_FROZEN_AFTER = "10s"
"""A holder that asks nothing for so long is taken for dead: the server ends its session, which frees the lock."""

# The array keeps the planner to the index, whatever it believes of the size of the queue.
_PLACE = f"""
with taken as (
  delete from event_pending where seq = any (array(select seq from event_pending order by seq limit {_PAGE}))
  returning seq
), moved as (
  update event_head set position = position + (select count(*) from taken) where exists (select from taken)
  returning position
), numbered as (
  select (select position from moved) - count(*) over () + row_number() over (order by t.seq) as position, t.seq,
    case when not e.historical then e.type end as type, e.visible_to
  from taken t cross join lateral (select historical, type, visible_to from event where seq = t.seq offset 0) e
), placed as (
  insert into event_position (position, seq, type) select position, seq, type from numbered returning position
), heard as (
  insert into event_audience (audience, type, position)
  select distinct a.audience, type, position from numbered cross join lateral unnest(visible_to) a(audience)
  where type is not null
)
select count(*) as placed, case when count(*) > 0 then pg_notify('{CHANNEL}', '') end from placed
"""

_log = structlog.get_logger(__name__)


class Sequencer:
    """A task that places events while it holds the lock, and otherwise waits to take the lock over.

    `wake` tells it of a commit in this process; it looks by itself every `poll_seconds`, since other processes commit
    too. After a wake it waits `gather_seconds`, so that many small transactions make one batch.
    """

    def __init__(self, database: Database, *, poll_seconds: float = 0.1, gather_seconds: float = 0.003) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._gather_seconds = gather_seconds
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.leads = False

    def start(self) -> None:
        """Begin; does nothing if it runs."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="sequencer")

    async def stop(self) -> None:
        """End at once; what is not placed yet stays in the queue for the next."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def wake(self) -> None:
        """Say that events were committed just now."""
        self._woken.set()

    async def _run(self) -> None:
        backoff = self._poll_seconds
        while True:
            try:
                connection = await self._database.connect(idle_session_timeout=_FROZEN_AFTER)
                backoff = self._poll_seconds
                await self._serve(connection)
            except Exception as trouble:  # noqa: BLE001  (whatever it is, events must be placed again soon)
                _log.warning("sequencer.interrupted", reason=str(trouble) or type(trouble).__name__)
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, _LONGEST_BACKOFF_SECONDS)

    async def _serve(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        try:
            while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
                await self._wait()
            self.leads = True
            _log.info("sequencer.leads")
            while True:
                if await connection.fetchval(_PLACE) < _PAGE:
                    await self._wait()
        finally:
            self.leads = False
            connection.terminate()

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()
            await asyncio.sleep(self._gather_seconds)
        self._woken.clear()
