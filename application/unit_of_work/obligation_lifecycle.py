"""The life of an obligation: opened, met, waived, cancelled, missed; and of the breach of a missed one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.events.obligations import (
    BreachEvent,
    BreachOpened,
    BreachPayload,
    BreachResolved,
    ObligationCancelled,
    ObligationEvent,
    ObligationMet,
    ObligationOpened,
    ObligationPayload,
    ObligationWaived,
)
from domain.events.sides import sides
from domain.handovers.handover import Handover
from domain.obligation import Act, Breach, BreachSeverity, BreachState, Obligation, ObligationState
from domain.obligations.all_kinds import item_of
from domain.party import Party
from domain.words.ids import new_id

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

NO_CAPACITY = "no-capacity"
"""The kind of breach when nobody has room for a handover."""


def open_obligation(unit: UnitOfWork, obligation: Obligation) -> None:
    """Open an obligation and tell of it, dated when it began."""
    unit.add_obligation(obligation)
    emit(unit, ObligationOpened(), obligation, at=obligation.opened_at)


def emit(unit: UnitOfWork, event: ObligationEvent, obligation: Obligation, *, at: datetime | None = None) -> None:
    """Write an event about an obligation."""
    state = ObligationPayload(
        kind=obligation.kind,
        item=item_of(obligation.kind, obligation.instance_key),
        state=obligation.state.value,
        party=obligation.party.value,
        team=obligation.team,
        assignee=obligation.assignee,
        due_at=obligation.due_at.isoformat() if obligation.due_at else None,
        reason=obligation.closing_reason,
        subject={"type": obligation.subject_type, "id": str(obligation.subject_id)},
    ).payload
    visible = visible_to(unit, obligation)
    unit.transaction.emit(event, obligation.id, state=state, lead_id=obligation.lead_id, visible_to=visible, at=at)


def visible_to(unit: UnitOfWork, obligation: Obligation) -> tuple[str, ...]:
    """The teams of sales that see what becomes of an obligation: those of its handover, else the one that owes it."""
    handover = unit.handover_history.get(obligation.subject_id)
    if handover is None and obligation.lead_id is not None:
        handover = unit.handovers.get(obligation.lead_id)
    if handover is not None:
        return handover.visible_to
    own = (obligation.team,) if obligation.team else ()
    return own + (unit.teams_of(obligation.lead_id) if obligation.lead_id else ())


async def meet(
    unit: UnitOfWork, obligation: Obligation, *, at: datetime, person: str | None = None, evidence: str | None = None
) -> None:
    """Close an obligation because what was owed was done at an instant; a miss not yet found is found first."""
    for step, after in obligation.due_steps(now=at):
        obligation = after
        if step.act is Act.BREACH:
            miss(unit, obligation)
    met = obligation.met(at=at, now=unit.transaction.now, person=person, evidence=evidence)
    unit.put_obligation(met)
    emit(unit, ObligationMet(evidence=evidence), met, at=at)
    await resolve_breaches(unit, met)


async def correct(
    unit: UnitOfWork, obligation: Obligation, *, at: datetime, person: str | None = None, evidence: str | None = None
) -> None:
    """Hold an obligation that counted as met late as met, since it was done in time and told late."""
    met = obligation.met(at=at, now=unit.transaction.now, person=person, evidence=evidence)
    unit.put_obligation(met)
    emit(unit, ObligationMet(evidence=evidence, corrected=True), met, at=at)
    await resolve_breaches(unit, met)


async def waive(unit: UnitOfWork, obligation: Obligation, reason: str, person: str) -> None:
    """Forgive an obligation; the breach of a missed one is resolved."""
    waived = obligation.waived(reason, person, now=unit.transaction.now)
    unit.put_obligation(waived)
    emit(unit, ObligationWaived(), waived)
    await resolve_breaches(unit, waived)


async def cancel(unit: UnitOfWork, obligation: Obligation, reason: str) -> None:
    """Close an obligation that is no longer owed; one that was missed already stays told as a breach, resolved."""
    for step, after in obligation.due_steps(now=unit.transaction.now):
        obligation = after
        if step.act is Act.BREACH:
            miss(unit, obligation)
    cancelled = obligation.cancelled(reason, now=unit.transaction.now)
    unit.put_obligation(cancelled)
    emit(unit, ObligationCancelled(), cancelled)
    await resolve_breaches(unit, cancelled)


async def resolve_breaches(unit: UnitOfWork, obligation: Obligation) -> None:
    """Resolve the breaches of an obligation that is no longer open, and mark those that turned out to be none."""
    if obligation.breached_at is None:
        return
    kept = obligation.state is ObligationState.MET
    for breach in await unit.breaches_about(obligation.subject_id):
        if breach.obligation_id != obligation.id:
            continue
        if breach.state is not BreachState.RESOLVED or breach.met_in_time is not kept:
            settle(unit, breach, breach.resolved(met_in_time=kept, now=breach.resolved_at or unit.transaction.now))


async def room_found(unit: UnitOfWork, handover: Handover) -> None:
    """Resolve the breach that nobody had room for a handover."""
    for breach in await unit.breaches_about(handover.id):
        if breach.kind == NO_CAPACITY and breach.resolved_at is None:
            settle(unit, breach, breach.resolved(now=unit.transaction.now))


def settle(unit: UnitOfWork, before: Breach, breach: Breach) -> None:
    """Write back a resolved breach and tell of it."""
    unit.put_breach(breach)
    emit_breach(unit, BreachResolved(), breach, before=before)


def miss(unit: UnitOfWork, obligation: Obligation) -> Breach:
    """Open the breach of an obligation, dated when it was due."""
    due_at = obligation.due_at or unit.transaction.now
    breach = Breach(
        id=new_id(now=unit.transaction.now),
        state=BreachState.OPEN,
        severity=obligation.severity,
        kind=obligation.kind,
        party=obligation.party,
        team=obligation.team,
        assignee=obligation.assignee,
        visible_to=visible_to(unit, obligation),
        obligation_id=obligation.id,
        subject_type=obligation.subject_type,
        subject_id=obligation.subject_id,
        lead_id=obligation.lead_id,
        agreement_id=obligation.agreement_id,
        due_at=due_at,
        opened_at=due_at,
        detected_at=unit.transaction.now,
    )
    return open_breach(unit, breach)


def lack_of_capacity(unit: UnitOfWork, handover: Handover) -> Breach:
    """Open the breach of sales that nobody has room for a handover."""
    breach = Breach(
        id=new_id(now=unit.transaction.now),
        state=BreachState.OPEN,
        severity=BreachSeverity.HIGH,
        kind=NO_CAPACITY,
        party=Party.SALES,
        team=None,
        assignee=None,
        visible_to=handover.visible_to,
        obligation_id=None,
        subject_type="Handover",
        subject_id=handover.id,
        lead_id=handover.lead_id,
        agreement_id=handover.agreement_id,
        due_at=unit.transaction.now,
        opened_at=unit.transaction.now,
        detected_at=unit.transaction.now,
    )
    return open_breach(unit, breach)


def open_breach(unit: UnitOfWork, breach: Breach) -> Breach:
    """Open a breach and tell of it, dated when the promise was broken."""
    unit.add_breach(breach)
    emit_breach(unit, BreachOpened(), breach, at=breach.opened_at)
    return breach


def emit_breach(
    unit: UnitOfWork, event: BreachEvent, breach: Breach, *, at: datetime | None = None, before: Breach | None = None
) -> None:
    """Write an event about a breach."""
    state = breach_state(breach, before)
    unit.transaction.emit(event, breach.id, state=state, lead_id=breach.lead_id, visible_to=breach.visible_to, at=at)


def breach_state(breach: Breach, before: Breach | None) -> dict[str, Any]:
    """Return what subscribers filter breaches by, after and before an event; nobody else sees it than before."""
    after = _state_of(breach)
    return after | sides(after, None if before is None else _state_of(before), (), ())


def _state_of(breach: Breach) -> dict[str, Any]:
    return BreachPayload(
        state=breach.state.value,
        kind=breach.kind,
        severity=breach.severity.value,
        party=breach.party.value,
        team=breach.team,
        assignee=breach.assignee,
        opened_at=breach.opened_at.isoformat(),
        due_at=breach.due_at.isoformat() if breach.due_at else None,
        met_in_time=breach.met_in_time,
    ).payload
