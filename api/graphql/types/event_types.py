"""Events of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.errors import ApiError, Code, bad_input
from api.graphql.lists.connections import Connection, PageSource, connect, page_request, selects
from api.graphql.lists.event_cursors import EARLIEST, EventCursors, write_event_cursor
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import field, published
from api.graphql.parts.scalars import Cursor
from api.graphql.types.pages import alike, heads
from application.reading import events as reading
from application.reading.follow_events import CursorExpired, CursorUnknown, StoredEvent
from application.reading.known_words import need_event_types
from application.runtime.page import Page, PageRequest

CURSORS = EventCursors()


@published
class Event(Node):
    """One immutable entry of the log."""

    cursor: Cursor
    """Its place in the log; for `after`."""
    at: datetime
    """When it happened."""
    recorded_at: datetime
    """When it became known."""
    type: str
    """The type of the event, such as handover.accepted."""
    person: str | None
    """Who did it: a person, key:NAME for a tool, clock for what happens by itself."""
    payload: JSON
    """The payload, as it was then."""
    _event: strawberry.Private[StoredEvent]

    @classmethod
    def of(cls, event: StoredEvent) -> Event:
        """The event as it is shown."""
        return cls(
            id=global_id("Event", event.id),
            cursor=write_event_cursor(event.position),
            at=event.at,
            recorded_at=event.recorded_at,
            type=event.type,
            person=event.person,
            payload=JSON(dict(event.payload)),
            _event=event,
        )

    @field
    async def subject(self, info: Info) -> Node | None:
        """The subject, as it stands now; null when the asker does not see it."""
        return await nodes.subject(info.context, self._event.subject_type, self._event.subject_id)


@dataclass(slots=True)
class _LogSource(PageSource[StoredEvent]):
    """A page of the log; its end is where the reader looked last, also when nothing there was to be seen."""

    reached: int = 0
    end: int = -1
    """At which end of the page the reader looked on: -1 forward, 0 backward."""

    def cursor(self, index: int) -> str | None:
        """The cursor of a place of the page."""
        if index == self.end:
            return write_event_cursor(self.reached)
        return PageSource.cursor(self, index)


async def log(
    info: Info, *, types: list[str] | None, after: str | None, first: int | None, last: int | None, before: str | None
) -> Connection[Event]:
    """The log behind a cursor, or before one, as far as the asker may read it."""
    context = info.context
    need_event_types(types)
    asked = page_request(CURSORS, first, after, last, before)
    if after is not None and before is not None:
        raise bad_input("Give 'after' or 'before', not both.")
    taken = write_event_cursor(await reading.head(context.application)) if selects(info, "eventCursor") else None
    try:
        if asked.backward:
            end = asked.before[0] if asked.before else None
            stretch = await reading.read_log_back(
                context.application, context.principal, before=end, size=asked.size, types=types
            )
        else:
            begin = asked.after[0] if asked.after else None
            stretch = await reading.read_log(
                context.application, context.principal, after=begin, size=asked.size, types=types
            )
    except CursorExpired as expired:
        raise cursor_expired(expired) from None
    except CursorUnknown:
        raise bad_input("'after' lies beyond the newest event.") from None
    source = _LogSource(stretch.page, CURSORS, _key, None, taken, stretch.reached, 0 if asked.backward else -1)
    return Connection(nodes=[Event.of(event) for event in stretch.page.items], _source=source)


def cursor_expired(expired: CursorExpired) -> ApiError:
    """The error for a cursor before the oldest event that is kept; tells the one to go on from."""
    oldest = write_event_cursor(expired.oldest - 1)
    message = f"The events behind this cursor are no longer kept; go on from {EARLIEST}."
    return ApiError(Code.CURSOR_EXPIRED, message, oldest=oldest)


async def history(
    info: Info, lead_id: UUID, *, first: int | None, after: str | None, last: int | None, before: str | None
) -> Connection[Event]:
    """All that happened to a lead that the asker sees, the oldest first."""
    context = info.context
    return await connect(
        info,
        cursors=CURSORS,
        fetch=lambda request: context.load(_histories, (lead_id, request)),
        node=Event.of,
        key=_key,
        event_cursor=lambda: context.load(heads, None),
        first=first,
        after=after,
        last=last,
        before=before,
    )


async def _histories(context: Context, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[StoredEvent]]:
    return await alike(keys, lambda ids, request: reading.history(context.application, ids, request))


def _key(event: StoredEvent) -> tuple[int]:
    return (event.position,)


@nodes.loads("Event")
async def events(context: Context, ids: list[UUID]) -> Sequence[Event | None]:
    """Events by id that the asker may read."""
    found = await reading.by_ids(context.application, context.principal, ids)
    return [None if event is None else Event.of(event) for event in found]
