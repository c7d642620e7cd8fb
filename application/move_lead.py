"""People move leads by hand: sales qualified, opportunity, won, lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from application import answering
from application.books import Book
from application.desk import Desk
from application.heirs import arrive
from application.holding import leads_held
from application.incoming import moment_faults
from application.journeys import journey_for
from application.offering import BEFORE_QUALIFIED
from application.passing_on import pass_on, passing_to
from application.work import House, Work
from domain import rights
from domain.document.handover import Destination
from domain.document.journey import Stage, StageKind
from domain.handover import Handover, HandoverState
from domain.lead import Lead
from domain.money import fits, places_of
from domain.owed.kind import Touch
from domain.owed.won_lost_reason import OUTCOMES
from domain.principal import Principal
from domain.refusal import Refusal, need_no, not_found

MOVE = "Mutation.moveLead"
ENDS = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED})
"""The kinds of stages that end a handover."""
BACK = frozenset({StageKind.PROSPECT, StageKind.QUALIFIED, StageKind.RECYCLED})
"""The kinds of stages at which a lead is with marketing."""
WAYS_OUT = frozenset({StageKind.LOST, StageKind.DISQUALIFIED, StageKind.RECYCLED})
"""The kinds of stages that are no step forward, wherever they stand on the journey."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of a lead: the stage, and what is to be said about it."""

    stage: str
    reason: str | None = None
    value: Decimal | None = None
    currency: str | None = None
    at: datetime | None = None
    return_reason: str | None = None
    """The key of the reason with which sales gives the lead back."""
    missing: Sequence[str] | None = None
    """Of a return for missing data, the fields."""

    def faults(self, *, now: datetime, since: datetime) -> list[Refusal]:
        """All that is wrong with it, of a lead that is at its stage since a moment."""
        found = [*_value_faults(self.value, self.currency), *_currency_faults(self.currency)]
        found += moment_faults(self.at, "at", now=now, since=since)
        if self.return_reason is None:
            return found if not self.missing else [*found, _only("Only a return waits for fields.", "missing")]
        given = {"value": self.value, "currency": self.currency, "at": self.at}
        return found + [_only("A return happens now and has no value.", n) for n, said in given.items() if said]


async def move_lead(house: House, principal: Principal, *, lead_id: UUID, stage: str, **about: Any) -> UUID:
    """Move a lead along an allowed transition; reaching won, lost or disqualified ends its handover.

    With a return reason it gives the lead's handover back. `about` is what else a `Wish` says.
    """
    rights.need(principal, MOVE)
    wish = Wish(stage, **about)

    async def body(work: Work) -> UUID:
        desk = await Desk.open(work, [lead_id])
        lead = desk.leads.get(lead_id)
        if lead is None or not await leads_held(work.connection, principal, MOVE, [lead_id]):
            raise not_found("lead")
        need_no(wish.faults(now=work.now, since=lead.stage_since))
        book = _book(desk, lead)
        lead = await arrive(desk, book, lead)
        target = _known(book, wish.stage)
        if wish.return_reason is not None:
            await _give_back(desk, lead, target, wish, wish.return_reason)
        elif target.key == lead.stage and (target.kind in OUTCOMES or target.key in target.next):
            _say_why(desk, lead, target, wish.reason, at=_done(work, wish))
        else:
            await _move(desk, book, lead, target, wish)
        await desk.save()
        return lead_id

    return await house.transact(body, principal=principal)


def _done(work: Work, wish: Wish) -> datetime:
    return min(wish.at or work.now, work.now)


async def _move(desk: Desk, book: Book, lead: Lead, target: Stage, wish: Wish) -> None:
    handover = desk.handovers.get(lead.id)
    _need_answered(handover, target)
    _need_transition(desk, book, lead, target)
    passing = await passing_to(desk, lead, target)
    about: dict[str, Any] = {"reason": wish.reason, "value": wish.value, "currency": wish.currency}
    about |= {"at": _done(desk.work, wish), "told": {"keptBecause": passing.kept_because} if passing else {}}
    moved = desk.move(lead, target, forward=_is_forward(desk, book, lead, target), by_hand=True, **about)
    if target.kind is StageKind.RECYCLED:
        desk.put_lead(answering.waiting_for_news(moved, now=desk.work.now))
    if handover is not None and target.kind in ENDS:
        await answering.close(desk, await desk.book(handover.version_id), handover, target.kind)
    await pass_on(desk, lead.id, passing)


