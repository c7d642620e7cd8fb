"""A rehearsal: use cases run in full, each in a savepoint of one transaction that is rolled back in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.transaction import Application, Transaction
from domain.events.handovers import HandoverOffered, HandoverQueued
from domain.people.principal import Principal
from persistence.database.database import Database
from persistence.handovers.handovers import known_ids

Answer = TypeVar("Answer")
_OPENING = frozenset({HandoverOffered.type_name, HandoverQueued.type_name})


class _OneConnection(Database):
    """The database as one connection sees it, whose transaction somebody else ends."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """The connection in a savepoint."""
        async with self._connection.begin_nested():
            yield self._connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """The connection, which sees what the use cases before have written."""
        yield self._connection


@dataclass
class Rehearsal(Application):
    """An application of which nothing stays."""

    touched: set[UUID] = field(default_factory=set)
    """Handovers that were offered or queued in it."""

    async def transact(
        self,
        body: Callable[[Transaction], Awaitable[Answer]],
        *,
        principal: Principal | None = None,
        now: datetime | None = None,
    ) -> Answer:
        """Run a use case, and note the handovers that it opens."""
        done: list[Transaction] = []

        async def noted(transaction: Transaction) -> Answer:
            answer = await body(transaction)
            done.append(transaction)
            return answer

        answer = await super().transact(noted, principal=principal, now=now)
        self.touched |= {event.subject_id for event in done[-1].events if event.type in _OPENING}
        return answer


class _RolledBack(Exception):
    """Ends the transaction of a rehearsal."""


@asynccontextmanager
async def rehearsal(application: Application) -> AsyncIterator[Rehearsal]:
    """The same application, in which nothing stays; it holds its locks until the end."""
    try:
        async with application.database.transaction() as connection:
            shared: dict[str, Any] = {part.name: getattr(application, part.name) for part in fields(Application)}
            yield Rehearsal(**{**shared, "database": _OneConnection(connection)})
            raise _RolledBack
    except _RolledBack:
        return


async def opened(application: Application, rehearsed: Rehearsal) -> int:
    """Return how many handovers a rehearsal opened, once it is over: those that nobody knows now."""
    async with application.database.reading() as connection:
        return len(rehearsed.touched - await known_ids(connection, rehearsed.touched))
