"""What the clock does at each step of what is owed: warn, open the breach, escalate; and when a pause runs out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from application import answering, notifying, owing, reconciling
from application.books import Book
from application.desk import Desk
from application.offering import hand_to, route_of, tell, wish_of
from domain.document.handover import Audience, EscalationAction, EscalationStep
from domain.handover import Handover, HandoverState
from domain.obligation import Act, Obligation, Step
from domain.owed.answer import WORD as ANSWER
from domain.owed.kind import Subject
from persistence import handovers
from rules.routing import Assigned

RAN_OUT = "ran-out"
"""Why the clocks about a handover go on: the time of the pause was over."""


async def act(desk: Desk, owner_id: UUID) -> None:
    """Do all that fell due about a lead, or about an agreement itself, in the order in which it fell due."""
    while due := [o for o in desk.owed(owner_id) if o.next_at is not None and o.next_at < desk.work.now]:
        obligation = min(due, key=lambda o: (o.next_at, o.id))
        assert obligation.next_at is not None  # noqa: S101 - the due ones have it
        await _run_on(desk, owner_id, until=obligation.next_at)
        step, after = next(obligation.due_steps(now=desk.work.now))
        desk.put_obligation(after)
        await ACTS[step.act](desk, after, step)
        if desk.changed:
            await reconciling.reconcile(desk)
    await _run_on(desk, owner_id, until=desk.work.now)


async def _run_on(desk: Desk, lead_id: UUID, *, until: datetime) -> None:
    """Tell that the pause of a lead's handover ran out by a moment; nothing owed changes, as its end was known."""
    handover = desk.handovers.get(lead_id)
    if handover is None or handover.resumes_at is None or handover.resumes_at > until:
        return
    book, at = await desk.book(handover.version_id), handover.resumes_at
    desk.put_handover(handover.run_on())
    tell(desk, "handover.resumed", handover, book, at=at, because=RAN_OUT)


async def _warn(desk: Desk, obligation: Obligation, step: Step) -> None:
    handover = _handover_of(desk, obligation)
    book = await desk.book(obligation.version_id)
    told = await notifying.reached(desk, obligation, handover, Audience.PERSON)
    about = {"recipients": [recipient.to_json() for recipient in told]}
    if handover is None:
        owing.tell(desk, "obligation.warned", obligation, at=step.at, **about)
    else:
        tell(desk, "handover.warned", handover, book, at=step.at, **_about(obligation), **about)
    notifying.gather(desk, book, obligation, step, told, {}, owing.visible_to(desk, obligation))


def _about(obligation: Obligation) -> dict[str, Any]:
    due_at = obligation.due_at.isoformat() if obligation.due_at else None
    return {"obligation": obligation.kind, "obligationId": str(obligation.id), "dueAt": due_at}


async def _breach(desk: Desk, obligation: Obligation, step: Step) -> None:  # noqa: ARG001 - the row's shape
    owing.miss(desk, obligation)
    if obligation.subject_type == Subject.AGREEMENT:
        desk.changed[obligation.subject_id] = Subject.AGREEMENT  # a rhythm goes on


async def _escalate(desk: Desk, obligation: Obligation, step: Step) -> None:
    book = await desk.book(obligation.version_id)
    escalation = notifying.escalation_of(book, obligation)[step.index]
    handover = _handover_of(desk, obligation)
    if handover is not None and obligation.kind == ANSWER and handover.state is not HandoverState.OFFERED:
        return
    heir = await _heir(desk, book, handover, escalation)
    nobody = escalation.action is EscalationAction.REASSIGN and heir is None
    audience = escalation.audience or (Audience.TEAM_LEAD if nobody else None)
    told = await notifying.reached(desk, obligation, handover, audience)
    said: dict[str, Any] = {"action": escalation.action.value, "audience": escalation.audience, "step": step.index + 1}
    said |= {"nobodyLeft": True} if nobody else {}
    notifying.gather(desk, book, obligation, step, told, said, owing.visible_to(desk, obligation))
    said["recipients"] = [recipient.to_json() for recipient in told]
    if handover is None:
        owing.tell(desk, "obligation.escalated", obligation, at=step.at, **said)
        return
    escalated = handover.escalated()
    desk.put_handover(escalated)
    tell(desk, "handover.escalated", escalated, book, at=step.at, **said, **_about(obligation))
    if heir is not None:
        await hand_to(desk, book, escalated, heir.team, heir.person, because="escalated", choice=heir)
    elif escalation.action is EscalationAction.RETURN:
        await answering.give_back(desk, book, escalated, None, comment=None)


async def _heir(desk: Desk, book: Book, handover: Handover | None, step: EscalationStep) -> Assigned | None:
    """Who gets a handover by a step that gives it to somebody else, never one who had it; None where nobody is left."""
    if handover is None or step.action is not EscalationAction.REASSIGN:
        return None
    tried = await handovers.assignees_of(desk.work.connection, handover.id) | desk.assignees_of(handover.id)
    route = route_of(book, handover)
    await desk.roster.hold_routes([route])
    choice = desk.roster.choose(route, wish_of(desk, handover, exclude=frozenset(tried)))
    return choice if isinstance(choice, Assigned) else None


def _handover_of(desk: Desk, obligation: Obligation) -> Handover | None:
    handover = desk.handovers.get(obligation.lead_id) if obligation.lead_id else None
    return handover if handover is not None and handover.id == obligation.subject_id else None


ACTS: dict[Act, Callable[[Desk, Obligation, Step], Awaitable[None]]] = {
    Act.WARN: _warn,
    Act.BREACH: _breach,
    Act.ESCALATE: _escalate,
}
