"""Leads go the way of their segment: when handed over, answered and moved by hand [S4.2]."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, return_handover
from application.handovers.move_lead import move_lead
from application.reading import single
from domain.refusal import Refusal
from tests.application.scene import Scene, starter_document

SMALL = {"field": "account.employees", "op": "lt", "value": 100}
JOURNEY = ["prospect", "pql", "sal", "checkout", "customer", "lost", "returned", "recycled", "disqualified"]


def _stages() -> list[dict[str, Any]]:
    """The starter's stages, with a way of their own for small companies."""
    stages: list[dict[str, Any]] = starter_document()["journey"]["stages"]
    more = {"prospect": ["pql"], "sal": ["checkout"], "lost": ["returned"], "recycled": ["pql"]}
    stages = [stage | {"next": [*stage["next"], *more.get(stage["key"], [])]} for stage in stages]
    own = {
        "pql": {"kind": "QUALIFIED", "owner": "MARKETING", "next": ["sal", "recycled", "returned"]},
        "checkout": {"kind": "OPPORTUNITY", "owner": "SALES", "next": ["customer", "lost"]},
        "returned": {"kind": "RECYCLED", "owner": "MARKETING", "next": ["pql"]},
    }
    added = [{"key": key, "label": key.title(), **stage} for key, stage in own.items()]
    before = [stage["key"] for stage in stages].index("recycled")
    return [*stages[:before], *added, *stages[before:]]


async def _segmented(scene: Scene) -> None:
    journey = starter_document()["journey"] | {"stages": _stages()}
    segments = {"small": {"label": "Small", "when": SMALL, "journey": JOURNEY}}
    version = await scene.new_version("main", sections={"journey": journey, "segments": segments})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def _stage(scene: Scene, lead_id: UUID) -> str:
    (lead,) = await single.leads(scene.application, scene.admin, [lead_id])
    assert lead is not None
    return lead.stage


async def _moved(scene: Scene, lead_id: UUID, stage: str) -> str:
    """The stage after a move by hand, or the code of the refusal."""
    try:
        await move_lead(scene.application, scene.admin, lead_id=lead_id, stage=stage)
    except Refusal as refusal:
        return refusal.code
    return await _stage(scene, lead_id)


async def test_each_lead_is_handed_over_on_the_way_of_its_segment(scene: Scene) -> None:
    """The first stage of a kind is the segment's own; who belongs to none takes the document's."""
    await _segmented(scene)
    small, large = await scene.offered("small", employees=60), await scene.offered("large", employees=300)
    assert await _stage(scene, small.lead_id) == "pql"
    assert await _stage(scene, large.lead_id) == "mql"


async def test_by_hand_a_lead_moves_along_the_transitions_of_its_segment(scene: Scene) -> None:
    """What the segment leaves out cannot be reached; a stage that nobody knows is told apart."""
    await _segmented(scene)
    handover = await scene.offered("small", employees=60)
    await accept_handover(scene.application, scene.admin, handover_id=handover.id, comment=None)
    assert await _stage(scene, handover.lead_id) == "sal"
    assert await _moved(scene, handover.lead_id, "sql") == "TRANSITION_NOT_ALLOWED"
    assert await _moved(scene, handover.lead_id, "nowhere") == "UNKNOWN_STAGE"
    assert await _moved(scene, handover.lead_id, "checkout") == "checkout"
    assert await _moved(scene, handover.lead_id, "customer") == "customer"


async def test_a_returned_lead_goes_back_on_the_way_of_its_segment(scene: Scene) -> None:
    """The stage of returned leads is the segment's first of that kind."""
    await _segmented(scene)
    handover = await scene.offered("small", employees=60)
    await return_handover(scene.application, scene.admin, handover_id=handover.id, reason="no-need", comment=None)
    assert await _stage(scene, handover.lead_id) == "returned"
