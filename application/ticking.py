"""What the clock does at each step of what is owed: warn, open the breach, escalate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from application import answering, owing, reconciling
from application.books import Book
from application.desk import Desk
from application.offering import hand_to, route_of, tell, wish_of
from domain.document.handover import EscalationAction, EscalationStep
from domain.handover import Handover, HandoverState
from domain.obligation import Act, Obligation, Step
from domain.owed.answer import WORD as ANSWER
from domain.owed.kind import Subject
from persistence import handovers
from rules.routing import Assigned


async def act(desk: Desk, owner_id: UUID) -> None:
    """Do all that fell due about a lead, or about an agreement itself, in the order in which it fell due."""
    while due := [o for o in desk.owed(owner_id) if o.next_at is not None and o.next_at < desk.work.now]:
        obligation = min(due, key=lambda o: (o.next_at, o.id))
        step, after = next(obligation.due_steps(now=desk.work.now))
        desk.put_obligation(after)
        await ACTS[step.act](desk, after, step)
        if desk.changed:
            await reconciling.reconcile(desk)


async def _warn(desk: Desk, obligation: Obligation, step: Step) -> None:
    handover = _handover_of(desk, obligation)
    if handover is None:
        owing.tell(desk, "obligation.warned", obligation, at=step.at)
        return
    book = await desk.book(handover.version_id)
    tell(desk, "handover.warned", handover, book, at=step.at, **_about(obligation))


def _about(obligation: Obligation) -> dict[str, Any]:
    due_at = obligation.due_at.isoformat() if obligation.due_at else None
    return {"obligation": obligation.kind, "obligationId": str(obligation.id), "dueAt": due_at}


async def _breach(desk: Desk, obligation: Obligation, step: Step) -> None:  # noqa: ARG001 - the row's shape
    owing.miss(desk, obligation)
    if obligation.subject_type == Subject.AGREEMENT:
        desk.changed[obligation.subject_id] = Subject.AGREEMENT  # a rhythm goes on


async def _escalate(desk: Desk, obligation: Obligation, step: Step) -> None:
    book = await desk.book(obligation.version_id)
    escalation = _escalation(book, obligation)[step.index]
    handover = _handover_of(desk, obligation)
    told = {"action": escalation.action.value, "audience": escalation.audience, "step": step.index + 1}
    if handover is None:
        owing.tell(desk, "obligation.escalated", obligation, at=step.at, **told)
        return
    if obligation.kind == ANSWER and handover.state is not HandoverState.OFFERED:
        return
    escalated = handover.escalated()
    desk.put_handover(escalated)
    tell(desk, "handover.escalated", escalated, book, at=step.at, **told, **_about(obligation))
    await ESCALATIONS[escalation.action](desk, book, escalated, escalation)


def _escalation(book: Book, obligation: Obligation) -> Sequence[EscalationStep]:
    """What happens while something is missing: of an answer as the handover says, else as the kind's rule does."""
    if obligation.kind == ANSWER:
        return book.document.handover.escalation
    return next((r.escalation for r in book.document.obligations if r.key == obligation.kind), ())


async def _notify(desk: Desk, book: Book, handover: Handover, step: EscalationStep) -> None:
    """The event is the notice: its audience reads it from the log."""


async def _reassign(desk: Desk, book: Book, handover: Handover, step: EscalationStep) -> None:  # noqa: ARG001
    tried = await handovers.assignees_of(desk.work.connection, handover.id)
    route = route_of(book, handover)
    await desk.roster.hold_routes([route])
    choice = desk.roster.choose(route, wish_of(desk, handover, exclude=frozenset(tried)))
    if isinstance(choice, Assigned):
        await hand_to(desk, book, handover, choice.team, choice.person, because="escalated", choice=choice)


async def _return(desk: Desk, book: Book, handover: Handover, step: EscalationStep) -> None:  # noqa: ARG001
    await answering.give_back(desk, book, handover, None, comment=None)


def _handover_of(desk: Desk, obligation: Obligation) -> Handover | None:
    handover = desk.handovers.get(obligation.lead_id) if obligation.lead_id else None
    return handover if handover is not None and handover.id == obligation.subject_id else None


ACTS: dict[Act, Callable[[Desk, Obligation, Step], Awaitable[None]]] = {
    Act.WARN: _warn,
    Act.BREACH: _breach,
    Act.ESCALATE: _escalate,
}
ESCALATIONS: dict[EscalationAction, Callable[[Desk, Book, Handover, EscalationStep], Awaitable[None]]] = {
    EscalationAction.NOTIFY: _notify,
    EscalationAction.REASSIGN: _reassign,
    EscalationAction.RETURN: _return,
}
