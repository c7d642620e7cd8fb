"""Leads whose stage the version in force no longer has, or calls by another kind: where they go, and what is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import CompiledVersion, VersionCache
from application.runtime.transaction import CLOCK
from application.unit_of_work import stages
from domain.agreements.heirs import StagePosition, heir
from domain.document.sections.journey import Stage, StageKind
from domain.leads.lead import Lead, StageChange
from domain.party import Party
from persistence.agreements import versions

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

VERSION, AGREEMENT = "version", "agreement"
"""Why a lead changed its stage: a version of its agreement has it no longer, or another agreement governs it."""


async def stage_in(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead) -> Stage:
    """The stage of a version at which a lead stands, or to which it goes under it."""
    handover = unit.handovers.get(lead.id)
    standing = StagePosition(lead.stage, StageKind(lead.stage_kind), handover.state if handover else None)
    same = compiled_version.words.holds(standing)
    if same is not None:
        return same
    asked = (compiled_version.version_id, lead.agreement_id, standing)
    if asked not in unit.heirs:
        transaction = unit.transaction
        unit.heirs[asked] = await heir_in(
            transaction.connection,
            transaction.version_cache,
            compiled_version,
            standing,
            agreement_id=lead.agreement_id,
        )
    return unit.heirs[asked]


async def heir_in(
    connection: AsyncConnection,
    version_cache: VersionCache,
    compiled_version: CompiledVersion,
    standing: StagePosition,
    *,
    agreement_id: UUID | None,
) -> Stage:
    """The same for whatever stands so: through all versions since the one that had its stage, one after the other."""
    trail = [compiled_version]
    if agreement_id == compiled_version.agreement_id:
        trail = [*await _since(connection, version_cache, compiled_version, standing), compiled_version]
    found = None if len(trail) > 1 else heir(standing, compiled_version.words)
    for before, after in pairwise(trail):
        found = heir(standing, after.words, before.words)
        standing = standing if found is None else replace(standing, stage=found.key, kind=found.kind)
    return found or compiled_version.stage_of_kind(StageKind.PROSPECT)


async def _since(
    connection: AsyncConnection,
    version_cache: VersionCache,
    compiled_version: CompiledVersion,
    standing: StagePosition,
) -> list[CompiledVersion]:
    """The versions in force from the last one on that had the stage."""
    ids = await versions.in_force_before(connection, compiled_version.agreement_id, compiled_version.version_id)
    found: list[CompiledVersion] = []
    for version_id in reversed(ids):
        found.insert(0, await version_cache.version(connection, version_id))
        if found[0].words.holds(standing) is not None:
            return found
    return []


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


async def stages_in(
    connection: AsyncConnection,
    version_cache: VersionCache,
    compiled_versions: Iterable[CompiledVersion],
    standings: Iterable[StagePosition],
) -> dict[tuple[UUID, StagePosition], str]:
    """The keys of the stages at which leads that stand so are under each of some versions."""
    known = list(standings)
    found = {}
    for compiled_version in compiled_versions:
        for standing in known:
            stage = compiled_version.words.holds(standing)
            if stage is None:
                stage = await heir_in(
                    connection, version_cache, compiled_version, standing, agreement_id=compiled_version.agreement_id
                )
            found[compiled_version.version_id, standing] = stage.key
    return found
