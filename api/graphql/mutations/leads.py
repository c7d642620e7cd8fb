"""Mutations of leads and activities."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Context, Info
from api.graphql.parts.error_room import ErrorRoom
from api.graphql.parts.published import field, published, published_input, published_interface
from api.graphql.parts.user_errors import UserError, user_errors
from api.graphql.types import handover_types, lead_types
from api.graphql.types.handover_types import Handover
from api.graphql.types.ids import NOBODY, row_of
from api.graphql.types.incoming_types import (
    RecordActivitiesInput,
    UpsertLeadsInput,
    incoming_activities,
    incoming_leads,
)
from api.graphql.types.lead_refs import LeadRef
from api.graphql.types.lead_types import Lead
from application.handovers import move_lead
from application.intake import record_activities, upsert_leads
from application.reading import single
from application.runtime.incoming import ItemResult, ItemStatus, OnFault


@published_input
class MoveLeadInput:
    """A lead that is to be moved by hand."""

    lead: LeadRef
    """Which one."""
    stage: str
    """The key of the stage."""
    reason: str | None = None
    """Why."""
    value: Decimal | None = None
    """The value of the order, won or lost."""
    currency: str | None = None
    """The currency of the value, ISO 4217, such as EUR."""
    at: datetime | None = None
    """When it happened; now, if absent. Not before the lead came to its present stage."""
    return_reason: str | None = None
    """The key of one of the version's return reasons: then the lead's open handover is returned. Needed to move a lead
    to a stage of kind RECYCLED while sales works it, or anywhere before sales answered."""
    missing: list[str] | None = None
    """Of a return for missing data: the fields without which the lead does not come again, keys or account.KEY."""


@published_interface
class BatchResult:
    """The result of one item of a batch."""

    index: int
    """Its place in the batch, from 0."""
    status: ItemStatus
    """The result."""
    errors: list[UserError]
    """The faults; paths are relative to the item."""
    _lead_id: strawberry.Private[UUID | None]
    _handover_id: strawberry.Private[UUID | None]

    @field
    async def lead(self, info: Info) -> Lead | None:
        """The lead; null when the item was refused."""
        return await lead_shown(info.context, self._lead_id)

    @field
    async def handover(self, info: Info) -> Handover | None:
        """The lead's open handover, if any."""
        return await _handover(info.context, self._handover_id)


@published
class LeadResult(BatchResult):
    """The result of one lead of a batch."""

    external_id: str | None
    """The sender's own key of the lead."""


@published
class ActivityResult(BatchResult):
    """The result of one activity of a batch."""

    key: str
    """The sender's own key of the activity."""


async def lead_shown(context: Context, lead_id: UUID | None) -> Lead | None:
    """The lead as the asker sees it."""
    return await context.load(lead_types.leads, lead_id) if lead_id else None


async def _handover(context: Context, handover_id: UUID | None) -> Handover | None:
    return await context.load(handover_types.handovers, handover_id) if handover_id else None


@published
class UpsertLeadsPayload:
    """The result of a batch of leads."""

    results: list[LeadResult]
    """One result for each item, in input order; none when the batch itself is at fault."""
    errors: list[UserError]
    """The faults with the batch itself."""


@published
class RecordActivitiesPayload:
    """The result of a batch of activities."""

    results: list[ActivityResult]
    """One result for each item, in input order; none when the batch itself is at fault."""
    errors: list[UserError]
    """The faults with the batch itself."""


@published
class LeadPayload:
    """A lead after what was done."""

    lead: Lead | None = None
    """The lead."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Leads:
    """Leads and activities."""

    @mutation(UpsertLeadsPayload)
    async def upsert_leads(self, info: Info, input: UpsertLeadsInput) -> UpsertLeadsPayload:
        """Create or merge leads; good items are kept and bad ones told, unless the batch is atomic."""
        done = await upsert_leads.upsert_leads(
            info.context.application,
            info.context.principal,
            source=input.source,
            items=incoming_leads(input.leads),
            atomic=bool(input.atomic),
            on_fault=input.on_fault or OnFault.REFUSE_ITEM,
            only_known=bool(input.only_known),
        )
        room = ErrorRoom(info.context)
        results = [_of_lead(result, room) for result in done.results]
        return UpsertLeadsPayload(results=results, errors=user_errors(done.faults))

    @mutation(RecordActivitiesPayload)
    async def record_activities(self, info: Info, input: RecordActivitiesInput) -> RecordActivitiesPayload:
        """Record activities, each once; good items are kept and bad ones told, unless the batch is atomic."""
        done = await record_activities.record_activities(
            info.context.application,
            info.context.principal,
            source=input.source,
            items=incoming_activities(input.activities),
            atomic=bool(input.atomic),
        )
        room = ErrorRoom(info.context)
        results = [_of_activity(result, room) for result in done.results]
        return RecordActivitiesPayload(results=results, errors=user_errors(done.faults))

    @mutation(LeadPayload)
    async def move_lead(self, info: Info, input: MoveLeadInput) -> LeadPayload:
        """Move a lead by hand: sales qualified, opportunity, won, lost."""
        about = {name: value for name, value in vars(input).items() if name != "lead"}
        meant = await lead_meant(info.context, input.lead)
        lead_id = await move_lead.move_lead(info.context.application, info.context.principal, lead_id=meant, **about)
        return LeadPayload(lead=await lead_shown(info.context, lead_id), errors=[])


async def lead_meant(context: Context, ref: LeadRef) -> UUID:
    """The id of the lead that is meant; nobody's, when the asker sees no such lead."""
    if not ref.key:
        return row_of(ref.id or "", "Lead")
    found = await single.lead_by_key(
        context.application, context.principal, source=ref.key.source, external_id=ref.key.external_id
    )
    return NOBODY if found is None else found.id


def _of_lead(result: ItemResult, room: ErrorRoom) -> LeadResult:
    return LeadResult(
        index=result.index,
        external_id=result.key,
        status=result.status,
        errors=room.told(result.faults),
        _lead_id=result.lead_id,
        _handover_id=result.handover_id,
    )


def _of_activity(result: ItemResult, room: ErrorRoom) -> ActivityResult:
    return ActivityResult(
        index=result.index,
        key=result.key or "",
        status=result.status,
        errors=room.told(result.faults),
        _lead_id=result.lead_id,
        _handover_id=result.handover_id,
    )
