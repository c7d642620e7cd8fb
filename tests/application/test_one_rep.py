"""A company gets one person of sales, whatever comes at once and whatever the routes say [S3.4, S4.4b]."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from application.agreements.deciding_versions import activate_version
from application.directory.set_absence import set_absence
from application.handovers.answer_handover import accept_handover, return_handover
from application.intake.record_activities import record_activities
from application.runtime.incoming import IncomingActivity
from domain.handovers.handover import Handover
from domain.handovers.routing import Because
from domain.people.team import Absence
from tests.application.promises import move
from tests.application.scene import Scene, starter_document


async def because_of(scene: Scene, handover: Handover) -> list[str]:
    """Why each person got a handover."""
    told = [e for e in await scene.events("handover.assigned") if e.subject_id == handover.id]
    return [e.payload["because"] for e in told]


async def test_whoever_works_one_lead_of_a_company_gets_the_next(scene: Scene) -> None:
    """Goes to the person of the offered handover, however the rotation stands."""
    first = await scene.offered("lea", company="werk")
    await scene.offered("stranger", company="other")
    second = await scene.offered("ben", company="werk")
    third = await scene.offered("cyd", company="werk")
    assert {h.assignee for h in (second, third)} == {first.assignee}
    assert await because_of(scene, second) == [Because.SERVES_ACCOUNT]


async def test_leads_of_a_company_that_come_at_once_have_one_person(scene: Scene) -> None:
    """Lets twelve requests of one company race and assigns all of them to one person."""
    names = [f"lead-{number}" for number in range(12)]
    for name in names:
        await scene.lead(name, company="werk")

    async def ask(name: str) -> None:
        item = IncomingActivity(f"form-{name}", name, "contact-form", scene.time.now())
        await record_activities(scene.application, scene.integration, source=scene.source, items=[item])

    await asyncio.gather(*(ask(name) for name in names))
    found = await scene.handovers()
    assert len(found) == len(names)
    assert len({h.assignee for h in found}) == 1
    assert None not in {h.assignee for h in found}


async def test_the_person_outside_the_route_gets_it_in_any_team(scene: Scene) -> None:
    """Assigns to the owner of the account who is in a team that the route does not name."""
    handover = await scene.offered("lea", company="werk", owner="Karl")
    assert (handover.team, handover.assignee) == ("field-sales", "karl")
    assert await because_of(scene, handover) == [Because.ACCOUNT_OWNER]


async def test_who_is_away_is_passed_over_and_told(scene: Scene) -> None:
    """Takes the next of the route, and says why the one who serves the account did not get it."""
    first = await scene.offered("lea", company="werk")
    assert first.assignee is not None
    now = scene.time.now()
    away = Absence(now, now + timedelta(days=9))
    await set_absence(scene.application, scene.management, person=first.assignee, absence=away)
    second = await scene.offered("ben", company="werk")
    assert second.assignee not in {first.assignee, None}


async def test_who_worked_the_account_lately_gets_it_again(scene: Scene) -> None:
    """Remembers an accepted handover that ended by an outcome, but none that was given back."""
    first = await scene.offered("lea", company="werk")
    await accept_handover(scene.application, scene.sales, handover_id=first.id, comment=None)
    await move(scene, first, "lost")
    scene.time.pass_by(days=30)
    await scene.offered("between", company="other")
    second = await scene.offered("ben", company="werk")
    assert (second.assignee, await because_of(scene, second)) == (first.assignee, [Because.SERVED_ACCOUNT])
    await return_handover(scene.application, scene.sales, handover_id=second.id, reason="bad-data", comment=None)
    scene.time.pass_by(days=100)
    third = await scene.offered("cyd", company="werk")
    assert await because_of(scene, third) == [Because.ROUND_ROBIN]


@pytest.mark.parametrize("one_rep", [{"on": False}, {"anyTeam": False}])
async def test_a_document_may_say_otherwise(scene: Scene, one_rep: dict[str, bool]) -> None:
    """Keeps to the rotation, or to the teams of the route."""
    handover = starter_document()["handover"] | {"oneRep": one_rep}
    version = await scene.new_version("main", sections={"handover": handover})
    await activate_version(scene.application, scene.management, version_id=version)
    owner = "karl" if "anyTeam" in one_rep else None
    found = [await scene.offered(name, company="werk", owner=owner) for name in ("lea", "ben")]
    people = {h.assignee for h in found}
    assert people < {"jonas", "mia"} if owner else people == {"jonas", "mia"}
