"""Activities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import field, published
from api.graphql.parts.shown import shown
from api.graphql.types import effort_types
from api.graphql.types.pages import Branch, listed_below
from application.reading import lists, single
from application.reading.efforts import ActivityEffort
from application.runtime.page import Key
from domain.party import Party

CURSORS = Cursors("activities", datetime, UUID)
OF_LEADS = Branch(lambda context: lists.activities_of_leads(context.application))


@published
class Activity(Node):
    """Something a lead did or that was done to it."""

    key: str
    """The sender's key of it."""
    source: str
    """The sender."""
    type: str
    """The key of its type."""
    occurred_at: datetime
    """When it happened."""
    recorded_at: datetime
    """When it became known."""
    party: Party | None
    """The party that did it, where it was one."""
    person: str | None
    """The person of that party."""
    channel: str | None
    """The key of the channel; that of the type where the sender named none, or one that nobody knows."""
    channel_told: str | None
    """The sender's word for the channel, where it is not the key."""
    campaign: str | None
    """The campaign."""
    content: str | None
    """The subject."""
    fields: JSON
    """Its own fields."""
    _id: strawberry.Private[UUID]
    _lead_id: strawberry.Private[UUID]

    @field
    async def effort(self, info: Info) -> ActivityEffort | None:
        """The count of it in the effort of sales for a lead that was handed over; null for all else."""
        counted = await info.context.load(effort_types.efforts_of_activities, self._lead_id)
        return counted.get(str(self._id))

    @classmethod
    def of(cls, record: single.Activity) -> Activity:
        """The activity as it is shown."""
        return shown(
            cls,
            record,
            id=global_id("Activity", record.id),
            fields=JSON(dict(record.fields)),
            _id=record.id,
            _lead_id=record.lead_id,
        )


def by_time(record: single.Activity) -> Key:
    """The sort key of activities."""
    return (record.occurred_at, record.id)


async def of_lead(info: Info, lead_id: UUID, **page: Any) -> Connection[Activity]:
    """The activities of a lead, the newest first; `page` are first, after, last and before."""
    return await listed_below(info, lead_id, OF_LEADS, cursors=CURSORS, key=by_time, node=Activity.of, **page)


@nodes.loads("Activity")
async def activities(context: Context, ids: list[UUID]) -> Sequence[Activity | None]:
    """Activities by id, of leads that the asker sees."""
    found = await single.activities(context.application, context.principal, ids)
    return [None if r is None else Activity.of(r) for r in found]
