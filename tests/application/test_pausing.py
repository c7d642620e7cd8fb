"""What is owed waits while a lead asked to wait, and nothing that happened is undone by it [S3.3b]."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from application.clock.clock_loop import ClockLoop
from application.handovers.answer_handover import accept_handover
from application.handovers.pause_clock import pause_clock, resume_clock
from domain.refusal import Refusal
from tests.application.promises import accepted, the_one, withdraw
from tests.application.scene import Scene, starter_document


async def test_a_pause_moves_what_is_due_and_what_opens_later(scene: Scene) -> None:
    """Moves due instant, warning and the handover's own date by the hours paused; a later clock subtracts it too."""
    handover = await scene.offered("lea")
    before = await the_one(scene, "answer")
    assert before.due_at is not None
    until = scene.time.now() + timedelta(hours=2)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="asked for it")
    paused = await the_one(scene, "answer")
    assert paused.due_at == before.due_at + timedelta(hours=2)
    assert paused.paused(now=scene.time.now())
    assert not paused.paused(now=until)
    assert (await scene.handover(handover.id)).answer_due_at == paused.due_at
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    contact = await the_one(scene, "first-contact")
    limit = starter_document()["handover"]["contactWithin"]["duration"]
    assert limit == "P1D"
    assert contact.due_at == datetime(2026, 3, 3, 11, tzinfo=scene.time.now().tzinfo)


async def test_a_pause_stops_every_clock_of_sales_about_the_lead(scene: Scene) -> None:
    """Moves the rhythm of updates and the time at the stage too, and not what is owed by marketing."""
    handover = await accepted(scene)
    kinds = ["first-contact", "outcome-update", "stage-time"]
    before = {o.kind: o.due_at for o in await scene.obligations(kind=kinds)}
    until = scene.time.now() + timedelta(days=7)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="holidays")
    for owed in await scene.obligations(kind=kinds):
        was = before[owed.kind]
        assert owed.due_at is not None
        assert was is not None
        assert owed.due_at == was + timedelta(days=7)
        assert owed.paused(now=scene.time.now())
    scene.time.pass_by(days=7)
    assert not any(o.paused(now=scene.time.now()) for o in await scene.obligations(kind=kinds))


async def test_resuming_early_gives_back_the_rest(scene: Scene) -> None:
    """Takes off only what was really paused; a second resumption is refused."""
    handover = await scene.offered("lea")
    before = (await the_one(scene, "answer")).due_at
    assert before is not None
    far = scene.time.now() + timedelta(days=9)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=far, reason="x")
    scene.time.pass_by(hours=1)
    await scene.tick()
    assert not await scene.events("handover.warned")
    await resume_clock(scene.application, scene.sales, handover_id=handover.id)
    resumed = await the_one(scene, "answer")
    assert (resumed.due_at, resumed.paused_until) == (before + timedelta(hours=1), None)
    with pytest.raises(Refusal) as refusal:
        await resume_clock(scene.application, scene.sales, handover_id=handover.id)
    assert refusal.value.code == "WRONG_STATE"
    assert [e.type for e in await scene.events("handover.paused", "handover.resumed")] == [
        "handover.paused",
        "handover.resumed",
    ]


async def test_a_pause_swallows_no_breach(scene: Scene) -> None:
    """Leaves what was missed missed, also when the clock had not looked yet, and lets escalation go on."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=4, seconds=1)
    until = scene.time.now() + timedelta(days=3)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="x")
    await scene.tick()
    answer = await the_one(scene, "answer")
    assert (answer.state.value, answer.paused(now=scene.time.now())) == ("BREACHED", False)
    level = (await scene.handover(handover.id)).escalation_level
    scene.time.pass_by(days=1)
    await scene.tick()
    assert (await scene.handover(handover.id)).escalation_level == level + 1


async def test_a_warned_clock_warns_once_however_it_is_paused(scene: Scene) -> None:
    """Keeps steps that were done as done when the moments of the rest move."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=3, seconds=1)
    await scene.tick()
    done = len(await scene.events("handover.warned", "handover.escalated"))
    until = scene.time.now() + timedelta(hours=1)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="x")
    scene.time.pass_by(hours=1, minutes=30)
    await scene.tick()
    assert len(await scene.events("handover.warned", "handover.escalated")) == done
    assert not await scene.breaches()


async def resumed(scene: Scene) -> list[tuple[datetime, str]]:
    """When clocks went on, and why, in the order in which it was told."""
    return [(e.at, e.payload["because"]) for e in await scene.events("handover.resumed")]


async def test_a_pause_that_runs_out_is_told_once(scene: Scene) -> None:
    """The clock tells of the end of a pause with the moment it had, whoever else is at it; of overlapping ones once."""
    handover = await scene.offered("lea")
    begun = scene.time.now()
    for days in (2, 1):
        until = begun + timedelta(days=days)
        await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="holidays")
    scene.time.pass_by(days=1, hours=1)
    await scene.tick()
    assert await resumed(scene) == []
    scene.time.pass_by(days=1)
    await asyncio.gather(*(ClockLoop(scene.application).tick() for _ in range(3)))
    await scene.tick()
    assert await resumed(scene) == [(begun + timedelta(days=2), "ran-out")]
    assert (await scene.handover(handover.id)).resumes_at is None


async def test_after_an_outage_the_end_of_a_pause_is_told_in_order(scene: Scene) -> None:
    """Comes before what fell due behind it, dated when it was."""
    handover = await accepted(scene)
    until = scene.time.now() + timedelta(days=1)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="asked for it")
    scene.time.pass_by(days=60)
    await scene.tick()
    told = await scene.events("handover.resumed", "breach.opened")
    assert [e.at for e in told] == sorted(e.at for e in told)
    assert [e.type for e in told][:2] == ["handover.resumed", "breach.opened"]


async def test_a_pause_ended_by_hand_or_with_its_handover_does_not_run_out(scene: Scene) -> None:
    """Tells of the end by hand, and of none where the handover ended meanwhile."""
    first, second = await scene.offered("lea"), await scene.offered("tom")
    until = scene.time.now() + timedelta(hours=2)
    for handover in (first, second):
        await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="x")
    scene.time.pass_by(hours=1)
    ended = scene.time.now()
    await resume_clock(scene.application, scene.sales, handover_id=first.id)
    await withdraw(scene, second)
    scene.time.pass_by(hours=3)
    await scene.tick()
    assert await resumed(scene) == [(ended, "asked")]
