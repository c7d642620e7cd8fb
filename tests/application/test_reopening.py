"""A lead that comes back to sales after its end is worked again, by whoever had it [S3.3]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from application.agreements.deciding_versions import activate_version
from application.directory.set_absence import set_absence
from application.reading import single
from domain.handovers.handover import Handover
from domain.handovers.handover_end import HandoverEnd
from domain.party import Party
from domain.people.team import Absence
from tests.application.promises import accepted, move, states
from tests.application.scene import Scene, starter_document


@pytest.fixture
async def scene(scene: Scene) -> Scene:
    """The scene with a journey on which what is lost, won or disqualified may come back."""
    journey = starter_document()["journey"]
    for stage in journey["stages"]:
        if stage["kind"] in {"LOST", "WON", "DISQUALIFIED"}:
            stage["next"] = ["sql"]
    version = await scene.new_version("main", sections={"journey": journey})
    await activate_version(scene.application, scene.management, version_id=version)
    return scene


async def lost(scene: Scene) -> Handover:
    """A handover whose lead was reached and is lost, without a reason yet."""
    handover = await accepted(scene)
    scene.time.pass_by(hours=1)
    await scene.activity("lea", "sales-call")
    await move(scene, handover, "sql")
    await move(scene, handover, "lost")
    return await scene.handover(handover.id)


async def lead_of(scene: Scene, handover: Handover) -> Any:
    """The handover's lead."""
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    return lead


async def test_the_handover_opens_again_for_whoever_had_it(scene: Scene) -> None:
    """Goes on with the same person; news is owed from now, the reason no longer, and no contact again."""
    before = await lost(scene)
    assert (before.closed_because, await states(scene, "won-lost-reason")) == (HandoverEnd.LOST, ["OPEN"])
    scene.time.pass_by(days=30)
    await move(scene, before, "sql")
    again = await scene.handover(before.id)
    assert (again.closed_at, again.outcome, again.reopened_at, again.reopenings) == (None, None, scene.time.now(), 1)
    assert (again.assignee, again.team, again.state.value) == (before.assignee, before.team, "ACCEPTED")
    assert [h.id for h in await scene.handovers()] == [before.id]
    [reason] = await scene.obligations(kind=["won-lost-reason"])
    assert reason.closing_reason == "reopened"
    [news] = [o for o in await scene.obligations(kind=["outcome-update"]) if o.is_open]
    assert news.opened_at == scene.time.now()
    assert await states(scene, "first-contact") == ["MET"]
    assert (await lead_of(scene, again)).contact_owner is Party.SALES
    assert [e.type for e in await scene.events("handover.reopened")] == ["handover.reopened"]
    assert [e.payload["because"] for e in await scene.events("handover.assigned")][-1] == "REOPENED"


async def test_each_end_owes_its_own_reason(scene: Scene) -> None:
    """Asks for the reason of the second end, though the first was given."""
    before = await lost(scene)
    await move(scene, before, "lost", reason="Too dear.")
    assert await states(scene, "won-lost-reason") == ["MET"]
    await move(scene, before, "sql")
    await move(scene, before, "lost")
    assert sorted(await states(scene, "won-lost-reason")) == ["MET", "OPEN"]
    scene.time.pass_by(hours=1)
    await move(scene, before, "lost", reason="Bought elsewhere.")
    assert await states(scene, "won-lost-reason") == ["MET", "MET"]


async def test_it_is_routed_when_whoever_had_it_is_away(scene: Scene) -> None:
    """Finds another person of the route."""
    before = await lost(scene)
    assert before.assignee is not None
    now = scene.time.now()
    away = Absence(now, now + timedelta(days=90))
    await set_absence(scene.application, scene.management, person=before.assignee, absence=away)
    await move(scene, before, "sql")
    again = await scene.handover(before.id)
    assert again.assignee not in {before.assignee, None}


async def test_after_its_time_a_new_handover_is_born_accepted(scene: Scene) -> None:
    """Opens the next round without an answer that is owed; contact and attempts are."""
    before = await lost(scene)
    scene.time.pass_by(days=200)
    await move(scene, before, "sql")
    new = next(h for h in await scene.handovers() if h.id != before.id)
    assert (new.state.value, new.trigger, new.round) == ("ACCEPTED", "reopened", 2)
    assert new.assignee is not None
    owed = {o.kind for o in await scene.obligations() if o.subject_id == new.id and o.is_open}
    assert owed == {"first-contact", "attempts", "outcome-update"}
    assert await states(scene, "answer") == ["MET"]
    assert (await scene.handover(before.id)).closed_at is not None
