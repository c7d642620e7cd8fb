"""The event log as a list: what of it a principal may read, behind a position, by id, and of one lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.page import Page, PageRequest, page_of
from application.runtime.transaction import Application
from domain.events.catalogue import EVENT_TYPES
from domain.events.event import EVERYBODY
from domain.people import rights
from domain.people.principal import Principal
from persistence.events import event_log
from persistence.events.event_log import StoredEvent
from persistence.people import visibility

OF_ADMINS = "key."
"""Events of this kind only admins may read."""


def visible(principal: Principal, event: StoredEvent) -> bool:
    """Return whether the principal may read the event: admins all, others none about keys, sales those of its teams."""
    if event.type.startswith(OF_ADMINS):
        return rights.may(principal, "Node.ApiKey")
    return principal.sees_all or EVERYBODY in event.visible_to or not principal.teams.isdisjoint(event.visible_to)


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
        head = await event_log.head(connection)
        position = await event_log.oldest(connection) - 1 if after is None else await application.tail.check(after)
        found = await _listed(connection, principal, position, types, size, backward=False)
    page = Page(found[:size], has_next=len(found) > size, has_previous=after is not None)
    last = page.items[-1].position if page.items else position
    return Stretch(page, last if page.has_next else max(last, head))


async def read_log_back(
    application: Application, principal: Principal, *, before: int | None, size: int, types: Sequence[str] | None = None
) -> Stretch:
    """The same from the end of the log, or before a position: the last events there, in the order of the log."""
    async with application.database.reading() as connection:
        position = await event_log.head(connection) + 1 if before is None else before
        oldest = await event_log.oldest(connection)
        found = await _listed(connection, principal, position, types, size, backward=True)
    page = Page(found[:size][::-1], has_next=before is not None, has_previous=len(found) > size)
    first = page.items[0].position if page.items else position
    return Stretch(page, first if page.has_previous else min(first, oldest))


async def _listed(
    connection: AsyncConnection,
    principal: Principal,
    position: int,
    types: Sequence[str] | None,
    size: int,
    *,
    backward: bool,
) -> list[StoredEvent]:
    """Return what the principal may read in one direction, one more than a page holds."""
    keys = rights.may(principal, "Node.ApiKey")
    wanted = {name for name in types or EVENT_TYPES if keys or not name.startswith(OF_ADMINS)}
    audiences = None if principal.sees_all else {EVERYBODY, *principal.teams}
    return await event_log.read_list(
        connection, position, types=wanted, audiences=audiences, backward=backward, limit=size + 1
    )


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
