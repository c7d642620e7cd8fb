"""Teams, routes and absences as tests of routing set them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.directory.set_absence import set_absence
from application.handovers.answer_handover import return_handover
from application.reading import single
from domain.handovers.handover import Handover
from domain.party import Party
from domain.people.team import Absence, Member, Team
from tests.application.scene import Scene, starter_document


async def inside(scene: Scene, *members: Member, calendar: str | None = None) -> None:
    """The inside sales team with these members."""
    team = Team("inside-sales", "Inside", Party.SALES, "ines.vogt", calendar, members)
    await upsert_team(scene.application, scene.management, team=team)


async def in_force(scene: Scene, **sections: Any) -> None:
    """The starter agreement with other sections in force."""
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def routed(scene: Scene, *routes: dict[str, Any]) -> None:
    """The starter agreement with these routes in force."""
    await in_force(scene, handover=starter_document()["handover"] | {"routing": list(routes)})


async def absent(scene: Scene, person: str, **length: float) -> None:
    """A person is away from now on."""
    absence = Absence(scene.time.now(), scene.time.now() + timedelta(**length))
    await set_absence(scene.application, scene.management, person=person, absence=absence)


async def because(scene: Scene, handover: Handover) -> list[str]:
    """Why each person had a handover."""
    [assignments] = await single.assignments_of(scene.application, [handover.id])
    return [one.because for one in assignments]


async def by_return(scene: Scene, first: Handover) -> None:
    """Sales gives one back."""
    await return_handover(scene.application, scene.sales, handover_id=first.id, reason="no-need", comment=None)
