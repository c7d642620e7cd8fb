"""What is owed follows the facts: opened, met, passed on, moved by pauses, cancelled, whenever a fact changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application import owing
from application.books import Book
from application.turns import in_turns
from domain.duration import Clock
from domain.handover import Handover, HandoverState
from domain.ids import new_id
from domain.obligation import Obligation, ObligationState
from domain.owed.answer import WHOLE
from domain.owed.answer import WORD as ANSWER
from domain.owed.kind import Case, Deed, Owed, Settled, Standing, Subject, Touch
from domain.owed.plan import Plan, deeds, owed, plan, timing
from domain.party import Party
from domain.pause import Interval
from persistence import obligations, teams

if TYPE_CHECKING:
    from application.desk import Desk

WORKED = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED})
"""The states in which a handover stays when its lead's stage ends it."""


@dataclass(frozen=True, slots=True)
class _Matter:
    """A subject whose facts changed, with the version that counts for it and what stands open about it."""

    case: Case
    book: Book | None
    present: tuple[Obligation, ...]
    closed: tuple[Obligation, ...] = ()


async def reconcile(desk: Desk, *, only: Collection[UUID] | None = None) -> None:
    """Bring what is owed in line with the facts that changed, of some subjects or of all."""
    await _count_touches(desk)
    while subjects := _taken(desk, only):
        matters = [await _matter(desk, *one) async for one in in_turns(subjects)]
        matters = await _with_history(desk, [m for m in matters if m.present or _claimed(m)])
        plans = [(m, plan(_claimed(m), m.case, m.present, m.closed)) async for m in in_turns(matters)]
        await _learn_calendars(desk, plans)
        async for matter, steps in in_turns(plans):
            await _carry_out(desk, matter, steps)


def _taken(desk: Desk, only: Collection[UUID] | None) -> list[tuple[UUID, Subject]]:
    wanted = list(desk.changed) if only is None else [i for i in only if i in desk.changed]
    return [(subject_id, desk.changed.pop(subject_id)) for subject_id in wanted]


async def _count_touches(desk: Desk) -> None:
    """Turn what was done with leads into what counts for what is owed."""
    touches, desk.touches = desk.touches, []
    for lead, touch in touches:
        handover = concerned(desk, lead.id, touch)
        about = [(Subject.LEAD, lead.id, lead.stage_version_id)]
        if handover is not None:
            about.append((Subject.HANDOVER, handover.id, handover.version_id))
        for subject, subject_id, version_id in about:
            if version_id is None:
                continue
            case = Case(subject, subject_id, desk.work.now, handover=handover, lead=lead)
            for deed in deeds((await desk.book(version_id)).document, case, touch):
                desk.deeds.setdefault(subject_id, []).append(deed)
                desk.changed[subject_id] = subject


def concerned(desk: Desk, lead_id: UUID, touch: Touch) -> Handover | None:
    """The handover to whose time something done with a lead belongs: the last one offered by then.

    A change of stage belongs to the last one, also where it is dated before the offer.
    """
    moved = touch.to_stage is not None
    found = [h for h in desk.rounds.of(lead_id) if moved or h.offered_at <= touch.at]
    return found[-1] if found else None


async def _matter(desk: Desk, subject_id: UUID, subject: Subject) -> _Matter:
    case, version_id = _CASES[subject](desk, subject_id)
    book = await _book_of(desk, case, version_id) if version_id else None
    owner = case.agreement_id if subject is Subject.AGREEMENT else case.lead.id if case.lead else None
    present = tuple(o for o in (desk.owed(owner) if owner else ()) if o.subject_id == subject_id)
    standing = tuple(Standing(o.kind, o.occasion, o.opened_at, o.due_at) for o in present)
    return _Matter(replace(case, standing=standing), book, present)


def _about_handover(desk: Desk, subject_id: UUID) -> tuple[Case, UUID | None]:
    handover = desk.rounds[subject_id]
    case = Case(
        Subject.HANDOVER,
        subject_id,
        desk.work.now,
        handover=handover,
        lead=desk.leads[handover.lead_id],
        agreement_id=handover.agreement_id,
        offered_again=desk.rounds.of(handover.lead_id)[-1].id != handover.id,
    )
    return case, handover.version_id


