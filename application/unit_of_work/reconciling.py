"""The upkeep of obligations: opened, met, passed on, moved by pauses, cancelled, whenever a fact changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from application.runtime.turns import in_turns
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.obligation_subjects import Matter, concerned, matter_of, required, with_history
from domain.events.obligations import ObligationMoved
from domain.handovers.handover import HandoverState
from domain.obligation import Obligation, ObligationState
from domain.obligations.kind import (
    ObligationContext,
    RequiredObligation,
    Subject,
)
from domain.obligations.kinds.answer import WHOLE
from domain.obligations.kinds.answer import WORD as ANSWER
from domain.obligations.plan import Plan, fulfilments, plan, timing
from domain.party import Party
from domain.time.duration import Clock
from domain.time.pause import Interval
from domain.words.ids import new_id
from persistence.people import teams

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

WORKED = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED})
"""The states in which a handover stays when its lead's stage ends it."""


async def reconcile(unit: UnitOfWork, *, only: Collection[UUID] | None = None, way: Way | None = None) -> None:
    """Bring what is owed in line with the facts that changed, of some subjects or of all."""
    await _count_interactions(unit)
    while subjects := _taken(unit, only):
        matters = [await matter_of(unit, *one) async for one in in_turns(subjects)]
        matters = await with_history(unit, [m for m in matters if m.present or required(m)])
        plans = [(m, plan(required(m), m.context, m.present, m.closed)) async for m in in_turns(matters)]
        await _learn_calendars(unit, plans)
        async for matter, steps in in_turns(plans):
            await _carry_out(unit, matter, steps, way or Way())


def _taken(unit: UnitOfWork, only: Collection[UUID] | None) -> list[tuple[UUID, Subject]]:
    wanted = list(unit.changed) if only is None else [i for i in only if i in unit.changed]
    return [(subject_id, unit.changed.pop(subject_id)) for subject_id in wanted]


async def _count_interactions(unit: UnitOfWork) -> None:
    """Turn what was done with leads into what counts for what is owed."""
    interactions, unit.interactions = unit.interactions, []
    for lead, interaction in interactions:
        handover = concerned(unit, lead.id, interaction)
        about = [(Subject.LEAD, lead.id, lead.stage_version_id)]
        if handover is not None:
            about.append((Subject.HANDOVER, handover.id, handover.version_id))
        for subject, subject_id, version_id in about:
            if version_id is None:
                continue
            context = ObligationContext(subject, subject_id, unit.transaction.now, handover=handover, lead=lead)
            for fulfilment in fulfilments((await unit.compiled_version(version_id)).document, context, interaction):
                unit.fulfilments.setdefault(subject_id, []).append(fulfilment)
                unit.changed[subject_id] = subject


async def _learn_calendars(unit: UnitOfWork, plans: Iterable[tuple[Matter, Plan]]) -> None:
    concerned = {holder_of(m, one)[0] for m, steps in plans for one in steps.opens}
    unknown = {key for key in concerned if key is not None} - unit.calendars.keys()
    if unknown:
        unit.calendars |= dict.fromkeys(unknown) | await teams.calendars_of(unit.transaction.connection, unknown)


async def _carry_out(unit: UnitOfWork, matter: Matter, steps: Plan, way: Way) -> None:
    for obligation, at in steps.meets:
        await obligation_lifecycle.meet(unit, obligation, at=at)
    for obligation, at in steps.corrects:
        await obligation_lifecycle.correct(unit, obligation, at=at)
    for obligation in steps.cancels:
        await obligation_lifecycle.cancel(unit, obligation, way.cancelled_because or _why(matter.context))
    for obligation, one in steps.keeps:
        kept = way.keep(matter, obligation, one)
        if kept != obligation:
            unit.put_obligation(kept)
        if kept.version_id != obligation.version_id:
            was = obligation.due_at.isoformat() if obligation.due_at else None
            obligation_lifecycle.emit(unit, ObligationMoved(due_at_before=was), kept)
    for one in steps.opens:
        obligation_lifecycle.open_obligation(unit, _opened(unit, matter, one))
    _note_answer_due(unit, matter.context)


