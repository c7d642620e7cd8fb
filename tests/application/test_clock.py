"""The clock: warns, opens breaches, escalates, judges again; each once, in order, also after a rest."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.clock.clock_loop import ClockLoop
from application.handovers.answer_handover import accept_handover
from application.intake.record_activities import record_activities
from application.obligations.acknowledge_breach import acknowledge_breach
from application.reading import single
from application.runtime.incoming import IncomingActivity
from application.runtime.time_source import TimeSource
from application.runtime.transaction import Application
from persistence.events.sequencer import Sequencer
from persistence.events.tail import Tail
from tests.application.scene import Scene, starter_document

STEPS = [
    ("handover.escalated", 2.0),
    ("handover.warned", 3.0),
    ("breach.opened", 4.0),
    ("handover.escalated", 4.0),
    ("handover.escalated", 24.0),
]
"""What happens to an unanswered handover of the starter agreement, and after how many hours; eight of them a day are
opening hours."""


MANY = """
insert into obligation
select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'lead_id', gen_random_uuid(),
  'next_at', cast(:now as timestamptz) + n * interval '1 second'))).*
from obligation o, generate_series(-100, 5000) n
"""
"""Copies of an obligation, most of them due later."""


async def _told(scene: Scene) -> list[tuple[str, float]]:
    events = await scene.events("handover.warned", "handover.escalated", "breach.opened")
    start = (await scene.handovers())[-1].offered_at
    return [(event.type, (event.at - start) / timedelta(hours=1)) for event in events]


async def _with_limit(scene: Scene, **changes: object) -> None:
    section = starter_document()["handover"] | changes
    version = await scene.new_version("main", sections={"handover": section})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def test_an_unanswered_handover_is_warned_breached_and_escalated_in_order(scene: Scene) -> None:
    """Does each step at its time, once [S3.2b]."""
    await scene.offered("lea")
    for _ in range(10):
        scene.time.pass_by(minutes=30)
        await scene.tick()
        await scene.tick()
    scene.time.pass_by(days=1)
    await scene.tick()
    assert await _told(scene) == STEPS


async def test_what_fell_due_during_a_rest_is_caught_up_in_order_with_its_own_time(scene: Scene) -> None:
    """Catches up after a night without a clock."""
    await scene.offered("lea")
    scene.time.pass_by(days=3)
    await scene.tick()
    assert await _told(scene) == STEPS
    [breach] = await scene.breaches()
    assert breach.opened_at == breach.due_at
    assert breach.detected_at == scene.time.now()
    assert (await scene.handovers())[0].escalation_level == 3


async def test_nothing_is_late_at_the_due_instant_itself(scene: Scene) -> None:
    """Counts an answer at the very due instant as in time."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=4)
    await scene.tick()
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    assert not await scene.breaches()
    assert [o.state.value for o in await scene.obligations(kind=["answer"])] == ["MET"]


async def test_an_answer_after_the_due_instant_is_late_even_before_the_clock_looked(scene: Scene) -> None:
    """Opens and resolves the breach with the late answer."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=4, seconds=1)
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    [breach] = await scene.breaches()
    assert (breach.state.value, breach.resolved_at) == ("RESOLVED", scene.time.now())
    assert [o.state.value for o in await scene.obligations(kind=["answer"])] == ["MET_LATE"]
    assert [e.type for e in await scene.events("breach")] == ["breach.opened", "breach.resolved"]


async def test_a_late_answer_resolves_the_breach(scene: Scene) -> None:
    """Closes what the clock had opened."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    assert [b.state.value for b in await scene.breaches()] == ["OPEN"]
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    assert [b.state.value for b in await scene.breaches()] == ["RESOLVED"]


