"""A lead that comes to the stage of a special team is passed on to it, and that is told [S1.8]."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover, reassign_handover, return_handover
from application.handovers.move_lead import move_lead
from application.handovers.queueing import next_chance
from domain.handovers.handover import HandoverState
from domain.party import Party
from domain.people.team import Member, Team
from tests.application.scene import Scene, starter_document

HUNTERS = "hunters"


async def worked(scene: Scene, *members: Member) -> tuple[UUID, UUID]:
    """A lead that sales accepted, under an agreement in which a team of hunters owns the stage `opportunity`."""
    await upsert_team(
        scene.application, scene.management, team=Team(HUNTERS, "Hunters", Party.SALES, None, None, members)
    )
    journey: dict[str, Any] = starter_document()["journey"]
    stages = [s | {"team": HUNTERS} if s["key"] == "opportunity" else s for s in journey["stages"]]
    version = await scene.new_version("main", sections={"journey": journey | {"stages": stages}})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("x")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    await move_lead(scene.application, scene.sales, lead_id=handover.lead_id, stage="sql")
    return handover.id, handover.lead_id


async def told(scene: Scene) -> dict[str, Any]:
    """What the last change of stage told of teams."""
    payload = (await scene.events("lead.stage"))[-1].payload
    return {name: payload.get(name) for name in ("to", "fromTeam", "toTeam", "keptBecause")}


async def test_the_handover_goes_to_the_team_that_owns_the_stage(scene: Scene) -> None:
    """By its own rotation; the move says from which team to which, and the assignments say since when."""
    handover_id, lead_id = await worked(scene, Member("hanna"))
    assert await told(scene) == {"to": "sql", "fromTeam": "inside-sales", "toTeam": "inside-sales", "keptBecause": None}
    await move_lead(scene.application, scene.sales, lead_id=lead_id, stage="opportunity")
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
    assert owed == {(kind, HUNTERS) for kind in ("first-contact", "attempts", "outcome-update", "stage-time")}


async def test_a_lead_stays_with_its_team_while_the_special_one_has_nobody(scene: Scene) -> None:
    """Nobody loses it: it is told why it was not passed on."""
    handover_id, lead_id = await worked(scene, Member("hanna", max_open=0))
    await move_lead(scene.application, scene.sales, lead_id=lead_id, stage="opportunity")
    assert (await scene.handover(handover_id)).team == "inside-sales"
    assert (await told(scene))["keptBecause"] == "ALL_FULL"


async def test_it_is_passed_on_as_soon_as_somebody_there_has_room(scene: Scene) -> None:
    """The clock tries again, whichever of several instances; nobody has to move the lead once more."""
    handover_id, lead_id = await worked(scene, Member("hanna", max_open=0))
    await move_lead(scene.application, scene.sales, lead_id=lead_id, stage="opportunity")
    await scene.tick()
    assert (await scene.handover(handover_id)).passes_to == HUNTERS
    assert await next_chance(scene.application) is not None
    await upsert_team(
        scene.application, scene.management, team=Team(HUNTERS, "Hunters", Party.SALES, None, None, (Member("hanna"),))
    )
    await asyncio.gather(*(scene.clock.tick() for _ in range(3)))
    await scene.tick()
    handover = await scene.handover(handover_id)
    assert (handover.team, handover.assignee, handover.passes_to) == (HUNTERS, "hanna", None)
    assigned = [e.payload for e in await scene.events("handover.assigned") if e.payload["team"] == HUNTERS]
    assert [payload["because"] for payload in assigned] == ["passed on"]
    owed = {(o.kind, o.team) for o in await scene.obligations() if o.is_open and o.lead_id}
    assert owed == {(kind, HUNTERS) for kind in ("first-contact", "attempts", "outcome-update", "stage-time")}


@pytest.mark.parametrize("stage", ["customer", "lost"])
async def test_what_left_the_stage_waits_no_longer(scene: Scene, stage: str) -> None:
    """A team that has room only then gets nothing."""
    handover_id, lead_id = await worked(scene, Member("hanna", max_open=0))
    for key in ("opportunity", stage):
        await move_lead(scene.application, scene.sales, lead_id=lead_id, stage=key)
    assert (await scene.handover(handover_id)).passes_to is None


async def test_a_leader_who_gives_it_away_ends_the_waiting(scene: Scene) -> None:
    """What people decide stands."""
    handover_id, lead_id = await worked(scene, Member("hanna", max_open=0))
    await move_lead(scene.application, scene.sales, lead_id=lead_id, stage="opportunity")
    await reassign_handover(
        scene.application,
        scene.management,
        handover_id=handover_id,
        team="field-sales",
        assignee=None,
        reason="knows them",
    )
    assert (await scene.handover(handover_id)).passes_to is None


async def test_a_special_team_of_marketing_owes_the_time_at_its_stage(scene: Scene) -> None:
    """A stage that marketing gives to one of its teams is that team's to answer for."""
    journey: dict[str, Any] = starter_document()["journey"]
    limit = {"duration": "P5D", "clock": "BUSINESS"}
    stages = [s | {"team": "nurses", "timeLimit": limit} if s["kind"] == "RECYCLED" else s for s in journey["stages"]]
    nurses = Team("nurses", "Nurses", Party.MARKETING, None, None, (Member("nina"),))
    await upsert_team(scene.application, scene.management, team=nurses)
    version = await scene.new_version("main", sections={"journey": journey | {"stages": stages}})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("x")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    [owed] = await scene.obligations(kind=["stage-time"], state=["OPEN"])
    assert (owed.party, owed.team) == (Party.MARKETING, "nurses")
    scene.time.pass_by(days=30)
    await scene.tick()
    [missed] = await scene.breaches(kind=("stage-time",))
    assert (missed.party, missed.team) == (Party.MARKETING, "nurses")
