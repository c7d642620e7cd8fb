"""The journey a lead takes under a version: its segment's, where that has one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.runtime.compiled_versions import CompiledVersion
from domain.document.sections.journey import Journey, Stage, StageKind
from domain.document.sections.segments import journey_of
from domain.leads.lead import Lead

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork


def journey_for(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead) -> Journey:
    """The journey of a lead by what is known of it; the document's where its segment's has no stage like the lead's."""
    journey = compiled_version.document.journey
    if not compiled_version.document.segments:
        return journey
    facts = lead.facts(account=unit.account_fields(lead), activities=[], open_handover=False)
    key = compiled_version.compiled_rules.segment_of(facts)
    segment = next((s for s in compiled_version.document.segments if s.key == key), None)
    own = journey if segment is None else journey_of(segment, journey)
    return own if own.stage(lead.stage) or own.of_kind(StageKind(lead.stage_kind)) else journey


def stage_for(unit: UnitOfWork, compiled_version: CompiledVersion, lead: Lead, kind: StageKind) -> Stage:
    """The first stage of a kind on a lead's journey; checked documents have one of each kind that the engine needs.

    Stages are always those of the version in force, whatever version a handover was offered under.
    """
    compiled_version = unit.active.of_agreement(compiled_version.agreement_id) or compiled_version
    return journey_for(unit, compiled_version, lead).of_kind(kind) or compiled_version.stage_of_kind(kind)
