"""Sales' answer to a handover and what follows from it; marketing's taking it back; its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from application import owing
from application.books import Book
from application.desk import Desk
from application.journeys import stage_for
from application.offering import tell
from domain.document.checking import field_subject
from domain.document.handover import Destination, ReturnReason
from domain.document.journey import Stage, StageKind
from domain.handover import Handover
from domain.lead import Lead, known
from domain.party import Party
from domain.refusal import Refusal
from persistence import handovers, obligations
from persistence.activities import Activity


async def accept(desk: Desk, book: Book, handover: Handover, *, comment: str | None) -> Handover:
    """Accept: sales owns contact from now on and owes the first contact; the lead is at ACCEPTED."""
    now = desk.work.now
    accepted = handover.accepted(comment=comment, now=now)
    desk.put_handover(accepted)
    lead = desk.leads[handover.lead_id]
    desk.put_lead(replace(lead, contact_owner=Party.SALES))
    desk.move(desk.leads[lead.id], stage_for(desk, book, lead, StageKind.ACCEPTED), forward=True)
    tell(desk, "handover.accepted", accepted, book, comment=comment)
    return accepted


def reason_of(book: Book, key: str, named: str = "reason") -> ReturnReason:
    """The return reason of that key; refused, where the input names it, when the version of the offer has none."""
    reason = next((r for r in book.document.handover.return_reasons if r.key == key), None)
    if reason is None:
        known = ", ".join(r.key for r in book.document.handover.return_reasons)
        raise Refusal("UNKNOWN_REASON", f"Known return reasons: {known}.", (named,))
    return reason


async def give_back(
    desk: Desk,
    book: Book,
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
    now = desk.work.now
    destination = reason.destination if reason else Destination.NURTURE
    discard = destination is Destination.DISCARD
    returned = handover.returned(reason.key if reason else "", discard=discard, comment=comment, now=now)
    returned = replace(returned, data_awaited=tuple(awaited))
    if reason is None:
        returned = replace(returned, return_reason=None, answered_at=handover.answered_at)
    desk.end_assignment(handover.id)
    lead = _returned(desk, handover, reason, awaited)
    desk.put_lead(lead)
    kind = StageKind.DISQUALIFIED if discard else StageKind.RECYCLED
    stage = stage or stage_for(desk, book, lead, kind)
    moved = desk.move(lead, stage, reason=reason.key if reason else "unanswered")
    desk.put_lead(replace(moved, contact_owner=Party.MARKETING))
    desk.put_handover(returned)
    await _room_found(desk, returned)
    word = "handover.discarded" if discard else "handover.returned"
    told = {"reason": returned.return_reason, "destination": destination.value, "dataAwaited": list(awaited)}
    tell(desk, word, returned, book, **told, comment=comment, also_visible_to=handover.visible_to)
    return returned


def _returned(desk: Desk, handover: Handover, reason: ReturnReason | None, awaited: Sequence[str]) -> Lead:
    """The lead, with what it takes to come again."""
    lead = desk.leads[handover.lead_id]
    account = desk.account_fields(lead)
    for_data = reason is not None and reason.destination is Destination.DATA
    return replace(
        lead,
        returned_at=desk.work.now,
        return_reason=reason.key if reason else None,
        cool_off_until=cool_off_until(reason, desk.work.now),
        data_awaited={name: known(name, lead.fields, account) for name in awaited},
        asked_by=handover.assignee if for_data else None,
    )


def awaited_fields(book: Book, reason: ReturnReason, named: Sequence[str] | None) -> tuple[str, ...]:
    """The fields that a return for missing data waits for: those that it names, else those of its reason."""
    if named and reason.destination is not Destination.DATA:
        raise Refusal("VALUE_NOT_ALLOWED", "Only a return for missing data waits for fields.", ("missing",))
    found = []
    for index, name in enumerate(named or reason.fields):
        subject = field_subject(book.document, name)
        if subject is None:
            raise Refusal("UNKNOWN_FIELD", f"There is no field {name[:80]!r}.", ("missing", str(index)))
        found.append(subject)
    return tuple(dict.fromkeys(found))


def cool_off_until(reason: ReturnReason | None, now: datetime) -> datetime | None:
    """When the cool-off ends that a return at an instant begins."""
    period = reason.cool_off if reason else None
    return None if period is None else now + timedelta(days=period.days, seconds=period.seconds)


async def take_back(desk: Desk, book: Book, handover: Handover, *, reason: str) -> Handover:
    """Withdraw: marketing takes an unanswered handover back; the lead comes again only with something new."""
    withdrawn = handover.withdrawn(comment=reason, now=desk.work.now)
    desk.end_assignment(handover.id)
    lead = waiting_for_news(desk.leads[handover.lead_id], now=desk.work.now)
    desk.put_lead(lead)
    if lead.stage_kind == StageKind.QUALIFIED.value:
        desk.move(lead, stage_for(desk, book, lead, StageKind.RECYCLED), reason="withdrawn")
    desk.put_handover(withdrawn)
    await _room_found(desk, withdrawn)
    tell(desk, "handover.withdrawn", withdrawn, book, reason=reason, also_visible_to=handover.visible_to)
    return withdrawn


def waiting_for_news(lead: Lead, *, now: datetime) -> Lead:
    """A lead that is back with marketing without a reason: it comes again only with something new."""
    return replace(lead, returned_at=now, return_reason=None, cool_off_until=None, data_awaited={}, asked_by=None)


async def close(desk: Desk, book: Book, handover: Handover, outcome: StageKind) -> Handover:
    """End a handover because its lead is won, lost or disqualified."""
    closed = handover.closed(outcome, now=desk.work.now)
    desk.end_assignment(handover.id)
    tell(desk, "handover.closed", closed, book, also_visible_to=handover.visible_to)
    desk.put_handover(closed)
    await _room_found(desk, closed)
    return closed


def contact(desk: Desk, book: Book, handover: Handover, activity: Activity) -> None:
    """Note sales' contact with a lead; one told late may turn out to be the first."""
    at, known = activity.occurred_at, handover.contacted_at
    if (handover.closed_at is not None and at > handover.closed_at) or (known is not None and known <= at):
        return
    contacted = handover.contacted(at=at)
    desk.put_handover(contacted)
    if known is None:
        tell(desk, "handover.contacted", contacted, book, at=at, activity=str(activity.id))


async def _room_found(desk: Desk, handover: Handover) -> None:
    """A handover that ends no longer waits for room, and leaves room for one that does."""
    unresolved = await obligations.unresolved_of_subjects(desk.work.connection, [handover.id], owing.NO_CAPACITY)
    for breach in unresolved:
        owing.settle(desk, breach.resolved(now=desk.work.now))
    if handover.assignee is not None and await handovers.anything_waits(desk.work.connection):
        desk.work.wake_clock()


def handover_on(desk: Desk, handover_id: UUID, lead_id: UUID) -> Handover:
    """The open handover of that id; refused when it was closed meanwhile."""
    handover = desk.handovers.get(lead_id)
    if handover is None or handover.id != handover_id:
        raise Refusal("WRONG_STATE", "The handover is closed.")
    return handover
