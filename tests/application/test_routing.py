"""Routing over the real database: turns, capacity, absences, hours, skills, the queue [S3.4]."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from application import queueing
from application.answer_handover import accept_handover, reassign_handover, return_handover
from application.deciding_versions import activate_version
from application.edit_team import upsert_team
from application.incoming import IncomingAccount, IncomingLead
from application.move_lead import move_lead
from application.reading import single
from application.set_absence import set_absence
from application.upsert_leads import upsert_leads
from application.work import House
from domain.handover import Handover
from domain.party import Party
from domain.principal import Forbidden
from domain.refusal import Refusal
from domain.routing import Because, Obstacle, QueueReason
from domain.team import Absence, Member, Team
from persistence import handovers
from persistence.sequencer import Sequencer
from persistence.tail import Tail
from tests.application.scene import Scene, starter_document


async def inside(scene: Scene, *members: Member, calendar: str | None = None) -> None:
    """The inside sales team with these members."""
    team = Team("inside-sales", "Inside", Party.SALES, "ines.vogt", calendar, members)
    await upsert_team(scene.house, scene.management, team=team)


async def in_force(scene: Scene, **sections: Any) -> None:
    """The starter agreement with other sections in force."""
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()


async def routed(scene: Scene, *routes: dict[str, Any]) -> None:
    """The starter agreement with these routes in force."""
    await in_force(scene, handover=starter_document()["handover"] | {"routing": list(routes)})


async def absent(scene: Scene, person: str, **length: float) -> None:
    """A person is away from now on."""
    absence = Absence(scene.time.now(), scene.time.now() + timedelta(**length))
    await set_absence(scene.house, scene.management, person=person, absence=absence)


async def because(scene: Scene, handover: Handover) -> list[str]:
    """Why each person had a handover."""
    [assignments] = await single.assignments_of(scene.house, [handover.id])
    return [one.because for one in assignments]


async def test_sixty_leads_at_once_are_shared_out_evenly(scene: Scene) -> None:
    """Gives equal members equally many though their leads come in sixty transactions at once, some by hand."""
    await inside(scene, *(Member(person) for person in ("ann", "bob", "cem", "dia")))
    first = await scene.offered("first")
    await reassign_handover(
        scene.house, scene.management, handover_id=first.id, team="inside-sales", assignee="dia", reason="knows it"
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
        company = IncomingAccount(f"c{batch}", fields={"employees": 60, "industry": "machinery"})
        known = {"email": "a@example.org", "country": "DE", "role": "Owner"}
        items = [IncomingLead(f"b{batch}-{number}", known, company) for number in range(4)]
        await upsert_leads(scene.house, scene.integration, source=scene.source, items=items)
        await asyncio.gather(*(scene.activity(f"b{batch}-{n}", key=f"b{batch}-{n}") for n in range(4)))

    await asyncio.gather(*(send(batch) for batch in range(8)))
    counts = Counter(h.assignee for h in await scene.handovers())
    assert {p: abs(counts[p] - 32 * w / 8) < 1 for p, w in (("ann", 5), ("bob", 2), ("cem", 1))} == dict.fromkeys(
        ("ann", "bob", "cem"), True
    )


async def test_the_rotation_goes_on_after_a_restart(scene: Scene) -> None:
    """Begins with whoever is next, not with the first again."""
    assert (await scene.offered("one")).assignee == "jonas"
    database = scene.house.database
    again = House(database, scene.time, Sequencer(database), Tail(database))
    other = replace(scene, house=again)
    again.sequencer.start()
    assert (await other.offered("two")).assignee == "mia"
    await again.sequencer.stop()


async def test_two_teams_do_not_fill_one_person_over_its_limit(scene: Scene) -> None:
    """Counts what a member of both teams has, also when both route at the same moment."""
    both = Member("jonas", max_open=1)
    await inside(scene, both)
    field = Team("field-sales", "Field", Party.SALES, "karl", None, (both,))
    await upsert_team(scene.house, scene.management, team=field)
    await asyncio.gather(*(scene.lead(f"l{n}", employees=60 if n % 2 else 900) for n in range(8)))
    await asyncio.gather(*(scene.activity(f"l{n}", key=f"k{n}") for n in range(8)))
    assert sorted(h.queued for h in await scene.handovers()) == [False] + [True] * 7


async def full(scene: Scene) -> Handover:
    """Inside sales with one member who has all that may be; its handover."""
    await inside(scene, Member("jonas", max_open=1))
    return await scene.offered("first")


async def by_return(scene: Scene, first: Handover) -> None:
    """Sales gives one back."""
    await return_handover(scene.house, scene.sales, handover_id=first.id, reason="no-need", comment=None)


async def by_winning(scene: Scene, first: Handover) -> None:
    """A lead is won."""
    await accept_handover(scene.house, scene.sales, handover_id=first.id, comment=None)
    for stage in ("sql", "opportunity", "customer"):
        await move_lead(scene.house, scene.sales, lead_id=first.lead_id, stage=stage)


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
        await upsert_team(scene.house, scene.management, team=team)
    for number in range(5):
        await scene.offered(f"small{number}")
    big = await scene.offered("big", employees=900)
    assert big.queued
    roomy = Team("field-sales", "Field", Party.SALES, "karl", None, (Member("karl"),))
    await upsert_team(scene.house, scene.management, team=roomy)
    await scene.tick()
    assert (await scene.handover(big.id)).assignee == "karl"
    assert sum(h.queued for h in await scene.handovers()) == 5


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
    assert await queueing.next_chance(scene.house) == back
    scene.time.pass_by(days=3)
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "jonas"
    assert await queueing.next_chance(scene.house) is None


async def test_a_month_ends_when_the_teams_calendar_says(scene: Scene) -> None:
    """Counts new ones in the calendar month of Berlin; its turn, two hours before that of UTC, drains the queue."""
    scene.time.at = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
    await inside(scene, Member("jonas", max_per_month=1), calendar="office")
    first = await scene.offered("one")
    await by_return(scene, first)
    waiting = await scene.offered("two")
    assert waiting.queue_reason is QueueReason.ALL_FULL_THIS_MONTH
    turn = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    assert await queueing.next_chance(scene.house) == turn
    scene.time.at = turn - timedelta(seconds=1)
    await scene.tick()
    assert (await scene.handover(waiting.id)).queued
    scene.time.at = turn
    await scene.tick()
    assert (await scene.handover(waiting.id)).assignee == "jonas"


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
    await upsert_team(scene.house, scene.management, team=late)
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
        await upsert_leads(scene.house, scene.integration, source=scene.source, items=[item])
        found = await scene.activity(key)
        assert found.handover_id is not None
        return await scene.handover(found.handover_id)

    hers = await of_petra("one")
    assert (hers.team, hers.assignee, await because(scene, hers)) == ("field-sales", "petra", ["ACCOUNT_OWNER"])
    await absent(scene, "petra", days=1)
    other = await of_petra("two")
    [[assignment]] = await single.assignments_of(scene.house, [other.id])
    assert (other.team, assignment.owner_passed_over) == ("inside-sales", Obstacle.ABSENT)


async def test_absences_that_touch_become_one_and_may_be_cut(scene: Scene) -> None:
    """Merges absences, takes out what is cancelled, and tells of the team's change each time."""
    now = scene.time.now()

    async def away(first: int, last: int, *, cancel: bool = False) -> list[tuple[int, int]]:
        absence = Absence(now + timedelta(days=first), now + timedelta(days=last))
        await set_absence(scene.house, scene.sales, person="jonas", absence=absence, cancel=cancel)
        [team] = [t for t in await single.team_directory(scene.house) if t.key == "inside-sales"]
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
        assert await set_absence(scene.house, principal, person="mia", absence=absence) == "inside-sales"
    desk = Team("marketing", "Marketing", Party.MARKETING, "anna.berg", None, (Member("tim"),))
    await upsert_team(scene.house, scene.management, team=desk)
    assert await set_absence(scene.house, scene.marketing, person="tim", absence=absence) == "marketing"
    with pytest.raises(Refusal):
        await set_absence(scene.house, scene.marketing, person="nobody", absence=absence)
    with pytest.raises(Forbidden):
        await set_absence(scene.house, replace(scene.marketing, person="eva"), person="nobody", absence=absence)
    rep, marketer = replace(scene.sales, person="jonas"), scene.marketing
    for principal, person in ((scene.sales, "karl"), (rep, "mia"), (marketer, "mia"), (scene.integration, "mia")):
        with pytest.raises(Forbidden):
            await set_absence(scene.house, principal, person=person, absence=absence)
    with pytest.raises(Refusal) as refusal:
        await set_absence(scene.house, scene.management, person="nobody", absence=absence)
    assert (refusal.value.code, refusal.value.path) == ("UNKNOWN_PERSON", ("person",))
    turned = Absence(absence.until_at, absence.from_at)
    with pytest.raises(Refusal) as refusal:
        await set_absence(scene.house, scene.management, person="mia", absence=turned)
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
            if scene.house.clock_sleeps_until is not None:
                break
        assert scene.house.clock_sleeps_until == scene.time.now() + timedelta(seconds=0.5)
    finally:
        await clock.stop()


