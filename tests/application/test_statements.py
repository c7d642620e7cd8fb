"""What a batch costs in statements does not depend on how much is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text

from application.agreements.deciding_versions import activate_version
from application.agreements.drafting import create_agreement
from application.handovers.answer_handover import accept_handover
from application.intake.record_activities import record_activities
from application.intake.upsert_leads import upsert_leads
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead, ItemStatus
from domain.handovers.handover import HandoverState
from domain.obligation import BreachState
from domain.people.team import Member
from tests.application.moving_scene import in_force, movement, version
from tests.application.routing_scene import inside
from tests.application.scene import Scene, leads_only, starter_document

FEW, MANY = 3, 24


@contextmanager
def counting(scene: Scene) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def hear(_c: Connection, _cursor: Any, statement: str, _given: Any, _context: Any, _many: bool) -> None:
        sent.append(statement)

    engine = scene.application.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def names(batch: str, number: int) -> list[str]:
    """The keys of the leads of a batch."""
    return [f"{batch}-{n}" for n in range(number)]


async def sent_leads(scene: Scene, keys: list[str]) -> list[UUID]:
    """The ids of leads that fit, sent as one batch."""
    items = [
        IncomingLead(
            key,
            {"email": f"{key}@example.org", "country": "DE", "role": "Owner"},
            IncomingAccount(f"company of {key}", fields={"employees": 60, "industry": "machinery"}),
        )
        for key in keys
    ]
    answer = await upsert_leads(scene.application, scene.integration, source=scene.source, items=items)
    assert {result.status for result in answer.results} == {ItemStatus.CREATED}
    return [result.lead_id for result in answer.results if result.lead_id is not None]


async def done(scene: Scene, keys: list[str], kind: str, **about: Any) -> int:
    """The same activity of each lead, as one batch; how many of them have an open handover now."""
    items = [
        IncomingActivity(f"{kind} {key} {scene.time.now().isoformat()}", key, kind, scene.time.now(), **about)
        for key in keys
    ]
    answer = await record_activities(scene.application, scene.integration, source=scene.source, items=items)
    assert {result.status for result in answer.results} == {ItemStatus.RECORDED}
    return sum(result.handover_id is not None for result in answer.results)


async def offered(scene: Scene, keys: list[str]) -> None:
    """Leads that were handed over together."""
    await sent_leads(scene, keys)
    assert await done(scene, keys, "contact-form") == len(keys)


async def _sending(scene: Scene, keys: list[str]) -> list[str]:
    with counting(scene) as sent:
        await sent_leads(scene, keys)
    return sent


async def _handing_over(scene: Scene, keys: list[str]) -> list[str]:
    await sent_leads(scene, keys)
    with counting(scene) as sent:
        assert await done(scene, keys, "contact-form") == len(keys)
    return sent


async def _missing(scene: Scene, keys: list[str]) -> list[str]:
    await offered(scene, keys)
    scene.time.pass_by(days=3)
    with counting(scene) as sent:
        await scene.clock._act_on_due()
    assert len(await scene.breaches(kind=["answer"])) >= len(keys)
    return sent


async def _contacting(scene: Scene, keys: list[str]) -> list[str]:
    await offered(scene, keys)
    for handover in await scene.handovers():
        if handover.state is HandoverState.OFFERED:
            await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(days=3)
    await scene.tick()
    assert BreachState.OPEN in {breach.state for breach in await scene.breaches(kind=["first-contact"])}
    with counting(scene) as sent:
        await done(scene, keys, "sales-call")
    assert {breach.state for breach in await scene.breaches(kind=["first-contact"])} == {BreachState.RESOLVED}
    return sent


async def _moving(scene: Scene, keys: list[str]) -> list[str]:
    await in_force(scene, "PT40H")
    await offered(scene, keys)
    new = await version(scene, "PT20H")
    await activate_version(scene.application, scene.management, version_id=new, move_open_work=True)
    with counting(scene) as sent:
        await scene.clock._move_open_work()
    assert (await movement(scene, new)).counts.handovers >= len(keys)
    scene.time.pass_by(seconds=timedelta(minutes=1).total_seconds())
    return sent


async def _reassigning(scene: Scene, keys: list[str]) -> list[str]:
    steps = [{"at": "1.0", "action": "REASSIGN", "audience": "TEAM_LEAD"}]
    await in_force(scene, "PT4H", escalation=steps)
    await offered(scene, keys)
    scene.time.pass_by(days=3)
    with counting(scene) as sent:
        await scene.clock._act_on_due()
    assert any(h.escalation_level for h in await scene.handovers())
    return sent


async def _draining(scene: Scene, keys: list[str]) -> list[str]:
    await inside(scene, Member("jonas", max_open=0))
    await offered(scene, keys)
    await inside(scene, Member("jonas"), Member("mia"))
    with counting(scene) as sent:
        await scene.clock._drain_queue()
    assert not any(h.queued for h in await scene.handovers())
    return sent


async def _inheriting(scene: Scene, keys: list[str]) -> list[str]:
    """Each stands at another stage that no version has."""
    ids = await sent_leads(scene, keys)
    async with scene.application.database.transaction() as connection:
        await connection.execute(
            text("update lead set stage = 'gone-' || cast(id as text) where id = any(:ids)"), {"ids": ids}
        )
    with counting(scene) as sent:
        assert await scene.clock._judge(ids) == len(keys)
    (lead, *_) = await single.leads(scene.application, scene.admin, ids)
    assert lead is not None
    assert lead.stage == "prospect"
    return sent


Command = Callable[[Scene, list[str]], Awaitable[list[str]]]
COMMANDS: dict[str, Command] = {
    "leads are sent": _sending,
    "leads are handed over": _handing_over,
    "obligations are missed": _missing,
    "handovers are contacted late": _contacting,
    "open work moves": _moving,
    "handovers are given to others": _reassigning,
    "the queue is drained": _draining,
    "leads come to stages of another version": _inheriting,
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_larger_batch_costs_no_more_statements(scene: Scene, command: Command) -> None:
    """One look-up and one write for each kind of record, however many there are."""
    few = await command(scene, names("few", FEW))
    many = await command(scene, names("many", MANY))
    more = [statement for statement in set(many) if many.count(statement) > few.count(statement)]
    assert len(many) <= len(few), "\n\n".join(f"{few.count(s)} → {many.count(s)}: {s[:300]}" for s in more)


async def test_more_agreements_of_which_something_fell_due_cost_no_more_statements(scene: Scene) -> None:
    """What was settled about agreements is read for all of them too."""
    counts = []
    for number in (1, 5):
        for n in range(number):
            document = leads_only(starter_document()) | {
                "reviewOn": f"2026-03-{20 + number}",
                "scope": {"field": "country", "op": "eq", "value": f"A{n}"},
                "priority": 10 * number + n,
            }
            _, made = await create_agreement(
                scene.application, scene.marketing, key=f"a{number}-{n}", title="Another", document=document
            )
            assert made is not None
            await scene.approve(made)
            await activate_version(scene.application, scene.management, version_id=made)
        await scene.tick()
        scene.time.at = datetime(2026, 3, 22 + number, tzinfo=UTC)
        with counting(scene) as sent:
            await scene.clock._act_on_agreements()
        counts.append(len(sent))
        assert len(await scene.breaches(kind=["review"])) >= number
    assert counts[1] <= counts[0]
