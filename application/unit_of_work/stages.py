"""A lead comes to another stage: changed, remembered and told."""

from __future__ import annotations

from typing import Any

from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.journey import Stage, hands
from domain.events.event import UNSET
from domain.leads.lead import Lead, StageChange, stage_event
from domain.obligations.kind import Interaction
from domain.words.ids import new_id


def move(
    unit: UnitOfWork, lead: Lead, stage: Stage, *, forward: bool = False, by_hand: bool = False, **about: Any
) -> Lead:
    """Move a lead to a stage, remember it and tell of it; nothing when it is there already."""
    if lead.stage == stage.key:
        return lead
    at = about.pop("at", None) or unit.transaction.now
    person, kept_because = about.pop("person", unit.transaction.person), about.pop("kept_because", UNSET)
    change = StageChange(lead.id, lead.stage, stage.key, stage.kind.value, at, person=person, **about)
    interaction = Interaction(
        at=at, person=person, to_stage=stage, forward=forward, by_hand=by_hand, reason=change.reason
    )
    unit.interactions.append((lead, interaction))
    moved = lead.at(stage, since=at, version_id=unit.version_for(lead))
    return change_stage(unit, moved, change, stage, kept_because=kept_because)


def change_stage(
    unit: UnitOfWork,
    lead: Lead,
    change: StageChange,
    stage: Stage,
    *,
    stays_with: str | None = UNSET,
    kept_because: str = UNSET,
) -> Lead:
    """Put a lead that came to another stage, remember the change and tell of it.

    `stays_with` is the team that works it before and after, where the document does not say which.
    """
    unit.stage_changes.append((new_id(now=unit.transaction.now), change))
    unit.put_lead(lead)
    from_team = to_team = stays_with
    if stays_with is UNSET:
        compiled_version = unit.active.of_agreement(lead.agreement_id) if lead.agreement_id else None
        team = worked.team if (worked := unit.handovers.get(lead.id)) else None
        journey = compiled_version.document.journey if compiled_version else None
        from_team, to_team = hands(journey, change.from_stage or "", stage, team)
    event = stage_event(change, from_team=from_team, to_team=to_team, kept_because=kept_because)
    unit.transaction.emit(event, lead.id, lead_id=lead.id, at=change.at, visible_to=unit.teams_of(lead.id))
    return lead
