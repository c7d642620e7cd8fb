"""A decision that stands is not made again: whoever leaves a judgement out tells the same as who makes it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, return_handover
from application.handovers.move_lead import move_lead
from application.intake import record_activities
from application.intake.record_consent import SaidConsent, record_consent
from application.intake.upsert_leads import upsert_leads
from application.judging import judge_leads
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead
from domain.leads.lead import Lead
from tests.application.scene import Scene

KINDS = ["newsletter"] * 6 + [
    "sales-call",
    "newsletter-click",
    "webinar-attended",
    "pricing-page-visit",
    "contact-form",
]
TOLD = ("decision.changed", "lead.stage", "lead.agreement", "handover.offered", "handover.queued")
SAME = {"decision", "handover", "team", "assignee", "because", "answerDueAt"}
"""What an event names that is of one lead alone, or depends on whose turn it is."""


@contextmanager
def judging_always() -> Iterator[None]:
    """Have every activity judged, whether the decision stands or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_activities, "still_stands", lambda _desk, _lead: False)
        yield


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The leads that were judged, as it happens."""
    found: list[UUID] = []
    take_over = judge_leads._take_over

    def noting(unit: Any, one: Any, happened: Any) -> Any:
        found.append(one.lead.id)
        return take_over(unit, one, happened)

    monkeypatch.setattr(judge_leads, "_take_over", noting)
    return found


async def _known(scene: Scene, key: str) -> Lead:
    lead = await single.lead_by_key(scene.application, scene.admin, source=scene.source, external_id=key)
    assert lead is not None
    return lead


async def _settled(scene: Scene, key: str = "a") -> Lead:
    """A lead whose decision stands."""
    await scene.lead(key, employees=3)
    await scene.activity(key, "newsletter")
    return await _known(scene, key)


async def test_an_activity_that_does_not_count_is_not_judged(scene: Scene, judged: list[UUID]) -> None:
    """Leaves a decision as it is while nothing that it rests on changes; what counts is judged."""
    lead = await _settled(scene)
    judged.clear()
    await scene.activity("a", "newsletter")
    assert judged == []
    assert await _known(scene, "a") == lead
    await scene.activity("a", "newsletter-click")
    assert judged == [lead.id]


async def test_it_is_judged_again_after_a_new_version(scene: Scene, judged: list[UUID]) -> None:
    """Judges the next activity by the version in force, before the clock comes to the lead."""
    lead = await _settled(scene)
    version = await scene.new_version("main")
    await activate_version(scene.application, scene.management, version_id=version)
    judged.clear()
    await scene.activity("a", "newsletter")
    assert judged == [lead.id]


async def test_it_is_judged_again_when_its_time_has_passed(scene: Scene, judged: list[UUID]) -> None:
    """Judges the next activity once time alone may have changed the decision."""
    await scene.lead("a", employees=3)
    await scene.activity("a", "webinar-attended")
    lead = await _known(scene, "a")
    assert lead.next_crossing is not None
    scene.time.at = lead.next_crossing
    judged.clear()
    await scene.activity("a", "newsletter")
    assert judged == [lead.id]


async def test_it_is_judged_again_after_a_move_by_hand(scene: Scene, judged: list[UUID]) -> None:
    """Judges at once, so that the decision is about the stage that the lead came to; then it stands."""
    lead = await _settled(scene)
    judged.clear()
    await move_lead(scene.application, scene.admin, lead_id=lead.id, stage="disqualified")
    assert judged == [lead.id]
    await scene.activity("a", "newsletter")
    assert judged == [lead.id]


async def test_it_is_judged_again_when_a_company_changed_behind_its_back(scene: Scene, judged: list[UUID]) -> None:
    """Judges the next activity by what is known of the company now, also where only an import changed it."""
    lead = await _settled(scene)
    async with scene.application.database.transaction() as connection:
        await connection.exec_driver_sql("update account set changed_at = changed_at + interval '1 second'")
    judged.clear()
    await scene.activity("a", "newsletter")
    assert judged == [lead.id]


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_leaves_it_out_tells_the_same(scene: Scene, seed: int) -> None:
    """Gives the same decisions, stages and handovers as judging every activity, whatever happens in between [X.4]."""
    chance = random.Random(seed)
    names = ["x", "y", "z"]
    for name in names:
        await _for_each(scene, _lead(name, chance.choice([3, 30, 60]), chance.choice(["Owner", "Engineer"])))
    for _ in range(25):
        await _for_each(scene, chance.choices(STEPS, [8, 2, 3, 1])[0](chance, chance.choice(names)))
        scene.time.pass_by(hours=chance.choice([1, 30, 400]))
        if chance.random() < 0.5:
            await scene.tick()
    for name in names:
        assert await _history(scene, f"{name}-some") == await _history(scene, f"{name}-every")


async def _for_each(scene: Scene, step: Any) -> None:
    """Let the same happen to the one lead and to its twin, which is judged at every activity."""
    await step(scene, "some")
    with judging_always():
        await step(scene, "every")


def _lead(name: str, employees: int, role: str) -> Any:
    async def step(scene: Scene, twin: str) -> None:
        company = IncomingAccount(f"company {name}-{twin}", fields={"employees": employees, "industry": "machinery"})
        item = IncomingLead(f"{name}-{twin}", {"email": "x@example.org", "country": "DE", "role": role}, company)
        await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])

    return step


def _activities(chance: random.Random, name: str) -> Any:
    kinds, hours = chance.choices(KINDS, k=3), [chance.choice([0, 5, 100, 2000]) for _ in range(3)]
    number = chance.getrandbits(60)

    async def step(scene: Scene, twin: str) -> None:
        items = [
            IncomingActivity(f"{number}-{place}-{twin}", f"{name}-{twin}", kind, scene.time.at - timedelta(hours=ago))
            for place, (kind, ago) in enumerate(zip(kinds, hours, strict=True))
        ]
        source = scene.source
        await record_activities.record_activities(scene.application, scene.integration, source=source, items=items)

    return step


def _changed(chance: random.Random, name: str) -> Any:
    return _lead(name, chance.choice([3, 30, 60]), chance.choice(["Owner", "Engineer", "Intern"]))


def _consent(chance: random.Random, name: str) -> Any:
    granted = chance.random() < 0.5

    async def step(scene: Scene, twin: str) -> None:
        lead = await _known(scene, f"{name}-{twin}")
        said = SaidConsent(purpose="newsletter", channel="email", granted=granted)
        await record_consent(scene.application, scene.admin, lead_id=lead.id, said=said)

    return step


def _answered(chance: random.Random, name: str) -> Any:
    accepts, reason = chance.random() < 0.3, chance.choice(["no-need", "bad-data"])

    async def step(scene: Scene, twin: str) -> None:
        lead = await _known(scene, f"{name}-{twin}")
        found = [h for h in await scene.handovers() if h.lead_id == lead.id and h.answered_at is None]
        for handover in [h for h in found if h.closed_at is None]:
            if accepts:
                await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
            else:
                await return_handover(
                    scene.application, scene.sales, handover_id=handover.id, reason=reason, comment=None
                )

    return step


STEPS = [_activities, _changed, _answered, _consent]


async def _history(scene: Scene, key: str) -> tuple[Any, ...]:
    lead = await _known(scene, key)
    told = [e for e in await scene.events(*TOLD) if e.lead_id == lead.id]
    events = [(e.type, e.at, {k: v for k, v in e.payload.items() if k not in SAME}) for e in told]
    return lead.stage, lead.grade, lead.rounds, lead.next_crossing, events
