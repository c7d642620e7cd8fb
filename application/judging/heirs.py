"""Leads whose stage the version in force no longer has, or calls by another kind: where they go, and what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import CLOCK
from application.unit_of_work import stages
from domain.agreements.heirs import StagePosition
from domain.document.sections.journey import Stage, StageKind
from domain.leads.lead import Lead, StageChange
from domain.party import Party

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

VERSION, AGREEMENT = "version", "agreement"
"""Why a lead changed its stage: a version of its agreement has it no longer, or another agreement governs it."""


async def stage_in(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead) -> Stage:
    """Return the stage of a version at which a lead stands, or to which it goes under it."""
    handover = unit.handovers.get(lead.id)
    standing = StagePosition(lead.stage, StageKind(lead.stage_kind), handover.state if handover else None)
    return await unit.heirs.stage(compiled_version, standing, agreement_id=lead.agreement_id)


async def arrive(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead) -> Lead:
    """Bring a lead to the stage that it has under a version, where that is another one."""
    stage = await stage_in(unit, compiled_version, lead)
    return go_to(unit, compiled_version, lead, stage, because=VERSION)


def go_to(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, stage: Stage, *, because: str) -> Lead:
    """Bring a lead to its stage under a version; a stage of the same kind is the same one under another name."""
    same_kind = lead.stage_kind == stage.kind.value
    if same_kind and lead.stage == stage.key:
        return lead
    now = unit.transaction.now
    change = StageChange(lead.id, lead.stage, stage.key, stage.kind.value, now, person=CLOCK, reason=because)
    moved = (
        lead.renamed(stage, version_id=compiled_version.version_id)
        if same_kind
        else lead.at(stage, since=now, version_id=compiled_version.version_id)
    )
    worked = unit.handovers.get(lead.id)
    present = worked.team if worked and stage.owner is Party.SALES else stage.team
    return stages.change_stage(unit, moved, change, stage, stays_with=present)
