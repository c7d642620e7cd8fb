"""The rounds of a lead: each handover, how it ended, and what was new that brought it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import field, published
from api.graphql.types import activity_types, handover_types
from api.graphql.types.links import ActivityLink, HandoverLink
from application.reading import rounds
from domain.document.sections.handover import Destination


@published
class LeadNews:
    """Something new about a lead: an activity, or a field that changed."""

    at: datetime
    """When the activity happened, or since when the value holds."""
    field_: str | None
    """The field that changed: a key, account.KEY for the account's; null for an activity."""
    _activity_id: strawberry.Private[UUID | None]

    @field
    async def activity(self, info: Info) -> ActivityLink | None:
        """The activity; null for a field."""
        return await info.context.load(activity_types.activities, self._activity_id) if self._activity_id else None


@published
class LeadRound:
    """One handover of a lead, seen from the lead."""

    round: int
    """Which one, from 1."""
    offered_at: datetime
    """When it was offered."""
    team: str | None
    """The key of the team that had it last; null if nobody ever had it."""
    assignee: str | None
    """The person who had it last; null if nobody ever had it."""
    returned_at: datetime | None
    """When sales, or the clock for want of an answer, gave it back; null otherwise."""
    reason: str | None
    """The key of the reason for which sales gave it back; null where nobody answered."""
    destination: Destination | None
    """The destination of the lead by that reason."""
    data_awaited: list[str]
    """The fields that it was returned for."""
    comment: str | None
    """The words of the person who answered."""
    brought_back_by: list[LeadNews]
    """The news between the end of the round before and this offer, the earliest first: at most the last 20
    activities and 20 changed fields; contacts by sales are nothing new. Empty in the first round."""
    _handover_id: strawberry.Private[UUID]

    @field
    async def handover(self, info: Info) -> HandoverLink:
        """The handover."""
        found = await info.context.load(handover_types.handovers, self._handover_id)
        assert found is not None  # noqa: S101 - who sees the round sees its handover
        return found


async def rounds_of(context: Context, lead_ids: list[UUID]) -> Sequence[list[LeadRound]]:
    """The rounds of each lead that the asker sees."""
    found = await rounds.rounds_of(context.application, context.principal, lead_ids)
    return [[_round(one) for one in of_lead] for of_lead in found]


def _round(record: rounds.Round) -> LeadRound:
    handover = record.handover
    return LeadRound(
        round=handover.round,
        offered_at=handover.offered_at,
        team=handover.team,
        assignee=handover.assignee,
        returned_at=record.returned_at,
        reason=handover.return_reason,
        destination=record.destination,
        data_awaited=list(handover.data_awaited),
        comment=handover.comment,
        brought_back_by=[_news(one) for one in record.news],
        _handover_id=handover.id,
    )


def _news(record: rounds.News) -> LeadNews:
    return LeadNews(at=record.at, field_=record.field, _activity_id=record.activity_id)
