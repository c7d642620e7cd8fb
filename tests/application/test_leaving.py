"""People who leave take nothing with them: what they had is routed again, or owed to be taken over [S3.2b]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from application.directory.edit_team import upsert_team
from application.directory.set_absence import set_absence
from application.handovers.answer_handover import accept_handover, reassign_handover
from application.handovers.leaving import Unattended
from application.handovers.reassign_work import Giving, Work, WorkKind, reassign_work
from application.reading import lists
from application.reading.upcoming import upcoming_of
from application.runtime.page import PageRequest
from domain.handovers.handover import Handover
from domain.party import Party
from domain.people.principal import Forbidden
from domain.people.team import Absence, Member, Team
from domain.refusal import Refusal
from tests.application.promises import states, the_one
from tests.application.scene import Scene


async def team_of(scene: Scene, *members: Member) -> tuple[Unattended, ...]:
    """The inside team with these members only."""
    team = Team("inside-sales", "Inside sales", Party.SALES, "ines.vogt", None, members)
    return (await upsert_team(scene.application, scene.management, team=team)).unattended


async def only(scene: Scene, person: str, *leads: str) -> list[Handover]:
    """Handovers of these leads, all with one person."""
    await team_of(scene, Member(person))
    return [await scene.offered(lead) for lead in leads]


async def open_with(scene: Scene, **wanted: Any) -> list[Handover]:
    """The open handovers of a filter."""
    found = lists.handovers(scene.application, scene.admin, lists.HandoverFilter(open=True, **wanted))
    return list((await found.page(PageRequest(first=50))).items)


async def test_what_a_leaver_has_is_told_routed_and_owed(scene: Scene) -> None:
    """Routes offers again in the same transaction; what was accepted is owed by the leader within a day."""
    offered, accepted = await only(scene, "jonas", "lea", "ben")
    await accept_handover(scene.application, scene.sales, handover_id=accepted.id, comment=None)
    [told] = await team_of(scene, Member("mia"), Member("jonas", active=False))
    assert (told.person, told.handovers, told.rerouted) == ("jonas", 1, 1)
    assert told.obligations >= 2
    assert (await scene.handover(offered.id)).assignee == "mia"
    assert [e.payload["because"] for e in await scene.events("handover.assigned")][-1] == "LEFT"
    takeover = await the_one(scene, "takeover")
    assert (takeover.assignee, takeover.subject_id, takeover.is_open) == ("ines.vogt", accepted.id, True)
    assert [h.id for h in await open_with(scene, unattended=True)] == [accepted.id]
    left = (await scene.events("person.left"))[-1]
    assert (left.payload["person"], left.payload["handovers"]) == ("jonas", 1)
    await reassign_handover(
        scene.application, scene.sales, handover_id=accepted.id, team="inside-sales", assignee="mia", reason="left"
    )
    assert await states(scene, "takeover") == ["MET"]
    assert await open_with(scene, unattended=True) == []


async def test_offers_wait_where_nobody_is_left(scene: Scene) -> None:
    """Puts them into the queue of their route when nobody there can take them."""
    [offered] = await only(scene, "jonas", "lea")
    await team_of(scene)
    waits = await scene.handover(offered.id)
    assert waits.queued or waits.assignee in {"karl", "petra"}
    assert "jonas" not in {h.assignee for h in await scene.handovers()}


async def test_who_comes_back_has_it_again(scene: Scene) -> None:
    """Cancels what is owed when the person is in a team again before somebody took over."""
    [accepted] = await only(scene, "jonas", "lea")
    await accept_handover(scene.application, scene.sales, handover_id=accepted.id, comment=None)
    await team_of(scene, Member("mia"))
    assert await states(scene, "takeover") == ["OPEN"]
    await team_of(scene, Member("mia"), Member("jonas"))
    assert await states(scene, "takeover") == ["CANCELLED"]
    assert not (await scene.handover(accepted.id)).unattended


async def test_steps_for_a_person_who_left_reach_the_next_higher(scene: Scene) -> None:
    """Names the leader instead of somebody in no team; while somebody is away, both."""
    [accepted] = await only(scene, "jonas", "lea")
    await accept_handover(scene.application, scene.sales, handover_id=accepted.id, comment=None)

    async def told() -> set[str | None]:
        [steps] = await upcoming_of(scene.application, scene.admin, [accepted.id])
        return {r.person for step in steps for r in step.recipients if step.obligation.kind == "first-contact"}

    assert await told() == {"jonas"}
    now = scene.time.now()
    away = Absence(now, now + timedelta(days=5))
    await set_absence(scene.application, scene.management, person="jonas", absence=away)
    assert await told() == {"jonas", "ines.vogt"}
    await team_of(scene, Member("mia"))
    assert await told() == {"ines.vogt"}


async def test_all_work_of_a_person_goes_by_route_or_to_one_named(scene: Scene) -> None:
    """Counts first, gives away then, never back to the same person; asking again finds nothing."""
    first, second = await only(scene, "jonas", "lea", "ben")
    await accept_handover(scene.application, scene.sales, handover_id=second.id, comment=None)
    await team_of(scene, Member("jonas"), Member("mia"))
    giving = Giving("JONAS ", "moves to Berlin")
    counted = await reassign_work(scene.application, scene.management, giving, preview_only=True)
    assert (counted.handovers, counted.queued, counted.complete) == (2, 0, True)
    assert {h.assignee for h in await scene.handovers()} == {"jonas"}
    done = await reassign_work(scene.application, scene.sales, giving, idempotency_key="k")
    assert done == counted
    assert {h.assignee for h in await open_with(scene)} == {"mia"}
    assert await reassign_work(scene.application, scene.sales, giving, idempotency_key="k") == counted
    assert await reassign_work(scene.application, scene.sales, giving) == Work()
    back = Giving("mia", "wanted", to_team="field-sales", to_person="petra")
    assert (await reassign_work(scene.application, scene.management, back)).handovers == 2
    assert {(h.team, h.assignee) for h in await open_with(scene)} == {("field-sales", "petra")}
    assert (await scene.handover(first.id)).turns == 3


async def test_who_may_give_work_away_and_to_whom(scene: Scene) -> None:
    """Refuses leaders of other teams, unknown teams and people, no reason, and the same person."""
    await only(scene, "jonas", "lea")
    for giving, code in (
        (Giving("jonas", " "), "VALUE_NOT_ALLOWED"),
        (Giving("jonas", "x", to_person="Jonas"), "VALUE_NOT_ALLOWED"),
        (Giving("jonas", "x", to_team="nowhere"), "UNKNOWN_TEAM"),
        (Giving("jonas", "x", to_person="nobody"), "UNKNOWN_PERSON"),
    ):
        with pytest.raises(Refusal) as refused:
            await reassign_work(scene.application, scene.management, giving)
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        await reassign_work(scene.application, scene.marketing, Giving("jonas", "x"))
    assert (
        await reassign_work(scene.application, scene.sales, Giving("jonas", "x"), kinds=[WorkKind.PROSPECTS]) == Work()
    )


async def test_somebody_absent_or_full_gets_it_and_it_is_told(scene: Scene) -> None:
    """Reassigns all the same, with a note."""
    [handover] = await only(scene, "jonas", "lea")
    await team_of(scene, Member("jonas"), Member("mia", max_open=0))
    now = scene.time.now()
    await set_absence(scene.application, scene.management, person="mia", absence=Absence(now, now + timedelta(days=5)))
    _, notes = await reassign_handover(
        scene.application, scene.sales, handover_id=handover.id, team="inside-sales", assignee="mia", reason="x"
    )
    assert notes == ["ASSIGNEE_ABSENT", "ASSIGNEE_FULL"]
