"""Routing over the real database: turns, capacity, absences, hours, skills, the queue [S3.4]."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from application.directory.edit_team import upsert_team
from application.handovers import queueing
from application.handovers.answer_handover import reassign_handover
from application.intake.upsert_leads import upsert_leads
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingLead
from application.runtime.transaction import Application
from domain.handovers.handover import Handover
from domain.handovers.routing import Because, Obstacle, QueueReason
from domain.party import Party
from domain.people.team import Member, Team
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail
from tests.application.routing_scene import absent, because, by_return, in_force, inside, routed
from tests.application.scene import Scene, starter_document


async def test_sixty_leads_at_once_are_shared_out_evenly(scene: Scene) -> None:
    """Gives equal members equally many though their leads come in sixty transactions at once, some by hand."""
    await inside(scene, *(Member(person) for person in ("ann", "bob", "cem", "dia")))
    first = await scene.offered("first")
    await reassign_handover(
        scene.application,
        scene.management,
        handover_id=first.id,
        team="inside-sales",
        assignee="dia",
        reason="knows it",
    )
    await asyncio.gather(*(scene.lead(f"l{number}") for number in range(60)))
    await asyncio.gather(*(scene.activity(f"l{number}", key=f"k{number}") for number in range(60)))
    turns = Counter(h.assignee for h in await scene.handovers() if h.id != first.id) + Counter(["ann", "dia"])
    assert turns.total() == 62
    assert max(turns.values()) - min(turns.values()) <= 1


async def test_batches_at_once_are_shared_out_by_weight(scene: Scene) -> None:
    """Keeps to the weights, less than one off, however many leads one request brings."""
    await routed(scene, {"team": "inside-sales", "strategy": "WEIGHTED"})
    await inside(scene, Member("ann", weight=5), Member("bob", weight=2), Member("cem", weight=1))

    async def send(batch: int) -> None:
        known = {"email": "a@example.org", "country": "DE", "role": "Owner"}
        fits = {"employees": 60, "industry": "machinery"}
        items = [IncomingLead(f"b{batch}-{n}", known, IncomingAccount(f"c{batch}-{n}", fields=fits)) for n in range(4)]
        await upsert_leads(scene.application, scene.integration, source=scene.source, items=items)
        await asyncio.gather(*(scene.activity(f"b{batch}-{n}", key=f"b{batch}-{n}") for n in range(4)))

    await asyncio.gather(*(send(batch) for batch in range(8)))
    counts = Counter(h.assignee for h in await scene.handovers())
    assert {p: abs(counts[p] - 32 * w / 8) < 1 for p, w in (("ann", 5), ("bob", 2), ("cem", 1))} == dict.fromkeys(
        ("ann", "bob", "cem"), True
    )


async def test_the_rotation_goes_on_after_a_restart(scene: Scene) -> None:
    """Begins with whoever is next, not with the first again."""
    assert (await scene.offered("one")).assignee == "jonas"
    database = scene.application.database
    again = Application(database, scene.time, Sequencer(database), Tail(database))
    other = replace(scene, application=again)
    again.sequencer.start()
    assert (await other.offered("two")).assignee == "mia"
    await again.sequencer.stop()


async def test_two_teams_do_not_fill_one_person_over_its_limit(scene: Scene) -> None:
    """Counts what a member of both teams has, also when both route at the same moment."""
    both = Member("jonas", max_open=1)
    await inside(scene, both)
    field = Team("field-sales", "Field", Party.SALES, "karl", None, (both,))
    await upsert_team(scene.application, scene.management, team=field)
    await asyncio.gather(*(scene.lead(f"l{n}", employees=60 if n % 2 else 900) for n in range(8)))
    await asyncio.gather(*(scene.activity(f"l{n}", key=f"k{n}") for n in range(8)))
    assert sorted(h.queued for h in await scene.handovers()) == [False] + [True] * 7


async def test_a_month_ends_when_the_teams_calendar_says(scene: Scene) -> None:
    """Counts new ones in the calendar month of Berlin; its turn, two hours before that of UTC, drains the queue."""
    scene.time.at = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
    await inside(scene, Member("jonas", max_per_month=1), calendar="office")
    first = await scene.offered("one")
    await by_return(scene, first)
    waiting = await scene.offered("two")
    assert waiting.queue_reason is QueueReason.ALL_FULL_THIS_MONTH
    turn = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    assert await queueing.next_chance(scene.application) == turn
    scene.time.at = turn - timedelta(seconds=1)
    await scene.tick()
    assert (await scene.handover(waiting.id)).queued
    scene.time.at = turn
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "jonas"


async def test_skills_find_who_fits_the_lead(scene: Scene) -> None:
    """Asks for a skill of a route always or where its condition holds; also in the queue."""
    french = {"skill": "french", "when": {"field": "country", "op": "eq", "value": "FR"}}
    await routed(scene, {"team": "inside-sales", "overflow": ["field-sales"], "skills": [french]})
    await inside(scene, Member("jonas"), Member("mia", skills=("french", "export")))
    assert {(await scene.offered(f"fr{n}", country="FR")).assignee for n in range(4)} == {"mia"}
    assert [(await scene.offered(f"de{n}")).assignee for n in range(4)] == ["jonas"] * 4
    await absent(scene, "mia", days=1)
    waiting = await scene.offered("alone", country="FR")
    assert (waiting.skills, waiting.queue_reason) == (("french",), QueueReason.NOBODY_FREE)
    assert [t.reason for t in waiting.queued_at_teams] == [QueueReason.ALL_ABSENT, QueueReason.NO_SKILL]
    scene.time.pass_by(days=1)
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "mia"


async def test_after_hours_a_team_at_work_takes_over(scene: Scene) -> None:
    """Gives it at night to an open team that takes over, and keeps it where the route says so."""
    document = starter_document()
    hours = [{"key": "late", "timeZone": "America/New_York", "hours": document["calendars"][0]["hours"]}]
    await in_force(scene, calendars=document["calendars"] + hours)
    route = {"team": "inside-sales", "overflow": ["field-sales"]}
    await routed(scene, route)
    late = Team("field-sales", "Field", Party.SALES, "karl", "late", (Member("karl"),))
    await upsert_team(scene.application, scene.management, team=late)
    assert (await scene.offered("day")).team == "inside-sales"
    scene.time.at = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    evening = await scene.offered("evening")
    assert (evening.team, await because(scene, evening)) == ("field-sales", [Because.OVERFLOW])
    scene.time.at = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    assert (await scene.offered("night")).team == "inside-sales"
    await routed(scene, route | {"afterHours": "KEEP"})
    scene.time.at = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    assert (await scene.offered("kept")).team == "inside-sales"


async def test_the_accounts_owner_comes_first_or_it_is_told_why_not(scene: Scene) -> None:
    """Goes to whoever serves the account, in any team of the route; an absent one is passed over, visibly."""
    document = starter_document()
    routes = [{"team": "inside-sales", "overflow": ["field-sales"]}]
    await in_force(scene, handover=document["handover"] | {"routing": routes})

    async def of_petra(key: str) -> Handover:
        item = IncomingLead(key, {"email": "a@b.example", "country": "DE"}, IncomingAccount("firm", owner="petra"))
        await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])
        found = await scene.activity(key)
        assert found.handover_id is not None
        return await scene.handover(found.handover_id)

    hers = await of_petra("one")
    assert (hers.team, hers.assignee, await because(scene, hers)) == ("field-sales", "petra", ["ACCOUNT_OWNER"])
    await absent(scene, "petra", days=1)
    other = await of_petra("two")
    [[assignment]] = await single.assignments_of(scene.application, [other.id])
    assert (other.team, assignment.owner_passed_over) == ("inside-sales", Obstacle.ABSENT)
