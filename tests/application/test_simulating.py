"""A version simulated over the recorded past [X.3]."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_draft, update_draft
from application.handovers.answer_handover import accept_handover
from application.handovers.move_lead import move_lead
from application.runtime.page import PageRequest
from application.simulation import backend, comparing, run
from application.simulation.simulate import cancel_simulation, differences, simulate, simulation
from domain.agreements.simulation import Difference, Simulation, SimulationState, StoredDifference
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from persistence.tables import metadata
from tests.application.scene import Scene, starter_document


async def draft(scene: Scene, **sections: Any) -> UUID:
    """A draft with some sections replaced."""
    version = await create_draft(scene.application, scene.marketing, agreement="main", source=NewDraft())
    await update_draft(scene.application, scene.marketing, version_id=version, expected_revision=1, sections=sections)
    return version


async def simulated(scene: Scene, version: UUID, **more: Any) -> Simulation:
    """The finished simulation of a version over the last thirty days."""
    start = scene.time.now() - timedelta(days=30)
    begun = await simulate(scene.application, scene.marketing, version_id=version, start=start, **more)
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.state is SimulationState.DONE, found.fault
    return found


async def told(scene: Scene, of: Simulation, kind: Difference | None = None) -> list[StoredDifference]:
    """What it found lead by lead."""
    return list((await differences(scene.application, of.id, kind).page(PageRequest(first=100))).items)


def handover_with(**triggers: Any) -> dict[str, Any]:
    """The starter's handover section with other triggers."""
    section: dict[str, Any] = starter_document()["handover"]
    return section | {"triggers": [{"key": key, **trigger} for key, trigger in triggers.items()]}


NEVER = {"label": "Never", "priority": 1, "when": {"any": []}}
ALWAYS = {"label": "Always", "priority": 1, "when": {"all": []}}


async def test_a_version_without_change_differs_in_nothing(scene: Scene) -> None:
    """The same content gives the same handovers, grades and curve."""
    await scene.offered("lead-1")
    await scene.lead("lead-2")
    scene.time.pass_by(hours=1)
    found = await simulated(scene, await draft(scene, priority=1))
    assert found.result is not None
    counts = found.result["counts"]
    assert counts == {
        "leads": 2,
        "handovers": 1,
        "handoversBefore": 1,
        "dueAtStart": 0,
        "dueAtStartBefore": 0,
        "newlyDue": 0,
        "noLongerDue": 0,
        "changedGrade": 0,
    }
    assert await told(scene, found) == []


async def test_who_is_no_longer_handed_over_is_told_with_the_reason(scene: Scene) -> None:
    """A version without working trigger loses the handover; the reason is that no trigger holds."""
    handover = await scene.offered("lead-1")
    scene.time.pass_by(hours=1)
    found = await simulated(scene, await draft(scene, handover=handover_with(never=NEVER)))
    (lost,) = await told(scene, found)
    assert (lost.kind, lost.lead_id) == ("NO_LONGER_DUE", handover.lead_id)
    assert {"code": "NO_TRIGGER", "by": "after"} in lost.detail["reasons"]
    assert lost.detail["before"]["due"]
    assert not lost.detail["after"]["due"]


async def test_who_is_newly_handed_over_is_told_and_loads_its_team(scene: Scene) -> None:
    """A version that hands over everybody gets the lead that waited, in the week in which it came."""
    await scene.lead("lead-1")
    scene.time.pass_by(hours=1)
    found = await simulated(scene, await draft(scene, handover=handover_with(always=ALWAYS)))
    (new,) = await told(scene, found, Difference.NEWLY_DUE)
    assert {"code": "NO_TRIGGER", "by": "before"} in new.detail["reasons"]
    assert found.result is not None
    team, *reps = [row for row in found.result["load"] if row["handovers"] != "0.0"]
    assert (team["week"], team["person"], team["handovers"]) == ("2026-03-02", None, "1.0")
    assert sorted(rep["handovers"] for rep in reps) == ["0.5", "0.5"]


