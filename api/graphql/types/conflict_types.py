"""The values that sources wrote into fields that other systems own."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from strawberry.scalars import JSON

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.context import Info
from api.graphql.parts.published import published
from api.graphql.types.pages import Branch, listed_below
from application.reading import lists
from application.runtime.page import Key
from domain.agreements import field_owner as domain

CURSORS = Cursors("conflicts", datetime, UUID)


@published
class FieldConflict:
    """A source that says otherwise than the system that owns a field; its value was not taken."""

    field: str
    """The key of the field; account.KEY for a field of the company."""
    source: str
    """The source whose value was not taken."""
    owner: str
    """The key of the system that owns the field."""
    written: JSON | None
    """The value that was not taken; null where it was to be cleared."""
    kept: JSON | None
    """The value of the owner; null where there is none."""
    at: datetime
    """When it was last written."""
    since: datetime
    """When it was first written."""
    times: int
    """The number of writes that said so."""
    resolved_at: datetime | None
    """When the two came to agree."""

    @classmethod
    def of(cls, record: domain.FieldConflict) -> FieldConflict:
        """The conflict as it is shown."""
        values: dict[str, Any] = {name: getattr(record, name) for name in _SHOWN}
        return cls(**values)


_SHOWN = ("field", "source", "owner", "written", "kept", "at", "since", "times", "resolved_at")


def _by_time(record: domain.FieldConflict) -> Key:
    return (record.at, record.id)


@cache
def _branch(resolved: bool) -> Branch[domain.FieldConflict]:
    return Branch(lambda context: lists.conflicts_of_leads(context.application, resolved=resolved))


async def conflicts(info: Info, lead_id: UUID, *, resolved: bool, **page: Any) -> Connection[FieldConflict]:
    """The conflicts about a lead and its company, the latest first."""
    return await listed_below(
        info, lead_id, _branch(resolved), cursors=CURSORS, key=_by_time, node=FieldConflict.of, **page
    )
