"""The subjects about which something may be owed: the facts about each, and the version that counts for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from application.runtime.compiled_versions import CompiledVersion
from domain.handovers.handover import Handover
from domain.obligation import Obligation
from domain.obligations.kind import (
    Interaction,
    ObligationContext,
    OpenObligation,
    RequiredObligation,
    SettledObligation,
    Subject,
)
from domain.obligations.plan import owed

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Matter:
    """A subject whose facts changed, with the version that counts for it and what stands open about it."""

    context: ObligationContext
    compiled_version: CompiledVersion | None
    present: tuple[Obligation, ...]
    closed: tuple[Obligation, ...] = ()


def concerned(unit: UnitOfWork, lead_id: UUID, interaction: Interaction) -> Handover | None:
    """The handover to whose time something done with a lead belongs: the last one offered by then.

    A change of stage belongs to the last one, also where it is dated before the offer.
    """
    moved = interaction.to_stage is not None
    found = [h for h in unit.handover_history.of(lead_id) if moved or h.offered_at <= interaction.at]
    return found[-1] if found else None


async def matter_of(unit: UnitOfWork, subject_id: UUID, subject: Subject) -> Matter:
    """Return a subject with its facts, its version and what stands open about it."""
    context, version_id = _CONTEXTS[subject](unit, subject_id)
    compiled_version = await _version_of(unit, context, version_id) if version_id else None
    owner = context.agreement_id if subject is Subject.AGREEMENT else context.lead.id if context.lead else None
    present = tuple(o for o in (unit.owed(owner) if owner else ()) if o.subject_id == subject_id)
    standing = tuple(OpenObligation(o.kind, o.instance_key, o.opened_at, o.due_at) for o in present)
    return Matter(replace(context, standing=standing), compiled_version, present)


def _about_handover(unit: UnitOfWork, subject_id: UUID) -> tuple[ObligationContext, UUID | None]:
    handover = unit.handover_history[subject_id]
    context = ObligationContext(
        Subject.HANDOVER,
        subject_id,
        unit.transaction.now,
        handover=handover,
        lead=unit.leads[handover.lead_id],
        agreement_id=handover.agreement_id,
        offered_again=unit.handover_history.of(handover.lead_id)[-1].id != handover.id,
    )
    return context, handover.version_id


def _about_lead(unit: UnitOfWork, subject_id: UUID) -> tuple[ObligationContext, UUID | None]:
    lead = unit.leads[subject_id]
    handover = unit.handovers.get(subject_id)
    agreement = handover.agreement_id if handover else lead.agreement_id
    context = ObligationContext(
        Subject.LEAD, subject_id, unit.transaction.now, handover=handover, lead=lead, agreement_id=agreement
    )
    return context, lead.stage_version_id


async def _version_of(unit: UnitOfWork, context: ObligationContext, version_id: UUID) -> CompiledVersion:
    """The version that counts; for a lead that came to a stage which that one never had, the version in force."""
    compiled_version = await unit.compiled_version(version_id)
    if (
        context.subject is Subject.LEAD
        and context.lead
        and compiled_version.document.journey.stage(context.lead.stage) is None
    ):
        return unit.active.of_agreement(compiled_version.agreement_id) or compiled_version
    return compiled_version


def _about_agreement(unit: UnitOfWork, subject_id: UUID) -> tuple[ObligationContext, UUID | None]:
    compiled_version = unit.active.of_agreement(subject_id)
    since = unit.agreements.get(subject_id)
    context = ObligationContext(
        Subject.AGREEMENT, subject_id, unit.transaction.now, agreement_id=subject_id, since=since
    )
    return context, compiled_version.version_id if compiled_version else None


_CONTEXTS = {
    Subject.HANDOVER: _about_handover,
    Subject.LEAD: _about_lead,
    Subject.AGREEMENT: _about_agreement,
}


def required(matter: Matter) -> list[RequiredObligation]:
    """Return what the version that counts requires about a subject."""
    return owed(matter.compiled_version.document, matter.context) if matter.compiled_version else []


async def with_history(unit: UnitOfWork, matters: Iterable[Matter]) -> list[Matter]:
    """Return the same with what counts and what was settled so far; of what is new nothing is stored yet."""
    matters = list(matters)
    await unit.read_once.learn(m.context.subject_id for m in matters if not unit.is_new(m.context.subject_id))
    return [_with_history(unit, matter) for matter in matters]


def _with_history(unit: UnitOfWork, matter: Matter) -> Matter:
    about = matter.context.subject_id
    stored, done = unit.read_once.settled_about(about), unit.read_once.fulfilments_of(about)
    closed = {o.id: o for o in (*stored, *unit.touched_about(about)) if o.is_settled}
    settled = tuple(
        SettledObligation(o.kind, o.instance_key, o.met_at or o.closed_at or o.opened_at) for o in closed.values()
    )
    fulfilments = (*done, *unit.fulfilments.get(about, ()))
    context = replace(matter.context, fulfilments=fulfilments, settled=settled)
    return replace(matter, context=context, closed=tuple(closed.values()))