def _about_lead(desk: Desk, subject_id: UUID) -> tuple[Case, UUID | None]:
    lead = desk.leads[subject_id]
    handover = desk.handovers.get(subject_id)
    agreement = handover.agreement_id if handover else lead.agreement_id
    case = Case(Subject.LEAD, subject_id, desk.work.now, handover=handover, lead=lead, agreement_id=agreement)
    return case, lead.stage_version_id


async def _book_of(desk: Desk, case: Case, version_id: UUID) -> Book:
    """The version that counts; for a lead that came to a stage which that one never had, the version in force."""
    book = await desk.book(version_id)
    if case.subject is Subject.LEAD and case.lead and book.document.journey.stage(case.lead.stage) is None:
        return desk.active.of_agreement(book.agreement_id) or book
    return book


def _about_agreement(desk: Desk, subject_id: UUID) -> tuple[Case, UUID | None]:
    book = desk.active.of_agreement(subject_id)
    since = desk.agreements.get(subject_id)
    case = Case(Subject.AGREEMENT, subject_id, desk.work.now, agreement_id=subject_id, since=since)
    return case, book.version_id if book else None


_CASES = {
    Subject.HANDOVER: _about_handover,
    Subject.LEAD: _about_lead,
    Subject.AGREEMENT: _about_agreement,
}


def _claimed(matter: _Matter) -> list[Owed]:
    return owed(matter.book.document, matter.case) if matter.book else []


async def _with_history(desk: Desk, matters: Iterable[_Matter]) -> list[_Matter]:
    """The same with what counts and what was settled so far; of what is new nothing is stored yet."""
    matters = list(matters)
    old = [m.case.subject_id for m in matters if not desk.is_new(m.case.subject_id)]
    stored = await obligations.settled_of(desk.work.connection, old) if old else {}
    done = await obligations.deeds_of(desk.work.connection, old) if old else {}
    return [_remembering(desk, m, stored, done) for m in matters]


def _remembering(
    desk: Desk, matter: _Matter, stored: Mapping[UUID, list[Obligation]], done: Mapping[UUID, list[Deed]]
) -> _Matter:
    about = matter.case.subject_id
    closed = {o.id: o for o in (*stored.get(about, ()), *desk.touched_about(about)) if o.is_settled}
    settled = tuple(Settled(o.kind, o.occasion, o.met_at or o.closed_at or o.opened_at) for o in closed.values())
    deeds_so_far = (*done.get(about, ()), *desk.deeds.get(about, ()))
    return replace(
        matter, case=replace(matter.case, deeds=deeds_so_far, settled=settled), closed=tuple(closed.values())
    )


async def _learn_calendars(desk: Desk, plans: Iterable[tuple[_Matter, Plan]]) -> None:
    concerned = {
        _holder(m, one)[0]
        for m, steps in plans
        for one in (*steps.opens, *(one for _, one in steps.keeps if desk.moving))
    }
    unknown = {key for key in concerned if key is not None} - desk.calendars.keys()
    if unknown:
        desk.calendars |= dict.fromkeys(unknown) | await teams.calendars_of(desk.work.connection, unknown)


async def _carry_out(desk: Desk, matter: _Matter, steps: Plan) -> None:
    for obligation, at in steps.meets:
        await owing.meet(desk, obligation, at=at)
    for obligation, at in steps.corrects:
        await owing.correct(desk, obligation, at=at)
    for obligation in steps.cancels:
        await owing.cancel(desk, obligation, "superseded" if desk.moving else _why(matter.case))
    for obligation, one in steps.keeps:
        kept = _kept(desk, matter, obligation, one)
        if kept != obligation:
            desk.put_obligation(kept)
        if kept.version_id != obligation.version_id:
            was = obligation.due_at.isoformat() if obligation.due_at else None
            owing.tell(desk, "obligation.moved", kept, dueAtBefore=was)
    for one in steps.opens:
        owing.open_obligation(desk, _opened(desk, matter, one))
    _note_answer_due(desk, matter.case)


