"""The event log as a list: what of it a principal may read, behind a position, by id, and of one lead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from application.runtime.page import Page, PageRequest, page_of
from application.runtime.transaction import Application
from domain.people import rights
from domain.people.principal import Principal
from persistence.events import event_log
from persistence.events.event_log import StoredEvent
from persistence.people import visibility

OPEN_TO_ALL = ("version.", "team.")
"""Events of these kinds everybody may read."""
OWED = ("obligation.", "breach.")
"""Events of these kinds everybody may read where they concern no lead, but an agreement."""
OF_ADMINS = "key."
"""Events of this kind only admins may read."""
READ_AT_ONCE = 500
MOST_READS = 20
"""How many stretches of the log are read for one page at most."""


def visible(principal: Principal, event: StoredEvent) -> bool:
    """Whether the principal may read the event: admins all, others none about keys, sales those of its teams."""
    if event.type.startswith(OF_ADMINS):
        return rights.may(principal, "Node.ApiKey")
    if principal.sees_all or event.type.startswith(OPEN_TO_ALL):
        return True
    if event.lead_id is None and event.type.startswith(OWED):
        return True
    return not principal.teams.isdisjoint(event.visible_to)


@dataclass(frozen=True)
class Stretch:
    """A page of the log, and the position up to which the log was looked through for it."""

    page: Page[StoredEvent]
    reached: int


async def head(application: Application) -> int:
    """The position of the newest event."""
    async with application.database.reading() as connection:
        return await event_log.head(connection)


async def read_log(
    application: Application, principal: Principal, *, after: int | None, size: int, types: Sequence[str] | None = None
) -> Stretch:
    """The next events behind a position (None: from the oldest kept) that the principal may read.

    What was imported of the past is left out. Raises CursorExpired and CursorUnknown.
    """
    async with application.database.reading() as connection:
        position = await event_log.oldest(connection) - 1 if after is None else await application.tail.check(after)
        read = partial(event_log.read_after, connection, types=types)
        found, more, reached = await _readable(principal, read, position, size)
    return Stretch(Page(found, has_next=more, has_previous=after is not None), reached)


async def read_log_back(
    application: Application, principal: Principal, *, before: int | None, size: int, types: Sequence[str] | None = None
) -> Stretch:
    """The same from the end of the log, or before a position: the last events there, in the order of the log."""
    async with application.database.reading() as connection:
        position = await event_log.head(connection) + 1 if before is None else before
        read = partial(event_log.read_before, connection, types=types)
        found, more, reached = await _readable(principal, read, position, size)
    return Stretch(Page(found[::-1], has_next=before is not None, has_previous=more), reached)


async def _readable(
    principal: Principal, read: Callable[..., Awaitable[list[StoredEvent]]], position: int, size: int
) -> tuple[list[StoredEvent], bool, int]:
    """A page of what may be read in the direction of `read`, whether there may be more, and how far was looked."""
    found: list[StoredEvent] = []
    for _ in range(MOST_READS):
        stretch = await read(position, limit=READ_AT_ONCE)
        seen = [event for event in stretch if not event.historical and visible(principal, event)]
        if len(found) + len(seen) > size:
            found += seen[: size - len(found)]
            return found, True, found[-1].position if found else position
        found += seen
        position = stretch[-1].position if stretch else position
        if len(stretch) < READ_AT_ONCE:
            return found, False, position
    return found, True, position


async def by_ids(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[StoredEvent | None]:
    """Events by id; None for those unknown or not to be seen: whoever sees a lead sees all that happened to it."""
    async with application.database.reading() as connection:
        found = await event_log.read_by_ids(connection, ids)
        hidden = {event.lead_id for event in found.values() if event.lead_id and not visible(principal, event)}
        seen = await visibility.leads_of_teams(connection, hidden, principal.teams) if hidden else set()
    events = [found.get(id_) for id_ in ids]
    return [e if e is not None and (visible(principal, e) or e.lead_id in seen) else None for e in events]


async def history(application: Application, lead_ids: Sequence[UUID], request: PageRequest) -> list[Page[StoredEvent]]:
    """The same page of all that happened to each of several leads that the asker sees, the oldest first."""
    after = request.after[0] if request.after else 0
    before = request.before[0] if request.before else None
    async with application.database.reading() as connection:
        if request.backward:
            rows = await event_log.read_leads_before(connection, lead_ids, before, limit=request.limit)
        else:
            rows = await event_log.read_leads_after(connection, lead_ids, after, limit=request.limit)
    kept = [[e for e in rows[i] if e.position > after and (before is None or e.position < before)] for i in lead_ids]
    return [page_of(events, request) for events in kept]
