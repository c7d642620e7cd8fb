"""Points alone that fade make no decision: the clock judges where more may change, and renews the order of calling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from application.clock import fading
from application.history.as_of import known_at
from application.judging.decision_on_lead import priority
from application.judging.judge_leads import judge_leads
from application.reading import single
from domain.leads.lead import Lead
from tests.application.scene import Scene

LEADS = 30


async def _loaded(scene: Scene) -> list[Lead]:
    """Leads who each did something that fades, one hour after the other; the odd ones were near a band's start."""
    for number in range(LEADS):
        await scene.lead(f"lead {number}", employees=60 if number % 2 else 3)
        if number % 3:
            await scene.activity(f"lead {number}", "webinar-attended")
        scene.time.pass_by(minutes=50)
    await scene.tick()
    return await _leads(scene)


async def _leads(scene: Scene) -> list[Lead]:
    async with scene.application.database.reading() as connection:
        ids = list((await connection.execute(text("select id from lead order by id"))).scalars())
    found = await single.leads(scene.application, scene.admin, ids)
    return [lead for lead in found if lead is not None]


async def _stored(scene: Scene) -> tuple[int, int]:
    async with scene.application.database.reading() as connection:
        found = await connection.execute(
            text("select (select count(*) from decision), (select count(*) from event where type = 'decision.changed')")
        )
        decisions, events = found.one()
        return decisions, events


async def test_a_day_on_which_nothing_happens_stores_nothing(scene: Scene) -> None:
    """No decision, no event; and who is called first is as a judgement of that day says."""
    before = await _loaded(scene)
    stored = await _stored(scene)
    quiet = [lead.id for lead in before if not _crosses(lead, scene)]
    assert len(quiet) == LEADS
    for _ in range(24):
        scene.time.pass_by(hours=1)
        await scene.tick()
    assert await _stored(scene) == stored
    after = {lead.id: lead for lead in await _leads(scene)}
    assert any(after[lead.id].priority < lead.priority for lead in before)
    midnight = scene.time.at.replace(hour=0, minute=0, second=0, microsecond=0)
    fresh = await known_at(scene.application, [(lead.id, max(midnight, lead.created_at)) for lead in before])
    for lead, then in zip(before, fresh, strict=True):
        assert then is not None
        now = await known_at(scene.application, [(lead.id, scene.time.at)])
        assert now[0] is not None
        expected = {priority(one.compiled_version, one.decision) for one in (then, now[0])}
        assert min(expected) <= after[lead.id].priority <= max(expected)


async def test_the_order_of_calling_is_renewed_by_whoever_is_there(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each lead once a day, also when another process goes on in the middle."""
    monkeypatch.setattr(fading, "BATCH", 7)
    before = {lead.id: lead.priority for lead in await _loaded(scene) if lead.priority % 10**12}
    scene.time.pass_by(days=2)
    judged: list[UUID] = []

    async def noting(unit: Any, ids: list[UUID]) -> None:
        judged.extend(ids)
        await judge_leads(unit, ids)

    monkeypatch.setattr("application.clock.fading.judge_leads", noting)
    while await fading.PriorityPass(scene.application).go_on():
        pass
    assert sorted(judged) == sorted(before)
    assert not await fading.PriorityPass(scene.application).go_on()
    assert sorted(judged) == sorted(before)
    assert all(lead.priority < before[lead.id] for lead in await _leads(scene) if lead.id in before)


def _crosses(lead: Lead, scene: Scene) -> bool:
    return lead.next_crossing is not None and lead.next_crossing <= scene.time.at + timedelta(days=1)


async def test_at_every_moment_the_stored_decision_means_what_a_fresh_one_does(scene: Scene) -> None:
    """Through months in which all points fade, and bands are left one after the other."""
    leads = await _loaded(scene)
    stored = await _stored(scene)
    for hours in (1, 5, 30, 100, 170, 400, 700, 1500, 4000):
        scene.time.pass_by(hours=hours)
        await scene.tick()
        present = await _leads(scene)
        fresh = await known_at(scene.application, [(lead.id, scene.time.at) for lead in present])
        assert [then and then.decision.meaning for then in fresh] == [lead.decision_meaning for lead in present]
    assert stored < await _stored(scene)
    assert (await _stored(scene))[0] < stored[0] + 4 * len(leads)
