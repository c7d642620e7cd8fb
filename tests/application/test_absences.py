"""Who is absent gets nothing new, and is asked again afterwards [S3.4]."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.directory.edit_team import upsert_team
from application.directory.set_absence import set_absence
from application.handovers import queueing
from application.reading import single
from domain.handovers.routing import Obstacle, QueueReason
from domain.party import Party
from domain.people.principal import Forbidden
from domain.people.team import Absence, Member, Team
from domain.refusal import Refusal
from tests.application.routing_scene import absent, in_force, inside
from tests.application.scene import Scene, starter_document


async def test_an_absence_sends_new_ones_elsewhere_and_its_end_brings_them_back(scene: Scene) -> None:
    """Leaves what the person has, gives new ones to others, and drains the queue when the person is back."""
    await inside(scene, Member("jonas"))
    kept = await scene.offered("kept")
    await absent(scene, "jonas", days=3)
    waiting = await scene.offered("new")
    assert (waiting.queued, waiting.queue_reason) == (True, QueueReason.ALL_ABSENT)
    assert [m.obstacle for m in waiting.queued_at_teams[0].members] == [Obstacle.ABSENT]
    assert (await scene.handover(kept.id)).assignee == "jonas"
    back = scene.time.now() + timedelta(days=3)
    assert await queueing.next_chance(scene.application) == back
    scene.time.pass_by(days=3)
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "jonas"
    assert await queueing.next_chance(scene.application) is None


async def test_absences_that_touch_become_one_and_may_be_cut(scene: Scene) -> None:
    """Merges absences, takes out what is cancelled, and tells of the team's change each time."""
    now = scene.time.now()

    async def away(first: int, last: int, *, cancel: bool = False) -> list[tuple[int, int]]:
        absence = Absence(now + timedelta(days=first), now + timedelta(days=last))
        await set_absence(scene.application, scene.sales, person="jonas", absence=absence, cancel=cancel)
        [team] = [t for t in await single.team_directory(scene.application) if t.key == "inside-sales"]
        [jonas] = [m for m in team.members if m.person == "jonas"]
        return [((a.from_at - now).days, (a.until_at - now).days) for a in jonas.absences]

    assert await away(1, 3) == [(1, 3)]
    assert await away(5, 7) == [(1, 3), (5, 7)]
    assert await away(3, 4) == [(1, 4), (5, 7)]
    assert await away(2, 6) == [(1, 7)]
    assert await away(3, 5, cancel=True) == [(1, 3), (5, 7)]
    told = [e for e in await scene.events("team.changed") if "absence" in e.payload]
    assert [e.payload["absence"]["cancelled"] for e in told] == [False, False, False, False, True]


async def test_who_may_say_who_is_absent(scene: Scene) -> None:
    """The leader of one of the person's teams, management and admins; of a member, from an instant to a later one."""
    absence = Absence(scene.time.now(), scene.time.now() + timedelta(days=1))
    for principal in (scene.sales, scene.management, scene.admin):
        assert await set_absence(scene.application, principal, person="mia", absence=absence) == "inside-sales"
    unit = Team("marketing", "Marketing", Party.MARKETING, "anna.berg", None, (Member("tim"),))
    await upsert_team(scene.application, scene.management, team=unit)
    assert await set_absence(scene.application, scene.marketing, person="tim", absence=absence) == "marketing"
    with pytest.raises(Refusal):
        await set_absence(scene.application, scene.marketing, person="nobody", absence=absence)
    with pytest.raises(Forbidden):
        await set_absence(scene.application, replace(scene.marketing, person="eva"), person="nobody", absence=absence)
    rep, marketer = replace(scene.sales, person="jonas"), scene.marketing
    for principal, person in ((scene.sales, "karl"), (rep, "mia"), (marketer, "mia"), (scene.integration, "mia")):
        with pytest.raises(Forbidden):
            await set_absence(scene.application, principal, person=person, absence=absence)
    with pytest.raises(Refusal) as refusal:
        await set_absence(scene.application, scene.management, person="nobody", absence=absence)
    assert (refusal.value.code, refusal.value.path) == ("UNKNOWN_PERSON", ("person",))
    turned = Absence(absence.until_at, absence.from_at)
    with pytest.raises(Refusal) as refusal:
        await set_absence(scene.application, scene.management, person="mia", absence=turned)
    assert (refusal.value.code, refusal.value.path) == ("VALUE_NOT_ALLOWED", ("until",))


async def test_a_reassignment_by_the_clock_passes_over_who_is_absent(scene: Scene) -> None:
    """Escalates past absent members, never back to somebody who had it."""
    steps = [{"at": "1.0", "action": "REASSIGN", "audience": "TEAM_LEAD"}]
    await in_force(scene, handover=starter_document()["handover"] | {"escalation": steps})
    await inside(scene, Member("ann"), Member("bob"), Member("cem"))
    handover = await scene.offered("lea")
    assert handover.assignee == "ann"
    await absent(scene, "bob", days=9)
    scene.time.pass_by(hours=5)
    await scene.tick()
    assert (await scene.handover(handover.id)).assignee == "cem"


async def test_the_clock_wakes_when_an_absence_ends(scene: Scene) -> None:
    """Sleeps no longer than until the moment at which somebody is back while anything waits."""
    await inside(scene, Member("jonas"))
    await absent(scene, "jonas", seconds=0.5)
    assert (await scene.offered("lea")).queued
    await scene.tick()
    clock = scene.clock
    await clock.start()
    try:
        for _ in range(500):
            await asyncio.sleep(0.01)
            if scene.application.clock_sleeps_until is not None:
                break
        assert scene.application.clock_sleeps_until == scene.time.now() + timedelta(seconds=0.5)
    finally:
        await clock.stop()