async def test_a_contact_told_late_but_dated_in_time_keeps_the_promise(scene: Scene) -> None:
    """Turns the obligation to MET; the breach stays visible, resolved and marked."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    contacted_at = scene.time.now() + timedelta(hours=1)
    scene.time.pass_by(days=3)
    await scene.tick()
    call = IncomingActivity("call", "lea", "sales-call", contacted_at)
    await record_activities(scene.application, scene.integration, source=scene.source, items=[call])
    [contact] = await scene.obligations(kind=["first-contact"])
    [breach] = await scene.breaches(kind=["first-contact"])
    assert (contact.state.value, contact.met_at) == ("MET", contacted_at)
    assert (breach.state.value, breach.met_in_time) == ("RESOLVED", True)


async def test_a_breach_is_acknowledged_by_the_party_in_breach(scene: Scene) -> None:
    """Keeps who saw it and why it happened."""
    await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    [breach] = await scene.breaches()
    await acknowledge_breach(scene.application, scene.sales, breach_id=breach.id, explanation="ill")
    [seen] = await scene.breaches()
    assert (seen.state.value, seen.acknowledged_by, seen.explanation) == ("ACKNOWLEDGED", "ines.vogt", "ill")


async def test_an_escalation_may_reassign_but_never_to_who_missed_it(scene: Scene) -> None:
    """Goes to the other member, then to nobody when all have missed it."""
    steps = [{"at": 1.0, "action": "REASSIGN"}, {"at": 1.5, "action": "REASSIGN"}]
    await _with_limit(scene, escalation=steps)
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=4, seconds=1)
    await scene.tick()
    moved = await scene.handover(handover.id)
    assert {handover.assignee, moved.assignee} == {"jonas", "mia"}
    personal = [o for o in await scene.obligations(kind=["answer"]) if o.opened_at == scene.time.now()]
    assert [o.assignee for o in personal] == [moved.assignee]
    scene.time.pass_by(hours=3)
    await scene.tick()
    assert (await scene.handover(handover.id)).assignee == moved.assignee


async def test_an_escalation_may_return_the_lead_to_marketing(scene: Scene) -> None:
    """Takes an unanswered handover back."""
    await _with_limit(scene, escalation=[{"at": 2.0, "action": "RETURN"}])
    handover = await scene.offered("lea")
    scene.time.pass_by(days=2)
    await scene.tick()
    returned = await scene.handover(handover.id)
    assert (returned.state.value, returned.return_reason) == ("RETURNED", None)
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    assert lead.stage == "recycled"


async def test_points_fade_without_a_request(scene: Scene) -> None:
    """Judges a lead again when its decision is no longer valid."""
    await scene.lead("lea", email=None)
    for number in range(3):
        await scene.activity("lea", "webinar-attended", key=f"w{number}")
    lead = await single.lead_by_key(scene.application, scene.admin, source="crm", external_id="lea")
    assert lead is not None
    assert lead.grade == "A1"
    scene.time.pass_by(days=200)
    await scene.tick()
    lead = await single.lead_by_key(scene.application, scene.admin, source="crm", external_id="lea")
    assert lead is not None
    assert (lead.grade, lead.next_crossing) == ("A4", None)


async def test_a_new_version_judges_all_leads_again_in_the_background(scene: Scene) -> None:
    """Goes through every lead in batches and keeps its progress."""
    for number in range(5):
        await scene.lead(f"l{number}")
    scoring = starter_document()["scoring"]
    scoring["fit"]["bands"][0]["from"] = 100
    version = await scene.new_version("main", sections={"scoring": scoring})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    async with scene.application.database.reading() as connection:
        rows = await connection.execute(text("select judged, finished_at from rejudgement order by started_at"))
        assert [row.judged for row in rows] == [0, 5]
        found = await connection.execute(
            text("select distinct version_id from decision d join lead l on l.decision_id = d.id")
        )
        assert list(found.scalars()) == [version]


async def test_two_clocks_share_the_work_and_repeat_nothing(scene: Scene) -> None:
    """Lets two instances act on the same due work: every step is done once."""
    for number in range(30):
        await scene.offered(f"l{number}")
    scene.time.pass_by(days=3)
    other = Application(
        scene.application.database, scene.time, Sequencer(scene.application.database), Tail(scene.application.database)
    )

    async def transaction(clock: ClockLoop) -> None:
        for _ in range(5):
            await clock.tick()

    await asyncio.gather(transaction(scene.clock), transaction(ClockLoop(other)))
    assert len(await scene.breaches()) == 30
    assert len(await scene.events("handover.warned")) == 30
    assert len(await scene.events("handover.escalated")) == 90


async def test_the_running_clock_finds_a_breach_within_a_second(scene: Scene) -> None:
    """Opens the breach without any request coming in."""
    await _with_limit(scene, answerWithin={"duration": "PT1S", "clock": "ELAPSED"})
    scene.application.time = TimeSource(start=scene.time.now())
    clock = ClockLoop(scene.application)
    await clock.start()
    try:
        await scene.offered("lea")
        for _ in range(40):
            await asyncio.sleep(0.05)
            if breaches := await scene.breaches():
                break
        assert breaches
        assert breaches[0].due_at is not None
        assert breaches[0].detected_at - breaches[0].due_at < timedelta(seconds=1)
    finally:
        await clock.stop()


PAUSED = """
insert into handover select (jsonb_populate_record(h, jsonb_build_object(
  'id', gen_random_uuid(), 'lead_id', gen_random_uuid(),
  'resumes_at', cast(:now as timestamptz) + n * interval '1 second'))).*
from handover h, generate_series(-100, 2000) n
"""
"""Copies of a handover whose pauses run out, most of them later."""


async def test_due_work_is_claimed_through_the_index(scene: Scene) -> None:
    """Reads the partial indexes of open obligations and of pauses that run out, not the tables."""
    from persistence.handovers.obligations import CLAIM

    await scene.offered("lea")
    async with scene.application.database.transaction() as connection:
        await connection.execute(text(MANY), {"now": scene.time.now()})
        await connection.execute(text(PAUSED), {"now": scene.time.now()})
        await connection.execute(text("analyze obligation_open, handover"))
        plan = await connection.execute(text("explain " + CLAIM), {"now": scene.time.now(), "limit": 200})
        told = "\n".join(plan.scalars())
    assert "obligation_open_next_at" in told
    assert "ix_handover_resumes_at" in told
    assert "->  Sort" not in told


async def test_due_work_without_a_lead_has_an_index_of_its_own(scene: Scene) -> None:
    """Finds what is owed about agreements without reading what is owed about leads."""
    from persistence.handovers.obligations import CLAIM_AGREEMENTS

    await scene.offered("lea")
    async with scene.application.database.transaction() as connection:
        await connection.execute(text(MANY), {"now": scene.time.now()})
        await connection.execute(text("update obligation_open set lead_id = null where hashtext(id::text) % 2 = 0"))
        await connection.execute(text("analyze obligation_open"))
        plan = await connection.execute(text("explain " + CLAIM_AGREEMENTS), {"now": scene.time.now(), "limit": 200})
        told = "\n".join(plan.scalars())
    assert "next_at_agreement_id_idx" in told
    assert "Sort" not in told
