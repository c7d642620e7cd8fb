"""Following the event log: where a subscriber begins, whether it may go on, and what it has acknowledged."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from typing import TypeVar
from uuid import UUID

from application.directory.manage_keys import still_valid
from application.runtime.transaction import Application, Transaction
from domain.handovers.handover import Handover
from domain.obligation import Breach
from domain.people.principal import Principal
from domain.refusal import Refusal
from persistence import lookups
from persistence.events import consumers, event_log
from persistence.events.event_log import CursorExpired, CursorUnknown, StoredEvent
from persistence.events.tail import Page, TailStopped

__all__ = [
    "CursorExpired",
    "CursorUnknown",
    "Page",
    "StoredEvent",
    "TailStopped",
    "acknowledge",
    "breaches_of",
    "follow",
    "handovers_of",
    "is_admitted",
    "newest",
    "start_position",
]

Record = TypeVar("Record", Handover, Breach)
_NAME = re.compile(r"[\x21-\x7e]{1,100}")


async def start_position(
    application: Application, principal: Principal, *, after: int | None, earliest: bool, consumer: str | None
) -> int:
    """The position behind which a subscription begins; raises CursorExpired and CursorUnknown.

    Without anything given that is the newest event of this moment. What the consumer acknowledged wins over `after`,
    because clients resend their first variables on reconnect; a consumer that has acknowledged nothing yet begins
    where it would without its name, and is remembered there.
    """
    if consumer is None:
        return await _begin(application, after, earliest)
    _check_name(consumer)
    async with application.database.reading() as connection:
        known = await consumers.acknowledged(connection, principal.key_id, consumer)
    if known is None:
        begin = max(await _begin(application, after, earliest), 0)
        known = await acknowledge(application, principal, consumer=consumer, position=begin)
    return await application.tail.check(known)


async def _begin(application: Application, after: int | None, earliest: bool) -> int:
    if earliest:
        async with application.database.reading() as connection:
            return await event_log.oldest(connection) - 1
    return await application.tail.check(after)


def _check_name(consumer: str) -> None:
    if not _NAME.fullmatch(consumer):
        raise Refusal("MALFORMED_KEY", "A consumer's name has 1 to 100 printable characters.", ("consumer",))


def follow(application: Application, position: int, *, idle_seconds: float) -> AsyncGenerator[Page, None]:
    """Pages of events behind a position, without end; one without events after a silence of `idle_seconds`."""
    return application.tail.follow(position, idle_seconds=idle_seconds)


def newest(application: Application) -> int:
    """The position of the newest event that followers of this process can be given."""
    return application.tail.position


async def acknowledge(application: Application, principal: Principal, *, consumer: str, position: int) -> int:
    """Remember that a consumer has dealt with all up to a position; never goes backwards."""
    _check_name(consumer)

    async def body(transaction: Transaction) -> int:
        try:
            return await consumers.acknowledge(
                transaction.connection, principal.key_id, consumer, position, now=transaction.now
            )
        except CursorUnknown:
            raise Refusal("VALUE_NOT_ALLOWED", "The cursor lies beyond the newest event.", ("cursor",)) from None

    return await application.transact(body, principal=principal)


async def is_admitted(application: Application, principal: Principal) -> bool:
    """The validity of a follower's key as it was known a second ago at most; asked once for all who follow."""

    async def ask(_keys: list[UUID]) -> list[bool]:
        return [await still_valid(application, principal)]

    return (await application.followers.admitted.get([principal.key_id], ask))[0]


async def handovers_of(
    application: Application, principal: Principal, events: Sequence[StoredEvent]
) -> list[Handover | None]:
    """The handover of each event as it stands now; None where the asker does not see it, or it is of something else."""
    return await _current(application, principal, "handover", Handover, events)


async def breaches_of(
    application: Application, principal: Principal, events: Sequence[StoredEvent]
) -> list[Breach | None]:
    """The breach of each event as it stands now; None where the asker does not see it, or it is of something else."""
    return await _current(application, principal, "breach", Breach, events)


async def _current(
    application: Application, principal: Principal, table: str, record: type[Record], events: Sequence[StoredEvent]
) -> list[Record | None]:
    """The objects of events: never older than the events, read once for all who are told of them at the same time."""

    async def read(keys: list[tuple[str, UUID]]) -> list[Record | None]:
        async with application.database.reading() as connection:
            found = await lookups.by_ids(connection, table, record, [id_ for _, id_ in keys])
        return [found.get(id_) for _, id_ in keys]

    about = [event for event in events if event.subject_type == record.__name__]
    if not about:
        return [None] * len(events)
    at_least, keys = about[-1].position, [(table, event.subject_id) for event in about]
    found = await application.followers.current.get(keys, read, position=application.tail.position, at_least=at_least)
    seen = {one.id: one for one in found if one is not None and _sees(principal, one)}
    return [seen.get(event.subject_id) for event in events]


def _sees(principal: Principal, record: Handover | Breach) -> bool:
    return principal.sees_all or record.lead_id is None or not principal.teams.isdisjoint(record.visible_to)
