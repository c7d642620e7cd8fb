"""Mutations of what is owed: settled by people, its clocks paused and resumed, returns answered."""

from __future__ import annotations

import asyncio
from datetime import date, datetime

import strawberry

from api.graphql.mutations.answers import mutation
from api.graphql.mutations.handovers import HandoverPayload, handover_payload
from api.graphql.parts.context import Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.user_errors import UserError
from api.graphql.types import obligation_types
from api.graphql.types.ids import row_of
from api.graphql.types.obligation_types import Obligation
from application.handovers import answer_return, pause_clock
from application.obligations import record_meeting, settle_obligation
from domain.party import Party
from domain.refusal import Refusal


@published_input
class MeetObligationInput:
    """An obligation of which a person says that what was owed was done."""

    obligation: strawberry.ID
    """The id of the obligation."""
    evidence: str | None = None
    """The proof."""
    at: datetime | None = None
    """When it was done; now, if absent."""


@published_input
class WaiveObligationInput:
    """An obligation that is to be forgiven."""

    obligation: strawberry.ID
    """The id of the obligation."""
    reason: str
    """Why."""


@published_input
class PauseClockInput:
    """A handover whose clocks are to stand still for a while."""

    handover: strawberry.ID
    """The id of the handover."""
    until: datetime
    """Until when."""
    reason: str
    """Why, such as: asked to be called after the 15th."""


@published_input
class ResumeClockInput:
    """A handover whose clocks are to go on now."""

    handover: strawberry.ID
    """The id of the handover."""


@published_input
class AnswerReturnInput:
    """A returned handover that marketing answers."""

    handover: strawberry.ID
    """The id of the handover."""
    comment: str
    """The use that marketing makes of it."""


@published_input
class MeetingMeasureInput:
    """A measure that a meeting decided on: what, by when and by whom."""

    label: str
    """The thing to be done."""
    due_on: date
    """The day by whose end it is done."""
    party: Party
    """The party that owes it."""
    team: str | None = None
    """The team that sees to it."""
    person: str | None = None
    """The person who sees to it; a team or a person is named."""


@published_input
class RecordMeetingInput:
    """A standing meeting that took place."""

    obligation: strawberry.ID
    """The id of the obligation to hold it."""
    at: datetime | None = None
    """When it took place; now, if absent."""
    minutes: str | None = None
    """The comment, or where that stands."""
    measures: list[MeetingMeasureInput] | None = None
    """The decisions; each is owed by its owner and day."""


@published
class RecordMeetingPayload:
    """A meeting after it was recorded."""

    obligation: Obligation | None = None
    """The obligation to hold it."""
    measures: list[Obligation]
    """The obligations now because of it."""
    errors: list[UserError]
    """The faults of the input."""

    @staticmethod
    def of_refusal(_refusal: Refusal) -> dict[str, list[Obligation]]:
        """The rest of the answer when the mutation was refused."""
        return {"measures": []}


@published
class ObligationPayload:
    """An obligation after what was done."""

    obligation: Obligation | None = None
    """The obligation."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Obligations:
    """The settling and pausing of obligations by people."""

    @mutation(ObligationPayload)
    async def meet_obligation(self, info: Info, input: MeetObligationInput) -> ObligationPayload:
        """Say that what was owed was done: a person of the party that owes, management or an admin."""
        obligation_id = await settle_obligation.meet_obligation(
            info.context.application,
            info.context.principal,
            obligation_id=row_of(input.obligation, "Obligation"),
            evidence=input.evidence,
            at=input.at,
        )
        found = await info.context.load(obligation_types.obligations, obligation_id)
        return ObligationPayload(obligation=found, errors=[])

    @mutation(ObligationPayload)
    async def waive_obligation(self, info: Info, input: WaiveObligationInput) -> ObligationPayload:
        """Forgive what is owed: a person of the party that is owed, or management."""
        obligation_id = await settle_obligation.waive_obligation(
            info.context.application,
            info.context.principal,
            obligation_id=row_of(input.obligation, "Obligation"),
            reason=input.reason,
        )
        found = await info.context.load(obligation_types.obligations, obligation_id)
        return ObligationPayload(obligation=found, errors=[])

    @mutation(RecordMeetingPayload)
    async def record_meeting(self, info: Info, input: RecordMeetingInput) -> RecordMeetingPayload:
        """Say that a meeting took place and what it decided: a person of the party that calls it, or management."""
        obligation_id = row_of(input.obligation, "Obligation")
        ids = await record_meeting.record_meeting(
            info.context.application,
            info.context.principal,
            obligation_id=obligation_id,
            minutes=input.minutes,
            at=input.at,
            measures=[record_meeting.MeasureWish(**vars(measure)) for measure in input.measures or ()],
        )
        found = await info.context.load(obligation_types.obligations, obligation_id)
        measures = await asyncio.gather(*(info.context.load(obligation_types.obligations, one) for one in ids))
        return RecordMeetingPayload(obligation=found, measures=[m for m in measures if m is not None], errors=[])

    @mutation(HandoverPayload)
    async def pause_clock(self, info: Info, input: PauseClockInput) -> HandoverPayload:
        """Let the clocks about a handover stand still from now on; what was missed already stays missed."""
        handover_id = await pause_clock.pause_clock(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            until=input.until,
            reason=input.reason,
        )
        return await handover_payload(info.context, handover_id)

    @mutation(HandoverPayload)
    async def resume_clock(self, info: Info, input: ResumeClockInput) -> HandoverPayload:
        """Let the clocks about a handover go on now; what is left of the pause is given back."""
        handover_id = await pause_clock.resume_clock(
            info.context.application, info.context.principal, handover_id=row_of(input.handover, "Handover")
        )
        return await handover_payload(info.context, handover_id)

    @mutation(HandoverPayload)
    async def answer_return(self, info: Info, input: AnswerReturnInput) -> HandoverPayload:
        """Answer a lead that sales returned."""
        handover_id = await answer_return.answer_return(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            comment=input.comment,
        )
        return await handover_payload(info.context, handover_id)