async def test_known_outcomes_give_precision_recall_and_a_threshold(scene: Scene) -> None:
    """Of two answered handovers one was accepted: precision and recall are told, and the rate that was wished for."""
    accepted, _ = await scene.offered("lead-1"), await scene.offered("lead-2")
    await accept_handover(scene.application, scene.admin, handover_id=accepted.id, comment=None)
    scene.time.pass_by(hours=24 * 7)
    found = await simulated(scene, await draft(scene, priority=1), acceptance_rate=Decimal("0.5"))
    assert found.result is not None
    exact = {"precision": "1.0000", "recall": "1.0000", "known": 1, "good": 1, "missed": 0}
    assert found.result["quality"]["accepted"]["after"] == exact
    assert found.result["curve"][0]["handovers"] == 2
    assert found.result["meeting"] is not None
    assert found.result["answers"] == {"measured": 2, "share": "0.5000", "expected": 1}


async def test_a_handover_that_still_has_time_says_nothing_of_answers(scene: Scene) -> None:
    """What waits for an answer counts as late once it is due, and not before."""
    await scene.offered("lead-1")
    for hours, told_of_it in ((1, (0, None)), (24 * 7, (1, "0.0000"))):
        scene.time.pass_by(hours=hours)
        found = await simulated(scene, scene.main)
        assert found.result is not None
        assert (found.result["answers"]["measured"], found.result["answers"]["share"]) == told_of_it


async def test_leads_that_sales_works_count_as_accepted(scene: Scene) -> None:
    """A lead that came to sales by hand, without a handover, was accepted and won all the same."""
    worked, lost = await scene.lead("lead-1"), await scene.lead("lead-2")
    scene.time.pass_by(hours=1)
    for lead, stage in ((worked, "mql"), (worked, "sal"), (lost, "disqualified")):
        assert lead.lead_id is not None
        await move_lead(scene.application, scene.admin, lead_id=lead.lead_id, stage=stage)
    found = await simulated(scene, await draft(scene, handover=handover_with(always=ALWAYS)))
    assert found.result is not None
    accepted, won = (found.result["quality"][outcome]["after"] for outcome in ("accepted", "won"))
    assert (accepted["known"], accepted["good"], accepted["precision"]) == (1, 1, "1.0000")
    assert (won["known"], won["good"], won["precision"]) == (1, 0, "0.0000")


async def contents(scene: Scene) -> dict[str, str]:
    """By table a digest of all that stands in it."""
    found = {}
    async with scene.application.database.reading() as connection:
        for table in metadata.tables:
            rows = f"select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {table} t"
            found[table] = await connection.scalar(text(rows))
    return found


async def test_nothing_else_is_written(scene: Scene) -> None:
    """A simulation leaves every table as it was, but for its own."""
    await scene.offered("lead-1")
    await scene.lead("lead-2")
    scene.time.pass_by(hours=1)
    version = await draft(scene, handover=handover_with(always=ALWAYS))
    await scene.events()
    before = await contents(scene)
    await simulated(scene, version)
    after = await contents(scene)
    assert {table for table in after if after[table] != before[table]} == {"simulation", "simulation_difference"}


async def test_a_cancelled_simulation_ends_and_keeps_its_state(scene: Scene) -> None:
    """It is given up at once, and cannot be given up twice."""
    start = scene.time.now() - timedelta(days=1)
    begun = await simulate(scene.application, scene.marketing, version_id=scene.main, start=start)
    await cancel_simulation(scene.application, scene.marketing, begun)
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.state is SimulationState.CANCELLED
    with pytest.raises(Refusal, match="WRONG_STATE"):
        await cancel_simulation(scene.application, scene.marketing, begun)


