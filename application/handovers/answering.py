"""Sales' answer to a handover and what follows from it; marketing's taking it back; its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from application.judging.journeys import stage_for
from application.judging.offering import emit
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work import obligation_lifecycle, stages
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.checking.checking import field_subject
from domain.document.sections.handover import Destination, ReturnReason
from domain.document.sections.journey import Stage, StageKind
from domain.events.handovers import (
    HandoverAccepted,
    HandoverClosed,
    HandoverDiscarded,
    HandoverReturned,
    HandoverWithdrawn,
)
from domain.handovers.handover import Handover
from domain.leads.lead import Lead, known
from domain.party import Party
from domain.refusal import Refusal


async def accept(
    unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover, *, comment: str | None
) -> Handover:
    """Accept: sales owns contact from now on and owes the first contact; the lead is at ACCEPTED."""
    now = unit.transaction.now
    accepted = handover.accepted(comment=comment, now=now)
    unit.put_handover(accepted)
    lead = unit.leads[handover.lead_id]
    unit.put_lead(replace(lead, contact_owner=Party.SALES))
    stages.move(unit, unit.leads[lead.id], stage_for(unit, compiled_version, lead, StageKind.ACCEPTED), forward=True)
    emit(unit, HandoverAccepted(comment=comment), accepted, compiled_version)
    return accepted


def reason_of(compiled_version: CompiledVersion, key: str, named: str = "reason") -> ReturnReason:
    """The return reason of that key; refused, where the input names it, when the version of the offer has none."""
    reason = next((r for r in compiled_version.document.handover.return_reasons if r.key == key), None)
    if reason is None:
        known = ", ".join(r.key for r in compiled_version.document.handover.return_reasons)
        raise Refusal("UNKNOWN_REASON", f"Known return reasons: {known}.", (named,))
    return reason


async def give_back(
    unit: UnitOfWork,
    compiled_version: CompiledVersion,
    handover: Handover,
    reason: ReturnReason | None,
    *,
    comment: str | None,
    awaited: Sequence[str] = (),
    stage: Stage | None = None,
) -> Handover:
    """Return: the reason's destination decides where the lead goes; marketing owns contact again.

    Without a reason the clock took it back, because nobody answered. `stage` is the one of its kind that was named.
    """
    now = unit.transaction.now
    destination = reason.destination if reason else Destination.NURTURE
    discard = destination is Destination.DISCARD
    returned = handover.returned(reason.key if reason else "", discard=discard, comment=comment, now=now)
    returned = replace(returned, data_awaited=tuple(awaited))
    if reason is None:
        returned = replace(returned, return_reason=None, answered_at=handover.answered_at)
    unit.end_assignment(handover.id)
    lead = _returned(unit, handover, reason, awaited)
    unit.put_lead(lead)
    kind = StageKind.DISQUALIFIED if discard else StageKind.RECYCLED
    stage = stage or stage_for(unit, compiled_version, lead, kind)
    moved = stages.move(unit, lead, stage, reason=reason.key if reason else "unanswered")
    unit.put_lead(replace(moved, contact_owner=Party.MARKETING))
    unit.put_handover(returned)
    await _room_found(unit, returned)
    event = (HandoverDiscarded if discard else HandoverReturned)(
        reason=returned.return_reason, destination=destination.value, data_awaited=list(awaited), comment=comment
    )
    emit(unit, event, returned, compiled_version)
    return returned


def _returned(unit: UnitOfWork, handover: Handover, reason: ReturnReason | None, awaited: Sequence[str]) -> Lead:
    """The lead, with what it takes to come again."""
    lead = unit.leads[handover.lead_id]
    account = unit.account_fields(lead)
    for_data = reason is not None and reason.destination is Destination.DATA
    return replace(
        lead,
        returned_at=unit.transaction.now,
        return_reason=reason.key if reason else None,
        cool_off_until=cool_off_until(reason, unit.transaction.now),
        data_awaited={name: known(name, lead.fields, account) for name in awaited},
        asked_by=handover.assignee if for_data else None,
    )


def awaited_fields(
    compiled_version: CompiledVersion, reason: ReturnReason, named: Sequence[str] | None
) -> tuple[str, ...]:
    """The fields that a return for missing data waits for: those that it names, else those of its reason."""
    if named and reason.destination is not Destination.DATA:
        raise Refusal("VALUE_NOT_ALLOWED", "Only a return for missing data waits for fields.", ("missing",))
    found = []
    for index, name in enumerate(named or reason.fields):
        subject = field_subject(compiled_version.document, name)
        if subject is None:
            raise Refusal("UNKNOWN_FIELD", f"There is no field {name[:80]!r}.", ("missing", str(index)))
        found.append(subject)
    return tuple(dict.fromkeys(found))


def cool_off_until(reason: ReturnReason | None, now: datetime) -> datetime | None:
    """Return when the cool-off ends that a return at an instant begins."""
    period = reason.cool_off if reason else None
    return None if period is None else now + timedelta(days=period.days, seconds=period.seconds)


async def take_back(
    unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover, *, reason: str
) -> Handover:
    """Withdraw: marketing takes an unanswered handover back; the lead comes again only with something new."""
    withdrawn = handover.withdrawn(comment=reason, now=unit.transaction.now)
    unit.end_assignment(handover.id)
    lead = waiting_for_news(unit.leads[handover.lead_id], now=unit.transaction.now)
    unit.put_lead(lead)
    if lead.stage_kind == StageKind.QUALIFIED.value:
        stages.move(unit, lead, stage_for(unit, compiled_version, lead, StageKind.RECYCLED), reason="withdrawn")
    unit.put_handover(withdrawn)
    await _room_found(unit, withdrawn)
    emit(unit, HandoverWithdrawn(reason=reason), withdrawn, compiled_version)
    return withdrawn


def waiting_for_news(lead: Lead, *, now: datetime) -> Lead:
    """A lead that is back with marketing without a reason: it comes again only with something new."""
    return replace(lead, returned_at=now, return_reason=None, cool_off_until=None, data_awaited={}, asked_by=None)


async def close(
    unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover, outcome: StageKind
) -> Handover:
    """End a handover because its lead is won, lost or disqualified."""
    closed = handover.closed(outcome, now=unit.transaction.now)
    unit.end_assignment(handover.id)
    emit(unit, HandoverClosed(), closed, compiled_version)
    unit.put_handover(closed)
    await _room_found(unit, closed)
    return closed


async def _room_found(unit: UnitOfWork, handover: Handover) -> None:
    """A handover that ends no longer waits for room, and leaves room for one that does."""
    await obligation_lifecycle.room_found(unit, handover)
    if handover.assignee is not None and await unit.read_once.anything_waits():
        unit.transaction.wake_clock()


def handover_on(unit: UnitOfWork, handover_id: UUID, lead_id: UUID) -> Handover:
    """The open handover of that id; refused when it was closed meanwhile."""
    handover = unit.handovers.get(lead_id)
    if handover is None or handover.id != handover_id:
        raise Refusal("WRONG_STATE", "The handover is closed.")
    return handover
