"""A lead that comes to the stage of a special team is passed on to it, and that is told [S1.8]."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application.answer_handover import accept_handover
from application.deciding_versions import activate_version
from application.edit_team import upsert_team
from application.move_lead import move_lead
from domain.handover import HandoverState
from domain.party import Party
from domain.team import Member, Team
from tests.application.scene import Scene, starter_document

HUNTERS = "hunters"


async def worked(scene: Scene, *members: Member) -> tuple[UUID, UUID]:
    """A lead that sales accepted, under an agreement in which a team of hunters owns the stage `opportunity`."""
    await upsert_team(scene.house, scene.management, team=Team(HUNTERS, "Hunters", Party.SALES, None, None, members))
    journey: dict[str, Any] = starter_document()["journey"]
    stages = [s | {"team": HUNTERS} if s["key"] == "opportunity" else s for s in journey["stages"]]
    version = await scene.new_version("main", sections={"journey": journey | {"stages": stages}})
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("x")
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    await move_lead(scene.house, scene.sales, lead_id=handover.lead_id, stage="sql")
    return handover.id, handover.lead_id


async def told(scene: Scene) -> dict[str, Any]:
    """What the last change of stage told of teams."""
    payload = (await scene.events("lead.stage"))[-1].payload
    return {name: payload.get(name) for name in ("to", "fromTeam", "toTeam", "keptBecause")}


async def test_the_handover_goes_to_the_team_that_owns_the_stage(scene: Scene) -> None:
    """By its own rotation; the move says from which team to which, and the assignments say since when."""
    handover_id, lead_id = await worked(scene, Member("hanna"))
    assert await told(scene) == {"to": "sql", "fromTeam": "inside-sales", "toTeam": "inside-sales", "keptBecause": None}
    await move_lead(scene.house, scene.sales, lead_id=lead_id, stage="opportunity")
    handover = await scene.handover(handover_id)
    assert (handover.team, handover.assignee, handover.state) == (HUNTERS, "hanna", HandoverState.ACCEPTED)
    assert await told(scene) == {
        "to": "opportunity",
        "fromTeam": "inside-sales",
        "toTeam": HUNTERS,
        "keptBecause": None,
    }
    assigned = (await scene.events("handover.assigned"))[-1]
    assert (assigned.payload["team"], assigned.payload["because"]) == (HUNTERS, "passed on")
    owed = {(o.kind, o.team) for o in await scene.obligations() if o.is_open and o.lead_id}
    assert owed == {("first-contact", HUNTERS), ("outcome-update", HUNTERS), ("stage-time", HUNTERS)}


async def test_a_lead_stays_with_its_team_while_the_special_one_has_nobody(scene: Scene) -> None:
    """Nobody loses it: it is told why it was not passed on."""
    handover_id, lead_id = await worked(scene, Member("hanna", max_open=0))
    await move_lead(scene.house, scene.sales, lead_id=lead_id, stage="opportunity")
    assert (await scene.handover(handover_id)).team == "inside-sales"
    assert (await told(scene))["keptBecause"] == "ALL_FULL"