async def test_a_simulation_is_given_up_in_the_middle(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled while it judges, it stops there, and what it had found is gone."""
    monkeypatch.setattr(backend, "PORTION", 1)
    for number in range(4):
        await scene.lead(f"lead-{number}")
    scene.time.pass_by(hours=1)
    version = await draft(scene, handover=handover_with(always=ALWAYS))
    judging, go_on = asyncio.Event(), asyncio.Event()
    told = run._Running._told

    async def slowly(self: Any, progress: float) -> None:
        if progress > run.READING:
            judging.set()
            await go_on.wait()
        await told(self, progress)

    monkeypatch.setattr(run._Running, "_told", slowly)
    begun = await simulate(
        scene.application, scene.marketing, version_id=version, start=scene.time.now() - timedelta(days=1)
    )
    await judging.wait()
    await cancel_simulation(scene.application, scene.marketing, begun)
    go_on.set()
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert (found.state, found.result) == (SimulationState.CANCELLED, None)
    assert 0 < found.progress < 1
    assert await told_of(scene, begun) == []


async def test_no_more_than_two_work_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins many has them worked off two by two, so that they do not take all memory; one may be given up."""
    result, working, most = run._Running.result, 0, 0

    async def counted(self: Any) -> dict[str, Any]:
        nonlocal working, most
        working += 1
        most = max(most, working)
        try:
            return await result(self)
        finally:
            working -= 1

    monkeypatch.setattr(run._Running, "result", counted)
    await scene.offered("lead-1")
    scene.time.pass_by(hours=1)
    version, start = await draft(scene, priority=1), scene.time.now() - timedelta(days=30)
    begun = [await simulate(scene.application, scene.marketing, version_id=version, start=start) for _ in range(4)]
    await cancel_simulation(scene.application, scene.marketing, begun[-1])
    await asyncio.gather(*scene.application.background)
    states = [await simulation(scene.application, scene.marketing, one) for one in begun]
    assert [one and one.state for one in states] == [SimulationState.DONE] * 3 + [SimulationState.CANCELLED]
    assert most == 2


async def told_of(scene: Scene, begun: UUID) -> list[StoredDifference]:
    """The differences that are kept of a simulation."""
    return list((await differences(scene.application, begun, None).page(PageRequest(first=10))).items)


async def test_a_simulation_whose_process_died_has_failed(scene: Scene) -> None:
    """Who runs one says so every few seconds; after half a minute of silence nobody waits for it any more."""
    begun = await simulate(
        scene.application, scene.marketing, version_id=scene.main, start=scene.time.now() - timedelta(days=1)
    )
    (task,) = scene.application.background
    async with scene.application.database.transaction() as connection:
        await asyncio.gather(task)
        await connection.execute(text("update simulation set state = 'RUNNING', finished_at = null"))
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.state is SimulationState.RUNNING
    scene.time.pass_by(seconds=31)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert (found.state, found.fault) == (SimulationState.FAILED, "The process that ran it was stopped.")
    assert found.finished_at == found.alive_at
    with pytest.raises(Refusal) as refused:
        await cancel_simulation(scene.application, scene.marketing, begun)
    assert refused.value.code == "WRONG_STATE"


async def test_a_simulation_at_work_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a step takes, it is known that it goes on."""
    monkeypatch.setattr(run, "BEAT_SECONDS", 0.01)
    gathered, go_on = comparing.gather, threading.Event()

    def slowly(bench: Any) -> None:
        go_on.wait(20)
        gathered(bench)

    monkeypatch.setattr(comparing, "gather", slowly)
    begun = await simulate(
        scene.application, scene.marketing, version_id=scene.main, start=scene.time.now() - timedelta(days=1)
    )
    moment = scene.time.pass_by(hours=1)
    async with asyncio.timeout(20):
        while True:
            found = await simulation(scene.application, scene.marketing, begun)
            assert found is not None
            if found.alive_at == moment:
                break
            await asyncio.sleep(0.01)
    go_on.set()
    await asyncio.gather(*scene.application.background)


async def test_a_tool_may_not_simulate(scene: Scene) -> None:
    """Who edits drafts may simulate, and nobody else."""
    with pytest.raises(Forbidden):
        await simulate(scene.application, scene.integration, version_id=scene.main, start=scene.time.now())