def _need_answered(handover: Handover | None, target: Stage) -> None:
    """While sales has not answered nobody moves the lead; while it works it, the lead goes back as a return only."""
    if handover is None:
        return
    if handover.state is HandoverState.OFFERED:
        raise Refusal("WRONG_STATE", "The lead's handover is not answered yet: accept or return it first.")
    if target.kind in BACK:
        message = "Sales works the lead: return its handover, or name a returnReason and a stage of kind RECYCLED."
        raise Refusal("WRONG_STATE", message, ("stage",))


async def _give_back(desk: Desk, lead: Lead, target: Stage, wish: Wish, reason: str) -> None:
    """Return the lead's handover, to the stage that is named."""
    handover = desk.handovers.get(lead.id)
    if handover is None:
        raise Refusal("WRONG_STATE", "No handover of the lead is open, so none can be returned.", ("returnReason",))
    book = await desk.book(handover.version_id)
    coded = answering.reason_of(book, reason, "returnReason")
    kind = StageKind.DISQUALIFIED if coded.destination is Destination.DISCARD else StageKind.RECYCLED
    if target.kind is not kind:
        message = f"A return for {coded.key} leads to a stage of kind {kind.value}."
        raise Refusal("WRONG_STATE", message, ("stage",))
    awaited = answering.awaited_fields(book, coded, wish.missing)
    await answering.give_back(desk, book, handover, coded, comment=wish.reason, awaited=awaited, stage=target)


def _only(message: str, name: str) -> Refusal:
    return Refusal("VALUE_NOT_ALLOWED", message, (name,))


def _value_faults(value: Decimal | None, currency: str | None) -> list[Refusal]:
    if value is None:
        return []
    found = [] if value >= 0 else [_only("A value is not negative.", "value")]
    if not fits(value, currency):
        found.append(_only(f"A value has at most {places_of(currency)} decimal places here.", "value"))
    return found


def _currency_faults(currency: str | None) -> list[Refusal]:
    if currency is None or (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return []
    return [_only("A currency is an ISO 4217 code such as EUR.", "currency")]


def _book(desk: Desk, lead: Lead) -> Book:
    book = desk.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    if book is None:
        raise Refusal("WRONG_STATE", "No agreement governs this lead.")
    return book


def _known(book: Book, key: str) -> Stage:
    journey = book.document.journey
    target = journey.stage(key)
    if target is None:
        known = ", ".join(stage.key for stage in journey.stages)
        raise Refusal("UNKNOWN_STAGE", f"Known stages: {known}.", ("stage",))
    return target


def _need_transition(desk: Desk, book: Book, lead: Lead, target: Stage) -> None:
    present = journey_for(desk, book, lead).stage(lead.stage) or book.stage(lead.stage)
    if target.key not in present.next:
        allowed = ", ".join(present.next) or "none"
        message = f"From {present.key} a lead may go to: {allowed}."
        raise Refusal("TRANSITION_NOT_ALLOWED", message, ("stage",))


def _is_forward(desk: Desk, book: Book, lead: Lead, target: Stage) -> bool:
    order = [stage.key for stage in journey_for(desk, book, lead).stages]
    if target.kind in WAYS_OUT or target.key not in order:
        return False
    waiting = lead.stage_kind in BEFORE_QUALIFIED
    return waiting or (lead.stage in order and order.index(target.key) > order.index(lead.stage))


def _say_why(desk: Desk, lead: Lead, target: Stage, reason: str | None, *, at: datetime) -> None:
    """Give the reason for an outcome afterwards: the lead stays where it is."""
    if not (reason or "").strip():
        raise Refusal("VALUE_NOT_ALLOWED", "The lead is there already; only a reason can be added.", ("reason",))
    person = desk.work.person
    desk.touches.append((lead, Touch(at=at, person=person, to_stage=target, by_hand=True, reason=reason)))
    told = {"stage": target.key, "kind": target.kind.value, "reason": reason}
    desk.work.tell(
        "lead.reason", ("Lead", lead.id), payload=told, lead_id=lead.id, at=at, visible_to=desk.teams_of(lead.id)
    )
