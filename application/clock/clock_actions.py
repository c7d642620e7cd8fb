"""The acts of the clock at each step of what is owed: warn, open the breach, escalate; and when a pause runs out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from application.handovers import answering
from application.judging.offering import emit, hand_to, route_of, wish_of
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work import notifying, obligation_lifecycle, reconciling
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Audience, EscalationAction, EscalationStep
from domain.events.event import UNSET
from domain.events.handovers import HandoverEscalated, HandoverResumed, HandoverWarned
from domain.events.obligations import ObligationEscalated, ObligationWarned
from domain.handovers.handover import Handover, HandoverState
from domain.obligation import Act, Obligation, Step
from domain.obligations.kind import Subject
from domain.obligations.kinds.answer import WORD as ANSWER
from rules.routing.routing import Assigned

RAN_OUT = "ran-out"
"""Why the clocks about a handover go on: the time of the pause was over."""


async def act(unit: UnitOfWork, owner_id: UUID) -> None:
    """Do all that fell due about a lead, or about an agreement itself, in the order in which it fell due."""
    while due := [o for o in unit.owed(owner_id) if o.next_at is not None and o.next_at < unit.transaction.now]:
        obligation = min(due, key=lambda o: (o.next_at, o.id))
        assert obligation.next_at is not None  # noqa: S101 - the due ones have it
        await _run_on(unit, owner_id, until=obligation.next_at)
        step, after = next(obligation.due_steps(now=unit.transaction.now))
        unit.put_obligation(after)
        await ACTS[step.act](unit, after, step)
        if unit.changed:
            await reconciling.reconcile(unit)
    await _run_on(unit, owner_id, until=unit.transaction.now)


async def hold_heirs(unit: UnitOfWork) -> None:
    """Hold at once the teams in which somebody may get a handover by an escalation that fell due."""
    routes, concerned = [], []
    for obligation in (one for owner in unit.obligations.values() for one in owner.values()):
        handover = _handover_of(unit, obligation)
        for step, _ in obligation.due_steps(now=unit.transaction.now) if handover else ():
            compiled_version = await unit.compiled_version(obligation.version_id)
            escalation = notifying.escalation_of(compiled_version, obligation) if step.act is Act.ESCALATE else ()
            if escalation and handover and escalation[step.index].action is EscalationAction.REASSIGN:
                routes.append(route_of(compiled_version, handover))
                concerned.append(handover.lead_id)
    await hold_for(unit, concerned, routes)


async def _run_on(unit: UnitOfWork, lead_id: UUID, *, until: datetime) -> None:
    """Tell that the pause of a lead's handover ran out by a moment; nothing owed changes, as its end was known."""
    handover = unit.handovers.get(lead_id)
    if handover is None or handover.resumes_at is None or handover.resumes_at > until:
        return
    compiled_version, at = await unit.compiled_version(handover.version_id), handover.resumes_at
    unit.put_handover(handover.run_on())
    emit(unit, HandoverResumed(because=RAN_OUT), handover, compiled_version, at=at)


async def _warn(unit: UnitOfWork, obligation: Obligation, step: Step) -> None:
    handover = _handover_of(unit, obligation)
    compiled_version = await unit.compiled_version(obligation.version_id)
    told = await notifying.reached(unit, obligation, handover, Audience.PERSON)
    recipients = [recipient.to_json() for recipient in told]
    if handover is None:
        obligation_lifecycle.emit(unit, ObligationWarned(recipients=recipients), obligation, at=step.at)
    else:
        event = HandoverWarned(**_about(obligation), recipients=recipients)
        emit(unit, event, handover, compiled_version, at=step.at)
    notifying.gather(
        unit, compiled_version, obligation, step, told, {}, obligation_lifecycle.visible_to(unit, obligation)
    )


def _about(obligation: Obligation) -> dict[str, Any]:
    due_at = obligation.due_at.isoformat() if obligation.due_at else None
    return {"obligation": obligation.kind, "obligation_id": str(obligation.id), "due_at": due_at}


async def _breach(unit: UnitOfWork, obligation: Obligation, step: Step) -> None:  # noqa: ARG001 - the row's shape
    obligation_lifecycle.miss(unit, obligation)
    if obligation.subject_type == Subject.AGREEMENT:
        unit.changed[obligation.subject_id] = Subject.AGREEMENT  # a rhythm goes on


async def _escalate(unit: UnitOfWork, obligation: Obligation, step: Step) -> None:
    compiled_version = await unit.compiled_version(obligation.version_id)
    escalation = notifying.escalation_of(compiled_version, obligation)[step.index]
    handover = _handover_of(unit, obligation)
    if handover is not None and obligation.kind == ANSWER and handover.state is not HandoverState.OFFERED:
        return
    heir = await _heir(unit, compiled_version, handover, escalation)
    nobody = escalation.action is EscalationAction.REASSIGN and heir is None
    audience = escalation.audience or (Audience.TEAM_LEAD if nobody else None)
    told = await notifying.reached(unit, obligation, handover, audience)
    said: dict[str, Any] = {"action": escalation.action.value, "audience": escalation.audience, "step": step.index + 1}
    said |= {"nobodyLeft": True} if nobody else {}
    notifying.gather(
        unit, compiled_version, obligation, step, told, said, obligation_lifecycle.visible_to(unit, obligation)
    )
    taken: dict[str, Any] = {
        "action": escalation.action.value,
        "audience": escalation.audience,
        "step": step.index + 1,
        "nobody_left": True if nobody else UNSET,
        "recipients": [recipient.to_json() for recipient in told],
    }
    if handover is None:
        obligation_lifecycle.emit(unit, ObligationEscalated(**taken), obligation, at=step.at)
        return
    escalated = handover.escalated()
    unit.put_handover(escalated)
    emit(unit, HandoverEscalated(**taken, **_about(obligation)), escalated, compiled_version, at=step.at)
    if heir is not None:
        await hand_to(unit, compiled_version, escalated, heir.team, heir.person, because="escalated", choice=heir)
    elif escalation.action is EscalationAction.RETURN:
        await answering.give_back(unit, compiled_version, escalated, None, comment=None)


async def _heir(
    unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover | None, step: EscalationStep
) -> Assigned | None:
    """Who gets a handover by a step that gives it to somebody else, never one who had it; None where nobody is left."""
    if handover is None or step.action is not EscalationAction.REASSIGN:
        return None
    tried = await unit.read_once.assignees_of(handover.id) | unit.assignees_of(handover.id)
    route = route_of(compiled_version, handover)
    await hold_for(unit, [handover.lead_id], [route])
    choice = unit.team_capacity.choose(route, wish_of(unit, handover, exclude=frozenset(tried)))
    return choice if isinstance(choice, Assigned) else None


def _handover_of(unit: UnitOfWork, obligation: Obligation) -> Handover | None:
    handover = unit.handovers.get(obligation.lead_id) if obligation.lead_id else None
    return handover if handover is not None and handover.id == obligation.subject_id else None


ACTS: dict[Act, Callable[[UnitOfWork, Obligation, Step], Awaitable[None]]] = {
    Act.WARN: _warn,
    Act.BREACH: _breach,
    Act.ESCALATE: _escalate,
}
