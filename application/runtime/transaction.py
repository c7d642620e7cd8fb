"""The ground of every use case: what the house shares, and the one transaction a use case is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compile_checks import CompileChecks
from application.runtime.compiled_versions import VersionCache
from application.runtime.settings import Spark
from application.runtime.shared_reads import FollowersReads
from application.runtime.time_source import TimeSource
from domain.events.event import EVERYBODY, Event
from domain.people.principal import Principal
from domain.words.ids import new_id
from persistence.database.database import Database
from persistence.database.trouble import DatabaseAway, DatabaseBusy
from persistence.events.event_log import NewEvent, append
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail

Answer = TypeVar("Answer")
log = structlog.get_logger("baton.work")

TRIES = 5
RETRIED = frozenset({"40001", "40P01"})
"""SQLSTATEs after which the same transaction may succeed: serialization failure, deadlock."""


@dataclass
class Transaction:
    """One transaction: who does it, when, and what it tells the world if it is committed."""

    connection: AsyncConnection
    now: datetime
    version_cache: VersionCache
    person: str
    principal: Principal | None = None
    clock: TimeSource | None = None
    """The clock while the transaction runs; None where its moment was given."""
    events: list[NewEvent] = field(default_factory=list)
    wakes_at: datetime | None = None
    """The earliest moment at which the clock must act because of this transaction."""

    def emit(
        self,
        event: Event,
        subject_id: UUID,
        *,
        state: Mapping[str, Any] = MappingProxyType({}),
        lead_id: UUID | None = None,
        visible_to: Sequence[str] = (),
        at: datetime | None = None,
        historical: bool = False,
    ) -> None:
        """Write an event; it becomes visible when the transaction is committed.

        `state` is the payload that it shares with others about its subject: how that stood after it, and before.
        """
        open_to_all = event.open_to_all or (event.open_without_lead and lead_id is None)
        self.events.append(
            NewEvent(
                id=new_id(now=self.now),
                type=event.type_name,
                at=at or self.now,
                recorded_at=self.now,
                subject_type=event.subject_type,
                subject_id=subject_id,
                lead_id=lead_id,
                visible_to=(EVERYBODY,) if open_to_all else tuple(visible_to),
                person=self.person,
                payload={**state, **event.payload},
                historical=historical,
            )
        )

    def catch_up(self) -> None:
        """Move on to the present: whoever waited for a lock is later than who held it, also by the clock."""
        if self.clock is not None:
            self.now = max(self.now, self.clock.now())

    def wake_clock(self, at: datetime | None = None) -> None:
        """Have the clock act at a moment (now, if absent), once the transaction is committed."""
        moment = at or self.now
        self.wakes_at = moment if self.wakes_at is None else min(self.wakes_at, moment)


CLOCK = "clock"
"""Under this name stands what happens without anybody asking."""


@dataclass
class Application:
    """The things that the use cases of one process share."""

    database: Database
    time: TimeSource
    sequencer: Sequencer
    tail: Tail
    version_cache: VersionCache = field(default_factory=VersionCache)
    alarm: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the clock must act earlier than it planned."""
    clock_sleeps_until: datetime | None = None
    """When the clock of this process will look again by itself; None while it is awake or there is none."""
    followers: FollowersReads = field(default_factory=FollowersReads)
    """The log as read by the followers in this process."""

    compile_checks: CompileChecks = field(default_factory=CompileChecks)
    """The worker that tries documents out in this process."""
    background: set[asyncio.Task[None]] = field(default_factory=set)
    """The work beside requests in this process, such as simulations; it ends with the house."""
    write_failed_at: float | None = None
    """When the database could not take a write of this process, by the clock of the loop; None once it took one."""
    simulating: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """Lets this many simulations work at once, each of which may take a gigabyte; the others wait."""
    spark: Spark | None = None
    """Where simulations run; None: embedded, in this process."""

    async def transact(
        self,
        body: Callable[[Transaction], Awaitable[Answer]],
        *,
        principal: Principal | None = None,
        now: datetime | None = None,
    ) -> Answer:
        """Run a use case in one transaction: all of it and its events, or nothing; tried again after a deadlock.

        Raises DatabaseAway and DatabaseBusy where the database gives way.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return await self._once(body, principal, now)
            except DatabaseAway:
                self.write_failed_at = asyncio.get_running_loop().time()
                raise
            except DBAPIError as error:
                if _sqlstate(error) not in RETRIED:
                    raise
                if attempt == TRIES:
                    raise DatabaseBusy(f"tried {TRIES} times") from error
                log.info("transaction tried again", attempt=attempt, sqlstate=_sqlstate(error))
                await asyncio.sleep(0.01 * attempt)
        raise AssertionError("unreachable")

    async def _once(
        self, body: Callable[[Transaction], Awaitable[Answer]], principal: Principal | None, now: datetime | None
    ) -> Answer:
        async with self.database.transaction() as connection:
            transaction = Transaction(
                connection=connection,
                now=now or self.time.now(),
                version_cache=self.version_cache,
                person=principal.signature if principal else CLOCK,
                principal=principal,
                clock=self.time if now is None else None,
            )
            answer = await body(transaction)
            await append(connection, transaction.events)
        if transaction.events:
            self.write_failed_at = None
            self.sequencer.wake()
        sleeps_until = self.clock_sleeps_until
        if transaction.wakes_at is not None and (sleeps_until is None or transaction.wakes_at < sleeps_until):
            self.alarm.set()
        return answer


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
