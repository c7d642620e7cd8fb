"""What is owed about a handover: opened, met, cancelled, missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from application.books import Book
from application.desk import Desk
from domain.document.limits import TimeLimit
from domain.handover import Handover
from domain.ids import new_id
from domain.obligation import (
    Act,
    Breach,
    BreachSeverity,
    BreachState,
    Obligation,
    ObligationKind,
    ObligationState,
    Step,
    in_order,
)
from domain.party import Party
from domain.team import Team
from persistence import obligations

NO_CAPACITY = "no-capacity"
"""The kind of breach when nobody has room for a handover."""


def open_obligation(
    desk: Desk,
    book: Book,
    handover: Handover,
    kind: ObligationKind,
    limit: TimeLimit,
    *,
    team: Team | None,
    escalates: bool = False,
) -> Obligation:
    """Open what sales owes about a handover from now on, with its warning, its due instant and its escalation."""
    start = desk.work.now
    calendar_key = book.calendar_of(team)
    calendar = book.calendars[calendar_key]
    due_at = calendar.deadline(start, limit.duration, limit.clock)
    section = book.document.handover
    warn_at = calendar.instant_at_share(start, due_at, section.warn_at, limit.clock)
    steps = [Step(warn_at, Act.WARN), Step(due_at, Act.BREACH)]
    if escalates:
        for index, step in enumerate(section.escalation):
            at = due_at if step.at == 1 else calendar.instant_at_share(start, due_at, step.at, limit.clock)
            steps.append(Step(at, Act.ESCALATE, index))
    obligation = Obligation(
        id=new_id(now=start),
        state=ObligationState.OPEN,
        kind=kind,
        party=Party.SALES,
        team=handover.team,
        assignee=handover.assignee,
        subject_type="Handover",
        subject_id=handover.id,
        lead_id=handover.lead_id,
        agreement_id=handover.agreement_id,
        version_id=handover.version_id,
        calendar=calendar_key,
        clock=limit.clock,
        severity=BreachSeverity.HIGH if handover.hand_raiser else BreachSeverity.MEDIUM,
        opened_at=start,
        warn_at=warn_at,
        due_at=due_at,
        agenda=in_order(steps),
    )
    desk.add_obligation(obligation)
    tell(desk, "obligation.opened", obligation)
    return obligation


def tell(desk: Desk, type: str, obligation: Obligation, *, at: datetime | None = None) -> None:
    """Write an event about an obligation."""
    payload = {
        "kind": obligation.kind.value,
        "state": obligation.state.value,
        "party": obligation.party.value,
        "team": obligation.team,
        "assignee": obligation.assignee,
        "dueAt": obligation.due_at.isoformat() if obligation.due_at else None,
        "reason": obligation.closing_reason,
    }
    visible = desk.teams_with(obligation.lead_id) if obligation.lead_id else ()
    subject = ("Obligation", obligation.id)
    desk.work.tell(type, subject, payload=payload, lead_id=obligation.lead_id, visible_to=visible, at=at)


async def meet(desk: Desk, obligation: Obligation, *, at: datetime) -> None:
    """Close an obligation because what was owed was done at an instant; a miss not yet found is found first."""
    for step, after in obligation.due_steps(now=at):
        obligation = after
        if step.act is Act.BREACH:
            miss(desk, obligation)
    met = obligation.met(at=at, now=desk.work.now)
    desk.put_obligation(met)
    tell(desk, "obligation.met", met, at=at)
    await resolve_breaches(desk, met)


async def resolve_breaches(desk: Desk, obligation: Obligation) -> None:
    """Resolve the breaches of an obligation that is no longer open."""
    met_in_time = obligation.state is ObligationState.MET
    fresh = [b for b in desk.new_breaches() if b.obligation_id == obligation.id]
    stored = await obligations.unresolved_of_obligations(desk.work.connection, [obligation.id])
    for breach in fresh + stored:
        settle(desk, breach.resolved(met_in_time=met_in_time, now=desk.work.now))


def settle(desk: Desk, breach: Breach) -> None:
    """Write back a resolved breach and tell of it."""
    desk.put_breach(breach)
    tell_breach(desk, "breach.resolved", breach)


async def cancel(desk: Desk, obligation: Obligation, reason: str) -> None:
    """Close an obligation that is no longer owed; one that was missed already stays told as a breach, resolved."""
    cancelled = obligation.cancelled(reason, now=desk.work.now)
    desk.put_obligation(cancelled)
    tell(desk, "obligation.cancelled", cancelled)
    if obligation.state is ObligationState.BREACHED:
        await resolve_breaches(desk, cancelled)


def miss(desk: Desk, obligation: Obligation) -> Breach:
    """Open the breach of an obligation, dated when it was due."""
    due_at = obligation.due_at or desk.work.now
    return open_breach(
        desk,
        kind=obligation.kind.value,
        severity=obligation.severity,
        obligation=obligation,
        subject=(obligation.subject_type, obligation.subject_id),
        lead_id=obligation.lead_id,
        agreement_id=obligation.agreement_id,
        team=obligation.team,
        assignee=obligation.assignee,
        due_at=due_at,
        opened_at=due_at,
    )


def lack_of_capacity(desk: Desk, handover: Handover) -> Breach:
    """Open the breach of sales that nobody has room for a handover."""
    return open_breach(
        desk,
        kind=NO_CAPACITY,
        severity=BreachSeverity.HIGH,
        obligation=None,
        subject=("Handover", handover.id),
        lead_id=handover.lead_id,
        agreement_id=handover.agreement_id,
        team=None,
        assignee=None,
        due_at=desk.work.now,
        opened_at=desk.work.now,
    )


def open_breach(
    desk: Desk, *, kind: str, obligation: Obligation | None, subject: tuple[str, Any], lead_id: Any, **about: Any
) -> Breach:
    """Open a breach of sales and tell of it."""
    breach = Breach(
        id=new_id(now=desk.work.now),
        state=BreachState.OPEN,
        kind=kind,
        party=Party.SALES,
        obligation_id=obligation.id if obligation else None,
        subject_type=subject[0],
        subject_id=subject[1],
        lead_id=lead_id,
        visible_to=desk.teams_with(lead_id) if lead_id else (),
        detected_at=desk.work.now,
        **about,
    )
    desk.add_breach(breach)
    tell_breach(desk, "breach.opened", breach, at=breach.opened_at)
    return breach


def tell_breach(desk: Desk, type: str, breach: Breach, *, at: datetime | None = None) -> None:
    """Write an event about a breach."""
    desk.work.tell(
        type,
        ("Breach", breach.id),
        payload=breach_payload(breach),
        lead_id=breach.lead_id,
        visible_to=breach.visible_to,
        at=at,
    )


def breach_payload(breach: Breach) -> dict[str, Any]:
    """What subscribers filter breaches by, as it was at the event."""
    return {
        "state": breach.state.value,
        "kind": breach.kind,
        "severity": breach.severity.value,
        "party": breach.party.value,
        "team": breach.team,
        "assignee": breach.assignee,
        "openedAt": breach.opened_at.isoformat(),
        "dueAt": breach.due_at.isoformat() if breach.due_at else None,
    }


def now_with(obligation: Obligation, handover: Handover) -> Obligation:
    """The obligation, owed by whoever has the handover now."""
    return replace(obligation, team=handover.team, assignee=handover.assignee)
