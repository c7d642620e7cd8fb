"""Mutations of handovers and breaches."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import strawberry

from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.shown import shown
from api.graphql.parts.user_errors import UserError
from api.graphql.types import handover_types, obligation_types
from api.graphql.types.handover_types import Handover
from api.graphql.types.ids import row_of
from api.graphql.types.obligation_types import Breach
from api.graphql.types.reason_types import Reason
from application.handovers import answer_handover, reassign_work
from application.handovers.reassign_work import WorkKind
from application.obligations import acknowledge_breach
from domain.refusal import Refusal


@published_input
class AcceptHandoverInput:
    """A handover that is to be accepted."""

    handover: strawberry.ID
    """The id of the handover."""
    comment: str | None = None
    """The comment."""


@published_input
class ReturnHandoverInput:
    """A handover that is to be returned."""

    handover: strawberry.ID
    """The id of the handover."""
    reason: str
    """The key of one of the version's return reasons."""
    missing: list[str] | None = None
    """For missing data: the fields without which the lead does not come again, keys or account.KEY; those that the
    reason names, if absent."""
    comment: str | None = None
    """The comment."""


@published_input
class ReassignHandoverInput:
    """A handover that is to be given to somebody else."""

    handover: strawberry.ID
    """The id of the handover."""
    team: str
    """The key of the team."""
    assignee: str | None = None
    """The member; whoever of the team has room, if absent."""
    reason: str
    """Why."""


@published_input
class WithdrawHandoverInput:
    """A handover that is to be taken back."""

    handover: strawberry.ID
    """The id of the handover."""
    reason: str
    """Why."""


@published_input
class AcknowledgeBreachInput:
    """A breach that was seen."""

    breach: strawberry.ID
    """The id of the breach."""
    explanation: str
    """Why it happened."""


@published_input
class ReassignWorkInput:
    """The passing of a person's work to somebody else."""

    person: str
    """The person."""
    to_team: str | None = None
    """The key of the team that gets it."""
    to_person: str | None = None
    """The person who gets it; without both, each handover goes by its route."""
    kinds: list[WorkKind] | None = None
    """The kinds of work; all, if absent."""
    reason: str
    """Why; it stands on each assignment."""
    preview_only: bool | None = None
    """True if it is only to be counted."""
    idempotency_key: str | None = None
    """A key of your own, so that sending it again gives the same answer."""


@published
class ReassignWorkPayload:
    """The work given away, or would be."""

    handovers: int = 0
    """The number of handovers."""
    prospects: int = 0
    """The number of leads in care."""
    obligations: int = 0
    """The number of obligations that go with the handovers."""
    queued: int = 0
    """The number of handovers for which nobody has room."""
    complete: bool = False
    """False where some is left: ask again."""
    errors: list[UserError]
    """The faults of the input."""


@published
class HandoverPayload:
    """A handover after what was done."""

    handover: Handover | None = None
    """The handover; null also when the one who asked no longer sees it."""
    notes: list[Reason]
    """The notes on the act, such as that the person is away."""
    errors: list[UserError]
    """The faults of the input."""

    @staticmethod
    def of_refusal(_refusal: Refusal) -> dict[str, list[Reason]]:
        """The rest of the answer when the mutation was refused."""
        return {"notes": []}


@published
class BreachPayload:
    """A breach after what was done."""

    breach: Breach | None = None
    """The breach."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Handovers:
    """Handovers and breaches."""

    @mutation(HandoverPayload)
    async def accept_handover(self, info: Info, input: AcceptHandoverInput) -> HandoverPayload:
        """Accept an offered handover; a queued one is assigned first."""
        handover_id = await answer_handover.accept_handover(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            comment=input.comment,
        )
        return await handover_payload(info.context, handover_id)

    @mutation(HandoverPayload)
    async def return_handover(self, info: Info, input: ReturnHandoverInput) -> HandoverPayload:
        """Return a handover with a coded reason, at once or after it was accepted."""
        handover_id = await answer_handover.return_handover(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            reason=input.reason,
            comment=input.comment,
            missing=input.missing,
        )
        return await handover_payload(info.context, handover_id)

    @mutation(HandoverPayload)
    async def reassign_handover(self, info: Info, input: ReassignHandoverInput) -> HandoverPayload:
        """Give an open handover to another team or member."""
        handover_id, notes = await answer_handover.reassign_handover(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            team=input.team,
            assignee=input.assignee,
            reason=input.reason,
        )
        return await handover_payload(info.context, handover_id, notes)

    @mutation(ReassignWorkPayload)
    async def reassign_work(self, info: Info, input: ReassignWorkInput) -> ReassignWorkPayload:
        """Give all that a person has to somebody else: to a team, to a person, else by each handover's route."""
        giving = reassign_work.Giving(input.person, input.reason, input.to_team, input.to_person)
        done = await reassign_work.reassign_work(
            info.context.application,
            info.context.principal,
            giving,
            kinds=input.kinds,
            preview_only=input.preview_only is True,
            idempotency_key=input.idempotency_key,
        )
        return shown(ReassignWorkPayload, done, errors=[])

    @mutation(HandoverPayload)
    async def withdraw_handover(self, info: Info, input: WithdrawHandoverInput) -> HandoverPayload:
        """Take an unanswered handover back."""
        handover_id = await answer_handover.withdraw_handover(
            info.context.application,
            info.context.principal,
            handover_id=row_of(input.handover, "Handover"),
            reason=input.reason,
        )
        return await handover_payload(info.context, handover_id)

    @mutation(BreachPayload)
    async def acknowledge_breach(self, info: Info, input: AcknowledgeBreachInput) -> BreachPayload:
        """Say that a breach was seen, and why it happened."""
        breach_id = await acknowledge_breach.acknowledge_breach(
            info.context.application,
            info.context.principal,
            breach_id=row_of(input.breach, "Breach"),
            explanation=input.explanation,
        )
        return BreachPayload(breach=await info.context.load(obligation_types.breaches, breach_id), errors=[])


async def handover_payload(context: Context, handover_id: UUID, notes: Sequence[str] = ()) -> HandoverPayload:
    """The handover as it is now, as the answer of a mutation."""
    reasons = [Reason(code=code, message=_NOTES[code], rule=None) for code in notes]
    found = await context.load(handover_types.handovers, handover_id)
    return HandoverPayload(handover=found, notes=reasons, errors=[])


_NOTES = {
    answer_handover.ASSIGNEE_ABSENT: "The person is away.",
    answer_handover.ASSIGNEE_FULL: "The person has as much as it can take.",
}