def _why(case: Case) -> str:
    """Why something about a subject is no longer owed."""
    if case.subject is Subject.AGREEMENT:
        return "superseded"
    if case.subject is Subject.LEAD:
        return "moved"
    handover = case.handover
    if handover is None or handover.closed_at is None:
        return "reassigned"
    if case.offered_again:
        return "offered again"
    return "closed" if handover.state in WORKED else handover.state.value.lower()


def _holder(matter: _Matter, one: Owed) -> tuple[str | None, str | None]:
    """The team and the person who owe something: those that the claim names, else who has the handover."""
    claim, handover = one.claim, matter.case.handover
    passed_on = one.kind.personal and one.party is Party.SALES
    if claim.team or claim.assignee or handover is None or not passed_on:
        return claim.team, claim.assignee
    return handover.team, handover.assignee


def _pauses(matter: _Matter, one: Owed) -> tuple[Interval, ...]:
    handover = matter.case.handover
    stops = one.kind.pausable and one.claim.limit is not None and handover is not None
    return tuple(pause.interval for pause in handover.pauses) if stops and handover else ()


def _kept(desk: Desk, matter: _Matter, obligation: Obligation, one: Owed) -> Obligation:
    """What stays owed, by whoever has it now and with the moments as pauses leave them; once missed it stays as is."""
    if obligation.state is not ObligationState.OPEN or matter.book is None:
        return obligation
    team, assignee = _holder(matter, one)
    kept = replace(obligation, team=team, assignee=assignee)
    pauses = _pauses(matter, one)
    if desk.moving and obligation.version_id != matter.book.version_id:
        return _under(matter.book, kept, one, desk.calendars.get(team) if team else None, pauses, now=matter.case.now)
    if matter.case.handover is None or (not pauses and obligation.paused_until is None):
        return kept
    calendar = matter.book.calendars[obligation.calendar]
    return kept.timed(timing(one, calendar, pauses, now=matter.case.now))


def _under(
    book: Book, kept: Obligation, one: Owed, calendar: str | None, pauses: tuple[Interval, ...], *, now: datetime
) -> Obligation:
    """What stays owed, under another version: its start and its pauses stay, its moments are that version's."""
    if kept.due_at is not None and kept.due_at < now:
        return kept  # missed, though the clock may not have said so yet
    key = book.calendar_of(calendar)
    clock = one.claim.limit.clock if one.claim.limit else Clock.ELAPSED
    moved = replace(kept, version_id=book.version_id, calendar=key, clock=clock, severity=one.severity)
    return moved.timed(timing(one, book.calendars[key], pauses, now=now))


def _opened(desk: Desk, matter: _Matter, one: Owed) -> Obligation:
    case, book, claim = matter.case, matter.book, one.claim
    assert book is not None  # noqa: S101 - without a version nothing is claimed
    team, assignee = _holder(matter, one)
    calendar = book.calendar_of(desk.calendars.get(team) if team else None)
    moments = timing(one, book.calendars[calendar], _pauses(matter, one), now=case.now)
    return Obligation(
        id=new_id(now=case.now),
        state=ObligationState.OPEN,
        kind=one.kind.word,
        party=one.party,
        team=team,
        assignee=assignee,
        subject_type=case.subject.value,
        subject_id=case.subject_id,
        lead_id=case.lead.id if case.lead else None,
        agreement_id=book.agreement_id,
        version_id=book.version_id,
        calendar=calendar,
        clock=claim.limit.clock if claim.limit else Clock.ELAPSED,
        severity=one.severity,
        opened_at=min(claim.start, case.now),
        warn_at=moments.warn_at,
        due_at=moments.due_at,
        agenda=moments.agenda,
        occasion=claim.occasion,
        paused_until=moments.paused_until,
    )


def _note_answer_due(desk: Desk, case: Case) -> None:
    """Keep on the handover when its answer is due, for lists and filters."""
    handover = desk.rounds.get(case.subject_id)
    if handover is None:
        return
    for obligation in desk.owed(handover.lead_id):
        whole = (obligation.kind, obligation.occasion) == (ANSWER, WHOLE)
        if whole and obligation.subject_id == handover.id and obligation.due_at != handover.answer_due_at:
            desk.put_handover(replace(handover, answer_due_at=obligation.due_at))
