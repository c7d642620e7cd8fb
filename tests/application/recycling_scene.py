"""Leads that sales gave back, and what keeps them with marketing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from application.handovers.answer_handover import return_handover
from application.judging.decision_record import stored_decision
from application.reading import single
from application.reading.rounds import Round, rounds_of
from domain.handovers.handover import Handover
from domain.leads.decision import Block, Decision
from domain.leads.lead import Lead
from tests.application.routing_scene import in_force
from tests.application.scene import Scene, starter_document


async def lead_of(scene: Scene, handover: Handover) -> Lead:
    """The lead of a handover as it is now."""
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    return lead


async def decision_of(scene: Scene, handover: Handover) -> Decision:
    """The latest decision about the lead of a handover."""
    lead = await lead_of(scene, handover)
    assert lead.decision_id is not None
    [stored] = await single.decisions(scene.application, [lead.decision_id])
    assert stored is not None
    return stored_decision(stored)


async def blocks(scene: Scene, handover: Handover) -> list[tuple[Block, str | None]]:
    """What stands against a handover of the lead now."""
    return [(b.code, b.rule) for b in (await decision_of(scene, handover)).verdict.blocked_by]


async def give_back(scene: Scene, handover: Handover, reason: str, missing: Sequence[str] | None = None) -> None:
    """Sales returns a handover."""
    await return_handover(
        scene.application, scene.sales, handover_id=handover.id, reason=reason, comment=None, missing=missing
    )


async def open_one(scene: Scene, handover: Handover) -> Handover | None:
    """The open handover of the same lead."""
    return next((h for h in await scene.handovers() if h.lead_id == handover.lead_id and h.closed_at is None), None)


async def rounds(scene: Scene, handover: Handover) -> list[Round]:
    """The rounds of the lead."""
    [found] = await rounds_of(scene.application, scene.admin, [handover.lead_id])
    return found


async def with_reasons(scene: Scene, *reasons: dict[str, Any], **more: Any) -> None:
    """The starter agreement with other return reasons in force."""
    labelled = [{"label": [{"language": "en", "text": r["key"]}], **r} for r in reasons]
    await in_force(scene, handover=starter_document()["handover"] | {"returnReasons": labelled} | more)
