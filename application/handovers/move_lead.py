"""People move leads by hand: sales qualified, opportunity, won, lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from application.handovers import answering
from application.handovers.evidence import need_evidence
from application.handovers.passing_on import pass_on, passing_to
from application.handovers.reopening import ENDS, comes_back, reopen
from application.judging.conclude import conclude
from application.judging.heirs import arrive
from application.judging.journeys import journey_for
from application.judging.offering import BEFORE_QUALIFIED
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.item_faults import moment_faults
from application.runtime.transaction import Application, Transaction
from application.unit_of_work import stages
from application.unit_of_work.holding import leads_held
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Destination
from domain.document.sections.journey import Stage, StageKind
from domain.events.event import UNSET
from domain.events.leads import LeadReason
from domain.handovers.handover import Handover, HandoverState
from domain.leads.lead import Lead
from domain.obligations.kind import Interaction
from domain.obligations.kinds.won_lost_reason import OUTCOMES
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no, not_found
from domain.words.money import fits, places_of

MOVE = "Mutation.moveLead"
BACK = frozenset({StageKind.PROSPECT, StageKind.QUALIFIED, StageKind.RECYCLED})
"""The kinds of stages at which a lead is with marketing."""
WAYS_OUT = frozenset({StageKind.LOST, StageKind.DISQUALIFIED, StageKind.RECYCLED})
"""The kinds of stages that are no step forward, wherever they stand on the journey."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The wish of a person about a lead: the stage, and what is to be said about it."""

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


async def move_lead(application: Application, principal: Principal, *, lead_id: UUID, stage: str, **about: Any) -> UUID:
    """Move a lead along an allowed transition; reaching won, lost or disqualified ends its handover.

    With a return reason it gives the lead's handover back. `about` is what else a `Wish` says.
    """
    rights.need(principal, MOVE)
    wish = Wish(stage, **about)

    async def body(transaction: Transaction) -> UUID:
        unit = await UnitOfWork.open(transaction, [lead_id])
        lead = unit.leads.get(lead_id)
        if lead is None or not await leads_held(transaction.connection, principal, MOVE, [lead_id]):
            raise not_found("lead")
        need_no(wish.faults(now=transaction.now, since=lead.stage_since))
        compiled_version = _version(unit, lead)
        lead = await arrive(unit, compiled_version, lead)
        target = _known(compiled_version, wish.stage)
        if wish.return_reason is not None:
            await _give_back(unit, lead, target, wish, wish.return_reason)
        elif target.key == lead.stage and (target.kind in OUTCOMES or target.key in target.next):
            _say_why(unit, lead, target, wish.reason, at=_done(transaction, wish))
        else:
            await _move(unit, compiled_version, lead, target, wish)
        await conclude(unit)
        return lead_id

    return await application.transact(body, principal=principal)


def _done(transaction: Transaction, wish: Wish) -> datetime:
    return min(wish.at or transaction.now, transaction.now)


async def _move(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, target: Stage, wish: Wish) -> None:
    handover = unit.handovers.get(lead.id)
    _need_answered(handover, target)
    _need_transition(unit, compiled_version, lead, target)
    back = handover is None and comes_back(lead, target)
    passing = await passing_to(unit, lead, target)
    about: dict[str, Any] = {"reason": wish.reason, "value": wish.value, "currency": wish.currency}
    about |= {"at": _done(unit.transaction, wish), "kept_because": passing.kept_because if passing else UNSET}
    moved = stages.move(
        unit, lead, target, forward=_is_forward(unit, compiled_version, lead, target), by_hand=True, **about
    )
    if target.kind is StageKind.RECYCLED:
        unit.put_lead(answering.waiting_for_news(moved, now=unit.transaction.now))
    if back:
        await reopen(unit, compiled_version, lead.id)
    if handover is not None and target.kind in ENDS:
        await answering.close(unit, await unit.compiled_version(handover.version_id), handover, target.kind)
    await pass_on(unit, lead.id, passing)


def _need_answered(handover: Handover | None, target: Stage) -> None:
    """While sales has not answered nobody moves the lead; while it works it, the lead goes back as a return only."""
    if handover is None:
        return
    if handover.state is HandoverState.OFFERED:
        raise Refusal("WRONG_STATE", "The lead's handover is not answered yet: accept or return it first.")
    if target.kind in BACK:
        message = "Sales works the lead: return its handover, or name a returnReason and a stage of kind RECYCLED."
        raise Refusal("WRONG_STATE", message, ("stage",))


async def _give_back(unit: UnitOfWork, lead: Lead, target: Stage, wish: Wish, reason: str) -> None:
    """Return the lead's handover, to the stage that is named."""
    handover = unit.handovers.get(lead.id)
    if handover is None:
        raise Refusal("WRONG_STATE", "No handover of the lead is open, so none can be returned.", ("returnReason",))
    compiled_version = await unit.compiled_version(handover.version_id)
    coded = answering.reason_of(compiled_version, reason, "returnReason")
    kind = StageKind.DISQUALIFIED if coded.destination is Destination.DISCARD else StageKind.RECYCLED
    if target.kind is not kind:
        message = f"A return for {coded.key} leads to a stage of kind {kind.value}."
        raise Refusal("WRONG_STATE", message, ("stage",))
    awaited = answering.awaited_fields(compiled_version, coded, wish.missing)
    await need_evidence(unit, compiled_version, handover, coded, comment=wish.reason, named="returnReason")
    await answering.give_back(
        unit, compiled_version, handover, coded, comment=wish.reason, awaited=awaited, stage=target
    )


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


def _version(unit: UnitOfWork, lead: Lead) -> CompiledVersion:
    compiled_version = unit.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
    if compiled_version is None:
        raise Refusal("WRONG_STATE", "No agreement governs this lead.")
    return compiled_version


def _known(compiled_version: CompiledVersion, key: str) -> Stage:
    journey = compiled_version.document.journey
    target = journey.stage(key)
    if target is None:
        known = ", ".join(stage.key for stage in journey.stages)
        raise Refusal("UNKNOWN_STAGE", f"Known stages: {known}.", ("stage",))
    return target


def _need_transition(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, target: Stage) -> None:
    present = journey_for(unit, compiled_version, lead).stage(lead.stage) or compiled_version.stage(lead.stage)
    if target.key not in present.next:
        allowed = ", ".join(present.next) or "none"
        message = f"From {present.key} a lead may go to: {allowed}."
        raise Refusal("TRANSITION_NOT_ALLOWED", message, ("stage",))


def _is_forward(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, target: Stage) -> bool:
    order = [stage.key for stage in journey_for(unit, compiled_version, lead).stages]
    if target.kind in WAYS_OUT or target.key not in order:
        return False
    waiting = lead.stage_kind in BEFORE_QUALIFIED
    return waiting or (lead.stage in order and order.index(target.key) > order.index(lead.stage))


def _say_why(unit: UnitOfWork, lead: Lead, target: Stage, reason: str | None, *, at: datetime) -> None:
    """Give the reason for an outcome afterwards: the lead stays where it is."""
    if not (reason or "").strip():
        raise Refusal("VALUE_NOT_ALLOWED", "The lead is there already; only a reason can be added.", ("reason",))
    person = unit.transaction.person
    unit.interactions.append((lead, Interaction(at=at, person=person, to_stage=target, by_hand=True, reason=reason)))
    event = LeadReason(stage=target.key, kind=target.kind.value, reason=reason)
    unit.transaction.emit(event, lead.id, lead_id=lead.id, at=at, visible_to=unit.teams_of(lead.id))