async def test_two_clocks_drain_the_queue_once(scene: Scene) -> None:
    """Gives each waiting handover to one person and nobody more than it may have, though two clocks drain at once."""
    await inside(scene, Member("jonas", max_open=0), Member("mia", max_open=0))
    for number in range(12):
        await scene.offered(f"w{number}")
    await inside(scene, Member("jonas", max_open=4), Member("mia", max_open=4))
    await asyncio.gather(*(queueing.drain(scene.house) for _ in range(6)))
    await scene.tick()
    found = await scene.handovers()
    assert Counter(h.assignee for h in found) == {"jonas": 4, "mia": 4, None: 4}
    assert {h.id for h in found if h.queued} == {h.id for h in sorted(found, key=lambda h: (h.offered_at, h.id))[8:]}
    [*assignments] = await single.assignments_of(scene.house, [h.id for h in found])
    assert Counter(len(one) for one in assignments) == {1: 8, 0: 4}


async def test_a_return_wakes_the_clock_for_what_waits(scene: Scene) -> None:
    """Rings only when something waits."""
    first = await full(scene)
    scene.house.alarm.clear()
    scene.house.clock_sleeps_until = scene.time.now() + timedelta(hours=1)
    await scene.offered("two")
    scene.house.alarm.clear()
    await by_return(scene, first)
    assert scene.house.alarm.is_set()


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
    async with scene.house.database.transaction() as connection:
        await connection.execute(text(_MANY), {"id": waiting.id})
        await connection.execute(text("analyze handover"))
    given = {"versions": [waiting.version_id], "routes": [waiting.route], "skills": ["[]"], "limit": 200}
    async with scene.house.database.reading() as connection:
        for statement, binds in ((handovers.WAITING, {}), (handovers.OLDEST_WAITING, given)):
            plan = "\n".join((await connection.execute(text(f"explain {statement}"), binds)).scalars())
            assert "ix_handover_queue" in plan, plan
            assert "Seq Scan on handover" not in plan
        assert await handovers.oldest_waiting(connection, await handovers.waiting(connection), limit=9) == [
            waiting.lead_id
        ]
