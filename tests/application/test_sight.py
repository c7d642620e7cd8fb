"""Who of sales sees a lead: for good whoever had it, and while it is queued whoever might take it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import reassign_handover, return_handover, withdraw_handover
from application.reading import single
from application.reading.events import by_ids
from domain.handovers.handover import Handover
from domain.people.principal import Principal
from domain.people.team import Member
from persistence.database.database import Database, migrate, unmigrate
from tests.application.routing_scene import inside, routed
from tests.application.scene import Scene, set_scene, starter_document

ROUTE = {"team": "inside-sales", "strategy": "ROUND_ROBIN", "overflow": ["field-sales"]}


async def queued(scene: Scene) -> Handover:
    """A lead that both teams might take and nobody has room for."""
    await routed(scene, ROUTE)
    await inside(scene, Member("jonas", max_open=0))
    await _full_field(scene, 0)
    found = await scene.offered("lead")
    assert found.queued
    return found


async def _full_field(scene: Scene, most: int) -> None:
    async with scene.application.database.transaction() as connection:
        await connection.execute(
            text("update team_member set max_open = :most where team = 'field-sales'"), {"most": most}
        )


def only(scene: Scene, team: str) -> Principal:
    """Somebody of one team."""
    return replace(scene.sales, person="somebody", teams=frozenset({team}))


async def seen_by(scene: Scene, lead_id: UUID) -> set[str]:
    """The teams that see a lead."""
    teams = ("inside-sales", "field-sales", "third")
    return {
        team for team in teams if (await single.leads(scene.application, only(scene, team), [lead_id]))[0] is not None
    }


async def by_the_clock(scene: Scene, _handover: Handover) -> set[str]:
    """The first team has room again, and gets it."""
    await inside(scene, Member("jonas"))
    await scene.tick()
    return {"inside-sales"}


async def by_withdrawing(scene: Scene, handover: Handover) -> set[str]:
    """Marketing takes it back; nobody had it."""
    await withdraw_handover(scene.application, scene.marketing, handover_id=handover.id, reason="x")
    return set()


async def by_returning(scene: Scene, handover: Handover) -> set[str]:
    """A team answers for itself without taking it, and goes on seeing what it returned."""
    field = only(scene, "field-sales")
    await return_handover(scene.application, field, handover_id=handover.id, reason="no-need", comment=None)
    return {"field-sales"}


async def by_hand(scene: Scene, handover: Handover) -> set[str]:
    """It is given to somebody who is full."""
    given = {"team": "field-sales", "assignee": "karl", "reason": "x"}
    await reassign_handover(scene.application, scene.admin, handover_id=handover.id, **given)
    return {"field-sales"}


@pytest.mark.parametrize("left", [by_the_clock, by_withdrawing, by_returning, by_hand])
async def test_what_leaves_the_queue_leaves_the_sight_of_the_others(
    scene: Scene, left: Callable[[Scene, Handover], Awaitable[set[str]]]
) -> None:
    """However it leaves; in the queue both teams see it."""
    handover = await queued(scene)
    assert await seen_by(scene, handover.lead_id) == {"inside-sales", "field-sales"}
    stay = await left(scene, handover)
    assert await seen_by(scene, handover.lead_id) == stay
    assert set((await scene.handover(handover.id)).visible_to) == stay
    [told] = await scene.events("handover.assigned", "handover.withdrawn", "handover.returned")
    assert set(told.visible_to) == {"inside-sales", "field-sales"}


async def test_whoever_had_a_lead_sees_it_also_when_it_is_queued_for_others(scene: Scene) -> None:
    """The queue of a later round adds to those that had it, and takes nobody away."""
    await routed(scene, ROUTE)
    first = await scene.offered("lead")
    await return_handover(scene.application, scene.sales, handover_id=first.id, reason="bad-data", comment=None)
    await routed(scene, {"team": "field-sales", "strategy": "ROUND_ROBIN"})
    await _full_field(scene, 0)
    scene.time.pass_by(seconds=1)
    await scene.lead("lead", email="new@example.org")
    assert [h.queued for h in await scene.handovers()] == [True, False]
    assert await seen_by(scene, first.lead_id) == {"inside-sales", "field-sales"}
    await withdraw_handover(scene.application, scene.marketing, handover_id=(await scene.handovers())[0].id, reason="x")
    assert await seen_by(scene, first.lead_id) == {"inside-sales"}


async def test_another_route_of_a_new_version_changes_who_sees_the_queue(scene: Scene) -> None:
    """A handover that passes to a version with another overflow team waits for that one."""
    handover = await queued(scene)
    routing = [{"team": "inside-sales", "strategy": "ROUND_ROBIN"}]
    sections = {"handover": starter_document()["handover"] | {"routing": routing}}
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version, move_open_work=True)
    await scene.tick()
    assert await seen_by(scene, handover.lead_id) == {"inside-sales"}


async def test_an_event_is_seen_by_id_where_the_lead_is(scene: Scene) -> None:
    """What happened before a team got the lead is no secret to it: the lead's history shows it too."""
    handover = await scene.offered("lead")
    [created] = await scene.events("lead.created")
    inside_sales, other = only(scene, "inside-sales"), only(scene, "field-sales")
    assert [e and e.id for e in await by_ids(scene.application, inside_sales, [created.id])] == [created.id]
    assert await by_ids(scene.application, other, [created.id]) == [None]
    assert created.lead_id == handover.lead_id


async def test_the_migration_takes_leads_from_who_never_had_them(
    new_database_url: Callable[[], Awaitable[str]],
) -> None:
    """Who saw a lead because it once might have taken it sees it no longer; who had it, and the queue, do."""
    url = await new_database_url()
    database = Database(url)
    scene = await set_scene(database)
    await routed(scene, ROUTE)
    had = await scene.offered("had")
    await reassign_handover(
        scene.application, scene.admin, handover_id=had.id, team="field-sales", assignee="karl", reason="x"
    )
    await inside(scene, Member("jonas", max_open=0))
    await _full_field(scene, 0)
    gone, waiting = await scene.offered("gone"), await scene.offered("waiting")
    await withdraw_handover(scene.application, scene.marketing, handover_id=gone.id, reason="x")
    never = (await scene.lead("never")).lead_id
    await unmigrate(url, "0001")
    async with database.transaction() as connection:
        every = {"teams": ["inside-sales", "field-sales", "third"]}
        await connection.execute(text("update lead set seen_by = :teams"), every)
        await connection.execute(text("update handover set visible_to = :teams where closed_at is not null"), every)
    await migrate(url)
    async with database.reading() as connection:
        rows = {row.id: set(row.seen_by) for row in await connection.execute(text("select id, seen_by from lead"))}
        ended = await connection.scalar(text("select visible_to from handover where closed_at is not null"))
    both = {"inside-sales", "field-sales"}
    assert rows == {had.lead_id: both, waiting.lead_id: both, gone.lead_id: set(), never: set()}
    assert ended == []
    await scene.application.sequencer.stop()
    await database.dispose()
