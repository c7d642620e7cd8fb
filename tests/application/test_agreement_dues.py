"""What is owed by a day or in a rhythm about an agreement: opened with its version, kept, met, missed, superseded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application.agreements.deciding_versions import activate_version
from application.agreements.rolling_back import rollback
from domain.obligation import Obligation, ObligationState
from domain.party import Party
from domain.words.keys import item_in
from tests.application.scene import Scene, starter_document

KINDS = ["material", "measure", "meeting", "review"]
AGREEMENT = "main"
OURS = {"party": "MARKETING", "person": "anna.berg"}
THEIRS = {"party": "SALES", "team": "inside-sales"}
STORY = {"label": "Story", "publishOn": "2026-03-10", "owner": OURS}
NOTES = {"label": "Notes", "publishOn": "2026-03-12", "owner": THEIRS}
WEEKLY = {"label": "Weekly", "rhythm": {"every": "WEEK", "weekday": "TUE", "beginsAt": "10:00"}, "owner": OURS}


async def in_force(scene: Scene, **sections: Any) -> UUID:
    """A newer version in force, with some sections instead of those of the template."""
    empty: dict[str, Any] = {"material": {}, "feedback": {}, "reviewOn": None}
    version = await scene.new_version(AGREEMENT, sections=empty | sections)
    await activate_version(scene.application, scene.management, version_id=version)
    return version


async def owed(scene: Scene, *kinds: str, state: str | None = None) -> list[Obligation]:
    """What is and was owed about the agreement, and was not called off unless that is asked for."""
    found = await scene.obligations(kind=list(kinds) or KINDS)
    return [o for o in found if o.state == state or (state is None and o.state != ObligationState.CANCELLED)]


async def test_material_is_owed_from_the_activation_until_its_day_is_over(scene: Scene) -> None:
    """By marketing as a rule, by sales where the item says so; due when the day is over in Berlin [S2.4, S4.5]."""
    await in_force(scene, material={"story": STORY, "notes": NOTES})
    story, notes = await owed(scene, "material", state=ObligationState.OPEN)
    assert (story.party, story.assignee, story.due_at) == (
        Party.MARKETING,
        "anna.berg",
        datetime(2026, 3, 10, 23, tzinfo=UTC),
    )
    assert (notes.party, notes.team) == (Party.SALES, "inside-sales")
    assert story.subject_type == "Agreement"
    assert story.opened_at == scene.time.now()


async def test_an_item_that_stays_as_it_is_keeps_its_obligation(scene: Scene) -> None:
    """A newer version opens only what is new, moves what has another day and cancels what it drops."""
    await in_force(scene, material={"story": STORY, "notes": NOTES, "gone": STORY})
    before = {item_in(o.instance_key): o for o in await owed(scene, "material", state=ObligationState.OPEN)}
    scene.time.pass_by(hours=1)
    later = {"story": STORY | {"topic": "Other"}, "notes": NOTES | {"publishOn": "2026-03-20"}}
    await in_force(scene, material=later)
    after = {item_in(o.instance_key): o for o in await owed(scene, "material", state=ObligationState.OPEN)}
    assert after.keys() == {"story", "notes"}
    assert after["story"].id == before["story"].id
    assert after["notes"].id != before["notes"].id
    closed = {o.id: o for o in await owed(scene, "material", state=ObligationState.CANCELLED)}
    assert {before["notes"].id, before["gone"].id} <= closed.keys()
    assert closed[before["gone"].id].closing_reason == "superseded"


async def test_material_that_is_missed_is_a_breach_of_its_owner(scene: Scene) -> None:
    """The clock finds it when the day is over, dated then; what was late before it was agreed is late at once."""
    await in_force(scene, material={"story": STORY, "old": STORY | {"publishOn": "2026-02-01"}})
    await scene.tick()
    (old,) = await scene.breaches(kind=["material"])
    assert old.due_at == datetime(2026, 2, 1, 23, tzinfo=UTC)
    scene.time.at = datetime(2026, 3, 10, 23, tzinfo=UTC)
    await scene.tick()
    assert len(await scene.breaches(kind=["material"])) == 1
    scene.time.pass_by(seconds=1)
    await scene.tick()
    story, _ = await scene.breaches(kind=["material"])
    assert (story.party, story.assignee, story.due_at) == (
        Party.MARKETING,
        "anna.berg",
        datetime(2026, 3, 10, 23, tzinfo=UTC),
    )


async def test_a_missed_meeting_stays_owed_beside_the_next_one(scene: Scene) -> None:
    """A rhythm goes on: when a day is over without its meeting, the next one is open already [S3.3]."""
    await in_force(scene, feedback={"meetings": {"weekly": WEEKLY}})
    (first,) = await owed(scene, "meeting", state=ObligationState.OPEN)
    assert first.due_at == datetime(2026, 3, 3, 23, tzinfo=UTC)
    assert first.warn_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    scene.time.at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    await scene.tick()
    missed, following = await owed(scene, "meeting")
    assert (missed.id, missed.state) == (first.id, ObligationState.BREACHED)
    assert (following.state, following.due_at) == (ObligationState.OPEN, datetime(2026, 3, 10, 23, tzinfo=UTC))


async def test_meetings_missed_during_an_outage_are_all_found(scene: Scene) -> None:
    """As if the clock had never stopped: each with the day on which it was due."""
    await in_force(scene, feedback={"meetings": {"weekly": WEEKLY}})
    scene.time.pass_by(days=22)
    await scene.tick()
    found = await owed(scene, "meeting")
    assert [o.state for o in found] == [ObligationState.BREACHED] * 3 + [ObligationState.OPEN]
    assert [o.due_at for o in found] == [
        datetime(2026, 3, 3, 23, tzinfo=UTC) + timedelta(days=7 * n) for n in range(3)
    ] + [datetime(2026, 3, 24, 23, tzinfo=UTC)]


async def test_another_rhythm_moves_the_next_meeting_only(scene: Scene) -> None:
    """What was missed stays; the open one gives way to the one of the new rhythm, the same rhythm keeps it."""
    await in_force(scene, feedback={"meetings": {"weekly": WEEKLY}})
    scene.time.pass_by(days=2)
    await scene.tick()
    missed, standing = await owed(scene, "meeting")
    await in_force(scene, feedback={"meetings": {"weekly": WEEKLY | {"people": ["anna.berg"]}}})
    assert [o.id for o in await owed(scene, "meeting")] == [missed.id, standing.id]
    friday = WEEKLY | {"rhythm": {"every": "WEEK", "weekday": "FRI"}}
    await in_force(scene, feedback={"meetings": {"weekly": friday}})
    assert next((o.id, o.state) for o in await owed(scene, "meeting") if o.is_open) == (
        missed.id,
        ObligationState.BREACHED,
    )
    (following,) = await owed(scene, "meeting", state=ObligationState.OPEN)
    assert following.due_at == datetime(2026, 3, 6, 23, tzinfo=UTC)


async def test_a_newer_version_in_force_is_the_review(scene: Scene) -> None:
    """The review is owed by the accountable person until its day is over; activating anything newer meets it [S1.8]."""
    await in_force(scene, reviewOn="2026-04-01")
    (review,) = await owed(scene, "review", state=ObligationState.OPEN)
    assert (review.assignee, review.due_at) == ("anna.berg", datetime(2026, 4, 1, 22, tzinfo=UTC))
    scene.time.pass_by(days=3)
    await in_force(scene, reviewOn="2026-04-01")
    met = {o.id: o for o in await owed(scene, "review", state=ObligationState.MET)}
    assert met[review.id].met_at == scene.time.now()
    (again,) = await owed(scene, "review", state=ObligationState.OPEN)
    scene.time.at = datetime(2026, 4, 2, tzinfo=UTC)
    await scene.tick()
    (breach,) = await scene.breaches(kind=["review"])
    assert breach.obligation_id == again.id
    await in_force(scene, reviewOn="2027-04-01")
    late = {o.id for o in await owed(scene, "review", state=ObligationState.MET_LATE)}
    assert late == {again.id}


async def test_a_rollback_brings_back_what_the_older_version_promised(scene: Scene) -> None:
    """Its material is owed again; nothing of it is opened twice."""
    first = await in_force(scene, material={"story": STORY})
    await in_force(scene)
    assert await owed(scene, "material", state=ObligationState.OPEN) == []
    await rollback(scene.application, scene.management, agreement=AGREEMENT, to_version=first)
    await scene.tick()
    assert len(await owed(scene, "material", state=ObligationState.OPEN)) == 1


async def test_measures_of_stages_with_a_day_are_owed_by_it(scene: Scene) -> None:
    """A measure that brings leads in has an owner and a day [S1.8]."""
    journey = starter_document()["journey"]
    owner = {"party": "SALES", "team": "inside-sales"}
    day = {"key": "customer-days", "label": "Customer days", "direction": "PUSH", "owner": owner, "dueOn": "2027-09-10"}
    next(stage for stage in journey["stages"] if stage["key"] == "mql")["measures"] = [day]
    await in_force(scene, journey=journey)
    (measure,) = await owed(scene, "measure")
    assert (measure.party, measure.team, measure.state) == (Party.SALES, "inside-sales", ObligationState.OPEN)
    assert measure.due_at == datetime(2027, 9, 10, 22, tzinfo=UTC)