def _why(context: ObligationContext) -> str:
    """Why something about a subject is no longer owed."""
    if context.subject is Subject.AGREEMENT:
        return "superseded"
    if context.subject is Subject.LEAD:
        return "moved"
    handover = context.handover
    if handover is None or handover.closed_at is None:
        reopened = handover is not None and handover.reopened_at == context.now
        return "reopened" if reopened else "reassigned"
    if context.offered_again:
        return "offered again"
    return "closed" if handover.state in WORKED else handover.state.value.lower()


def holder_of(matter: Matter, one: RequiredObligation) -> tuple[str | None, str | None]:
    """Return the team and the person who owe something: those that it names, else who has the handover."""
    spec, handover = one.spec, matter.context.handover
    passed_on = one.kind.personal and one.party is Party.SALES
    if spec.team or spec.assignee or handover is None or not passed_on:
        return spec.team, spec.assignee
    return handover.team, handover.assignee


def pauses_of(matter: Matter, one: RequiredObligation) -> tuple[Interval, ...]:
    """Return the pauses of the handover, where they stop the time of what is owed."""
    handover = matter.context.handover
    stops = one.kind.pausable and one.spec.limit is not None and handover is not None
    return tuple(pause.interval for pause in handover.pauses) if stops and handover else ()


def keep(matter: Matter, obligation: Obligation, one: RequiredObligation) -> Obligation:
    """Return what stays owed, by whoever has it now and with the moments as pauses leave them; once missed as it is."""
    if obligation.state is not ObligationState.OPEN or matter.compiled_version is None:
        return obligation
    team, assignee = holder_of(matter, one)
    kept = replace(obligation, team=team, assignee=assignee)
    pauses = pauses_of(matter, one)
    if matter.context.handover is None or (not pauses and obligation.paused_until is None):
        return kept
    calendar = matter.compiled_version.calendars[obligation.calendar]
    return kept.timed(timing(one, calendar, pauses, now=matter.context.now))


@dataclass(frozen=True)
class Way:
    """The law by which obligations follow the facts: how what stays is kept, and why what goes is cancelled."""

    keep: Callable[[Matter, Obligation, RequiredObligation], Obligation] = keep
    cancelled_because: str | None = None


def _opened(unit: UnitOfWork, matter: Matter, one: RequiredObligation) -> Obligation:
    context, compiled_version, spec = matter.context, matter.compiled_version, one.spec
    assert compiled_version is not None  # noqa: S101 - without a version nothing is claimed
    team, assignee = holder_of(matter, one)
    calendar = compiled_version.calendar_of(unit.calendars.get(team) if team else None)
    moments = timing(one, compiled_version.calendars[calendar], pauses_of(matter, one), now=context.now)
    return Obligation(
        id=new_id(now=context.now),
        state=ObligationState.OPEN,
        kind=one.kind.key,
        party=one.party,
        team=team,
        assignee=assignee,
        subject_type=context.subject.value,
        subject_id=context.subject_id,
        lead_id=context.lead.id if context.lead else None,
        agreement_id=compiled_version.agreement_id,
        version_id=compiled_version.version_id,
        calendar=calendar,
        clock=spec.limit.clock if spec.limit else Clock.ELAPSED,
        severity=one.severity,
        opened_at=min(spec.start, context.now),
        warn_at=moments.warn_at,
        due_at=moments.due_at,
        schedule=moments.schedule,
        instance_key=spec.instance_key,
        paused_until=moments.paused_until,
    )


def _note_answer_due(unit: UnitOfWork, context: ObligationContext) -> None:
    """Keep on the handover when its answer is due, for lists and filters."""
    handover = unit.handover_history.get(context.subject_id)
    if handover is None:
        return
    for obligation in unit.owed(handover.lead_id):
        whole = (obligation.kind, obligation.instance_key) == (ANSWER, WHOLE)
        if whole and obligation.subject_id == handover.id and obligation.due_at != handover.answer_due_at:
            unit.put_handover(replace(handover, answer_due_at=obligation.due_at))
