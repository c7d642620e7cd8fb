"""People move leads by hand: sales qualified, opportunity, won, lost."""

from __future__ import annotations

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
from application.judging import judge_leads
from application.offering import BEFORE_QUALIFIED
from application.passing_on import pass_on, passing_to
from application.work import House, Work
from domain import rights
from domain.document.journey import Stage, StageKind
from domain.handover import HandoverState
from domain.lead import Lead
from domain.owed.kind import Touch
from domain.owed.won_lost_reason import OUTCOMES
from domain.principal import Principal
from domain.refusal import Refusal, need_no, not_found

MOVE = "Mutation.moveLead"
ENDS = frozenset({StageKind.WON, StageKind.LOST, StageKind.DISQUALIFIED})
"""The kinds of stages that end a handover."""
WAYS_OUT = frozenset({StageKind.LOST, StageKind.DISQUALIFIED, StageKind.RECYCLED})
"""The kinds of stages that are no step forward, wherever they stand on the journey."""


async def move_lead(
    house: House,
    principal: Principal,
    *,
    lead_id: UUID,
    stage: str,
    reason: str | None = None,
    value: Decimal | None = None,
    currency: str | None = None,
    at: datetime | None = None,
) -> UUID:
    """Move a lead along an allowed transition; reaching won, lost or disqualified ends its handover."""
    rights.need(principal, MOVE)

    async def body(work: Work) -> UUID:
        need_no([*_value_faults(value), *_currency_faults(currency), *moment_faults(at, "at", now=work.now)])
        desk = await Desk.open(work, [lead_id])
        lead = desk.leads.get(lead_id)
        if lead is None or not await leads_held(work.connection, principal, MOVE, [lead_id]):
            raise not_found("lead")
        book = _book(desk, lead)
        lead = await arrive(desk, book, lead)
        target = _target(desk, book, lead, stage)
        if target.key == lead.stage:
            _say_why(desk, lead, target, reason, at=at or work.now)
        else:
            passing = await passing_to(desk, lead, target)
            about: dict[str, Any] = {"reason": reason, "value": value, "currency": currency, "at": at or work.now}
            about["told"] = {"keptBecause": passing.kept_because} if passing else {}
            desk.move(lead, target, forward=_is_forward(desk, book, lead, target), by_hand=True, **about)
            await _end_handover(desk, lead, target)
            await pass_on(desk, lead_id, passing)
            if target.kind is StageKind.WON:
                await judge_leads(desk, [lead_id])  # what shows in a new customer
        await desk.save()
        return lead_id

    return await house.transact(body, principal=principal)


def _value_faults(value: Decimal | None) -> list[Refusal]:
    if value is None or value >= 0:
        return []
    return [Refusal("VALUE_NOT_ALLOWED", "A value is not negative.", ("value",))]


def _currency_faults(currency: str | None) -> list[Refusal]:
    if currency is None or (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return []
    return [Refusal("VALUE_NOT_ALLOWED", "A currency is an ISO 4217 code such as EUR.", ("currency",))]


def _book(desk: Desk, lead: Lead) -> Book:
    book = desk.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    if book is None:
        raise Refusal("WRONG_STATE", "No agreement governs this lead.")
    return book


def _target(desk: Desk, book: Book, lead: Lead, key: str) -> Stage:
    journey = book.document.journey
    target = journey.stage(key)
    if target is None:
        known = ", ".join(stage.key for stage in journey.stages)
        raise Refusal("UNKNOWN_STAGE", f"Known stages: {known}.", ("stage",))
    present = journey_for(desk, book, lead).stage(lead.stage) or book.stage(lead.stage)
    if key not in present.next and not (key == lead.stage and target.kind in OUTCOMES):
        allowed = ", ".join(present.next) or "none"
        message = f"From {present.key} a lead may go to: {allowed}."
        raise Refusal("TRANSITION_NOT_ALLOWED", message, ("stage",))
    return target


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


async def _end_handover(desk: Desk, lead: Lead, target: Stage) -> None:
    handover = desk.handovers.get(lead.id)
    if handover is None:
        return
    if target.kind in ENDS:
        await answering.close(desk, await desk.book(handover.version_id), handover, target.kind)
    elif handover.state is HandoverState.OFFERED:
        raise Refusal("WRONG_STATE", "The lead's handover is not answered yet: accept or return it first.")
