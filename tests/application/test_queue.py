"""Handovers that nobody has room for wait where all can see it, and go to somebody when there is room [S3.4]."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from application.directory.edit_team import upsert_team
from application.handovers import queueing
from application.handovers.answer_handover import accept_handover
from application.handovers.move_lead import move_lead
from application.reading import single
from domain.handovers.handover import Handover
from domain.handovers.routing import QueueReason
from domain.party import Party
from domain.people.team import Member, Team
from persistence.handovers import queue
from tests.application.routing_scene import absent, by_return, inside
from tests.application.scene import Scene


async def full(scene: Scene) -> Handover:
    """Inside sales with one member who has all that may be; its handover."""
    await inside(scene, Member("jonas", max_open=1))
    return await scene.offered("first")


async def by_winning(scene: Scene, first: Handover) -> None:
    """A lead is won."""
    await accept_handover(scene.application, scene.sales, handover_id=first.id, comment=None)
    for stage in ("sql", "opportunity", "customer"):
        await move_lead(scene.application, scene.sales, lead_id=first.lead_id, stage=stage)


async def by_a_new_member(scene: Scene, _first: Handover) -> None:
    """Somebody joins."""
    await inside(scene, Member("jonas", max_open=1), Member("mia"))


async def by_a_higher_limit(scene: Scene, _first: Handover) -> None:
    """A member may have more."""
    await inside(scene, Member("jonas", max_open=9))


@pytest.mark.parametrize("freed", [by_return, by_winning, by_a_new_member, by_a_higher_limit])
async def test_the_queue_is_drained_oldest_first_when_there_is_room(
    scene: Scene, freed: Callable[[Scene, Handover], Awaitable[None]]
) -> None:
    """Finds somebody for the one that waits longest, and resolves its breach."""
    first = await full(scene)
    waiting = []
    for number in range(3):
        scene.time.pass_by(seconds=1)
        waiting.append(await scene.offered(f"w{number}"))
    assert {(h.queued, h.queue_reason) for h in waiting} == {(True, QueueReason.ALL_FULL)}
    await scene.tick()
    assert (await scene.handover(waiting[0].id)).queued
    await freed(scene, first)
    await scene.tick()
    now = [(await scene.handover(h.id)) for h in waiting]
    assert (now[0].queued, now[0].queue_reason, now[0].queued_at_teams) == (False, None, ())
    if freed in (by_return, by_winning):
        assert [h.queued for h in now[1:]] == [True, True]
    states = Counter(b.state.value for b in await scene.breaches(kind=["no-capacity"]))
    assert states["RESOLVED"] == sum(not h.queued for h in now)


async def test_a_long_queue_of_a_full_team_stands_in_nobodys_way(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drains what another team has room for though older ones wait, more than a batch of them."""
    monkeypatch.setattr(queueing, "BATCH", 3)
    for key in ("inside-sales", "field-sales"):
        team = Team(key, key, Party.SALES, "ines.vogt", None, (Member(f"of {key}".replace(" ", "-"), max_open=0),))
        await upsert_team(scene.application, scene.management, team=team)
    for number in range(5):
        await scene.offered(f"small{number}")
    big = await scene.offered("big", employees=900)
    assert big.queued
    roomy = Team("field-sales", "Field", Party.SALES, "karl", None, (Member("karl"),))
    await upsert_team(scene.application, scene.management, team=roomy)
    await scene.tick()
    assert (await scene.handover(big.id)).assignee == "karl"
    assert sum(h.queued for h in await scene.handovers()) == 5


async def test_the_reason_follows_what_is_so_now(scene: Scene) -> None:
    """Tells of a handover in the queue why it waits now, not why it began to."""
    first = await full(scene)
    waiting = await scene.offered("two")
    await absent(scene, "jonas", days=1)
    await by_return(scene, first)
    await scene.tick()
    assert (await scene.handover(waiting.id)).queue_reason is QueueReason.ALL_ABSENT
    [event] = [e for e in await scene.events("handover.queued") if e.subject_id == waiting.id]
    assert event.payload["because"] == "ALL_FULL"
    [team] = event.payload["passedOver"]
    assert (team["team"], team["reason"], team["members"]) == ("inside-sales", "ALL_FULL", [["jonas", "FULL"]])


async def test_two_clocks_drain_the_queue_once(scene: Scene) -> None:
    """Gives each waiting handover to one person and nobody more than it may have, though two clocks drain at once."""
    await inside(scene, Member("jonas", max_open=0), Member("mia", max_open=0))
    for number in range(12):
        await scene.offered(f"w{number}")
    await inside(scene, Member("jonas", max_open=4), Member("mia", max_open=4))
    await asyncio.gather(*(queueing.drain(scene.application) for _ in range(6)))
    await scene.tick()
    found = await scene.handovers()
    assert Counter(h.assignee for h in found) == {"jonas": 4, "mia": 4, None: 4}
    assert {h.id for h in found if h.queued} == {h.id for h in sorted(found, key=lambda h: (h.offered_at, h.id))[8:]}
    [*assignments] = await single.assignments_of(scene.application, [h.id for h in found])
    assert Counter(len(one) for one in assignments) == {1: 8, 0: 4}


async def test_a_return_wakes_the_clock_for_what_waits(scene: Scene) -> None:
    """Rings only when something waits."""
    first = await full(scene)
    scene.application.alarm.clear()
    scene.application.clock_sleeps_until = scene.time.now() + timedelta(hours=1)
    await scene.offered("two")
    scene.application.alarm.clear()
    await by_return(scene, first)
    assert scene.application.alarm.is_set()


async def test_what_comes_new_stands_behind_what_waits(scene: Scene) -> None:
    """Leaves a room that was just found to the one that waits for it; a second room goes to the new one at once."""
    first = await full(scene)
    scene.time.pass_by(seconds=1)
    waiting = await scene.offered("waits")
    await by_return(scene, first)
    scene.time.pass_by(seconds=1)
    assert (await scene.offered("new")).queued
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "jonas"
    await inside(scene, Member("jonas", max_open=3))
    newest = await scene.offered("newest")
    assert newest.assignee == "jonas"
    await scene.tick()
    assert not [h for h in await scene.handovers() if h.queued]


_MANY = """
insert into handover select (jsonb_populate_record(h, jsonb_build_object(
  'id', gen_random_uuid(), 'lead_id', gen_random_uuid(), 'assignee', 'jonas'))).*
from handover h, generate_series(1, 4000) n where h.id = :id
"""


async def test_the_queue_is_found_by_its_index_however_many_handovers_there_were(scene: Scene) -> None:
    """Reads what waits from the partial index, not from the whole table."""
    await inside(scene, Member("jonas", max_open=0))
    waiting = await scene.offered("lea")
    async with scene.application.database.transaction() as connection:
        await connection.execute(text(_MANY), {"id": waiting.id})
        await connection.execute(text("analyze handover"))
    given = {"versions": [waiting.version_id], "routes": [waiting.route], "skills": ["[]"], "limit": 200}
    async with scene.application.database.reading() as connection:
        for statement, binds in ((queue.WAITING, {}), (queue.OLDEST_WAITING, given)):
            plan = "\n".join((await connection.execute(text(f"explain {statement}"), binds)).scalars())
            assert "ix_handover_queue" in plan, plan
            assert "Seq Scan on handover" not in plan
        assert await queue.oldest_waiting(connection, await queue.waiting(connection), limit=9) == [waiting.lead_id]
