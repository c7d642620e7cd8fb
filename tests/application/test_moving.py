"""Open work under a version that is replaced: it stays, is previewed, or passes to the new one in batches [X.2]."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.agreements import version_migrations
from application.agreements.deciding_versions import activate_version, preview_activation
from application.handovers.answer_handover import accept_handover
from application.handovers.pause_clock import pause_clock
from application.reading import single
from domain.agreements.open_work import ClockChange, Counts, same_route
from domain.document.sections.handover import Route
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.moving_scene import answers, in_force, movement, state, version, within
from tests.application.scene import Scene, starter_document
from tests.sizes import examples


async def test_replacing_a_version_moves_nothing_by_itself(scene: Scene) -> None:
    """Open handovers and their clocks stay under the version of the offer."""
    old = await in_force(scene, "PT4H")
    handover = await scene.offered("l")
    before = await answers(scene)
    await in_force(scene, "PT1H")
    assert (await scene.handover(handover.id)).version_id == old
    assert await answers(scene) == before
    assert await scene.events("version.moving", "obligation.moved") == []


async def test_a_moved_clock_keeps_its_start(scene: Scene) -> None:
    """Its due instant, its warning and its escalation are computed anew from when it began; all is told."""
    await in_force(scene, "PT4H")
    handover = await scene.offered("l")
    scene.time.pass_by(minutes=30)
    new = await in_force(scene, "PT1H", move=True, warnAt=0.6)
    moved = (await answers(scene))[handover.id]
    assert moved.version_id == new
    assert moved.opened_at == handover.offered_at
    assert moved.due_at == handover.offered_at + timedelta(hours=1)
    assert moved.warn_at == handover.offered_at + timedelta(minutes=36)
    after = await scene.handover(handover.id)
    assert (after.version_id, after.answer_due_at) == (new, moved.due_at)
    (told,) = await scene.events("obligation.moved")
    assert told.payload["dueAtBefore"] == (handover.offered_at + timedelta(hours=4)).isoformat()
    assert [e.type for e in await scene.events("version.mov", "handover.moved")] == [
        "version.moving",
        "handover.moved",
        "version.moved",
    ]
    scene.time.pass_by(minutes=31)
    await scene.tick()
    (breach,) = await scene.breaches(kind=["answer"])
    assert breach.due_at == moved.due_at


async def test_what_is_overdue_under_the_new_version_is_missed_at_once(scene: Scene) -> None:
    """The miss is dated when it would have been due."""
    await in_force(scene, "PT4H")
    handover = await scene.offered("l")
    scene.time.pass_by(hours=2)
    made = await version(scene, "PT1H")
    preview = await preview_activation(scene.application, scene.management, version_id=made)
    assert (preview.counts.due_at_once, preview.counts.clocks_shorter) == (1, 1)
    assert [(i.change, i.due_after) for i in preview.items] == [
        (ClockChange.DUE_AT_ONCE, handover.offered_at + timedelta(hours=1))
    ]
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=True)
    await scene.tick()
    (breach,) = await scene.breaches(kind=["answer"])
    assert breach.opened_at == handover.offered_at + timedelta(hours=1)


@pytest.mark.parametrize("found", [True, False])
async def test_a_breach_that_happened_stays(scene: Scene, found: bool) -> None:
    """A longer limit does not undo a miss, also one that the clock has not found yet."""
    await in_force(scene, "PT1H")
    handover = await scene.offered("l")
    due = handover.answer_due_at
    scene.time.pass_by(hours=2)
    if found:
        await scene.tick()
    await in_force(scene, "PT8H", move=True)
    (breach,) = await scene.breaches(kind=["answer"])
    owed = (await answers(scene))[handover.id]
    assert (breach.due_at, owed.due_at, owed.state.value) == (due, due, "BREACHED")


async def test_pauses_count_under_the_new_version(scene: Scene) -> None:
    """A clock that stood still for two hours is due two hours later, whatever the version."""
    await in_force(scene, "PT4H")
    handover = await scene.offered("l")
    until = scene.time.at + timedelta(hours=2)
    await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="later")
    await in_force(scene, "PT1H", move=True)
    assert (await answers(scene))[handover.id].due_at == handover.offered_at + timedelta(hours=3)


async def test_what_the_new_version_wants_is_opened_and_what_it_does_not_is_cancelled(scene: Scene) -> None:
    """A first contact that nobody wanted before is owed from the acceptance; one no longer wanted is cancelled."""
    await in_force(scene, "PT4H", contactWithin=within("P1D"))
    handover = await scene.offered("l")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    section = {k: v for k, v in starter_document()["handover"].items() if k != "contactWithin"}
    made = await scene.new_version("main", sections={"handover": section, "feedback": {}})
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=True)
    await scene.tick()
    (contact,) = await scene.obligations(kind=["first-contact"])
    assert (contact.state.value, contact.closing_reason) == ("CANCELLED", "superseded")
    assert (await movement(scene, made)).counts.cancelled >= 1
    scene.time.pass_by(hours=1)
    await in_force(scene, "PT4H", move=True, contactWithin=within("P2D"))
    opened = [o for o in await scene.obligations(kind=["first-contact"]) if o.is_open]
    accepted = (await scene.handover(handover.id)).accepted_at
    assert accepted is not None
    assert [o.due_at for o in opened] == [accepted + timedelta(days=2)]


async def test_the_time_at_a_stage_moves_too(scene: Scene) -> None:
    """Of a lead without a handover the clock of its stage passes to the new version."""
    journey = starter_document()["journey"]
    for stage in journey["stages"]:
        if stage["key"] == "sal":
            stage["timeLimit"] = within("P9D")
    first = await scene.new_version("main", sections={"journey": journey})
    await activate_version(scene.application, scene.management, version_id=first)
    await scene.tick()
    handover = await scene.offered("l")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    (owed,) = await scene.obligations(kind=["stage-time"])
    for stage in journey["stages"]:
        if stage["key"] == "sal":
            stage["timeLimit"] = within("P4D")
    second = await scene.new_version("main", sections={"journey": journey})
    await activate_version(scene.application, scene.management, version_id=second, move_open_work=True)
    await scene.tick()
    (moved,) = [o for o in await scene.obligations(kind=["stage-time"]) if o.is_open]
    assert (moved.id, moved.opened_at, moved.due_at) == (owed.id, owed.opened_at, owed.opened_at + timedelta(days=4))


async def test_a_preview_changes_nothing_and_tells_what_will_happen(scene: Scene) -> None:
    """Not a row differs afterwards; moving then does what was said."""
    await in_force(scene, "PT4H", contactWithin=within("P1D"))
    for n in range(3):
        handover = await scene.offered(f"l{n}")
        scene.time.pass_by(minutes=50)
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    made = await version(scene, "PT1H", contactWithin=within("P2D"))
    before = await state(scene)
    preview = await preview_activation(scene.application, scene.management, version_id=made)
    assert await state(scene) == before
    said = preview.counts
    assert (said.handovers, said.clocks_shorter, said.clocks_longer, said.due_at_once) == (3, 2, 1, 2)
    assert preview.complete
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=True)
    while (await movement(scene, made)).finished_at is None:
        await version_migrations.move_batch(scene.application)
    assert (await movement(scene, made)).counts == said
    with pytest.raises(Refusal, match="ACTIVE"):
        await preview_activation(scene.application, scene.management, version_id=made)
    with pytest.raises(Forbidden):
        await preview_activation(scene.application, scene.marketing, version_id=made)


async def test_at_a_later_moment_it_moves_then(scene: Scene) -> None:
    """Until the version comes into force nothing moves, not even what is offered meanwhile."""
    old = await in_force(scene, "PT4H")
    one = await scene.offered("one")
    made = await version(scene, "PT1H")
    at = scene.time.at + timedelta(minutes=20)
    await activate_version(scene.application, scene.management, version_id=made, at=at, move_open_work=True)
    scene.time.pass_by(minutes=10)
    two = await scene.offered("two")
    await scene.tick()
    assert {o.version_id for o in (await answers(scene)).values()} == {old}
    scene.time.pass_by(minutes=11)
    await scene.tick()
    owed = await answers(scene)
    assert {owed[h.id].due_at for h in (one, two)} == {h.offered_at + timedelta(hours=1) for h in (one, two)}


@settings(max_examples=examples(4), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 12), st.sampled_from(["BUSINESS", "ELAPSED"]))
async def test_a_moved_clock_is_as_if_it_had_begun_under_the_version(
    scene: Scene, old: int, new: int, passed: int, clock: str
) -> None:
    """Whatever the limits: what was not missed is due as an offer under the new version at that moment had been."""
    scene.time.at += timedelta(days=1)
    await in_force(scene, f"PT{old}H")
    handover = await scene.offered(f"l-{scene.time.at.isoformat()}")
    scene.time.pass_by(hours=passed)
    section = starter_document()["handover"] | {"answerWithin": within(f"PT{new}H", clock)}
    made = await scene.new_version("main", sections={"handover": section})
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=True)
    await scene.tick()
    owed = (await answers(scene))[handover.id]
    (compiled_version,) = await single.compiled_versions(scene.application, [made])
    limit = compiled_version.document.handover.answer_within
    fresh = compiled_version.calendars["office"].deadline(handover.offered_at, limit.duration, limit.clock)
    missed = passed > old
    assert owed.due_at == (handover.answer_due_at if missed else fresh)
    assert (owed.state.value == "BREACHED") is (missed or fresh < scene.time.at)


def test_a_route_is_found_again_by_its_team_and_condition() -> None:
    """The same route, else one of the team, else the one for all."""
    here, there, rest = Route(team="a"), Route(team="b"), Route(team="c")
    assert same_route(there, (here, there, rest)) == 1
    assert same_route(there, (rest, here)) == 0
    assert same_route(None, (here,)) is None
    assert Counts(handovers=1) + Counts(handovers=2, opened=1) == Counts(handovers=3, opened=1)
