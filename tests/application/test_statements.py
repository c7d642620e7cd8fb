"""What a batch costs in statements does not depend on how much is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from application.agreements.deciding_versions import activate_version
from application.intake.record_activities import record_activities
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingActivity, IncomingLead
from tests.application.moving_scene import in_force, version
from tests.application.scene import Scene

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


async def sent_leads(scene: Scene, keys: list[str]) -> None:
    """Leads that fit, sent as one batch."""
    items = [
        IncomingLead(key, {"email": f"{key}@example.org", "country": "DE", "role": "Owner", "employees": 60})
        for key in keys
    ]
    answer = await upsert_leads(scene.application, scene.integration, source=scene.source, items=items)
    assert not answer.faults


async def done(scene: Scene, keys: list[str], kind: str, **about: Any) -> int:
    """The same activity of each lead, as one batch; how many of them have an open handover now."""
    items = [
        IncomingActivity(f"{kind} {key} {scene.time.now().isoformat()}", key, kind, scene.time.now(), **about)
        for key in keys
    ]
    answer = await record_activities(scene.application, scene.integration, source=scene.source, items=items)
    return sum(result.handover_id is not None for result in answer.results)


async def offered(scene: Scene, keys: list[str]) -> None:
    """Leads that were handed over together."""
    await sent_leads(scene, keys)
    for key in keys:
        await scene.lead(key)
    assert await done(scene, keys, "contact-form") == len(keys)


async def _sending(scene: Scene, keys: list[str]) -> list[str]:
    with counting(scene) as sent:
        await sent_leads(scene, keys)
    return sent


async def _handing_over(scene: Scene, keys: list[str]) -> list[str]:
    for key in keys:
        await scene.lead(key)
    with counting(scene) as sent:
        assert await done(scene, keys, "contact-form") == len(keys)
    return sent


async def _missing(scene: Scene, keys: list[str]) -> list[str]:
    await offered(scene, keys)
    scene.time.pass_by(days=3)
    with counting(scene) as sent:
        await scene.clock._act_on_due()
    return sent


async def _contacting(scene: Scene, keys: list[str]) -> list[str]:
    await offered(scene, keys)
    scene.time.pass_by(days=3)
    await scene.tick()
    with counting(scene) as sent:
        await done(scene, keys, "call", person="lena")
    return sent


async def _moving(scene: Scene, keys: list[str]) -> list[str]:
    await in_force(scene, "PT40H")
    await offered(scene, keys)
    new = await version(scene, "PT20H")
    await activate_version(scene.application, scene.management, version_id=new, move_open_work=True)
    with counting(scene) as sent:
        await scene.clock._move_open_work()
    scene.time.pass_by(seconds=timedelta(minutes=1).total_seconds())
    return sent


Command = Callable[[Scene, list[str]], Awaitable[list[str]]]
COMMANDS: dict[str, Command] = {
    "leads are sent": _sending,
    "leads are handed over": _handing_over,
    "obligations are missed": _missing,
    "handovers are contacted late": _contacting,
    "open work moves": _moving,
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_larger_batch_costs_no_more_statements(scene: Scene, command: Command) -> None:
    """One look-up and one write for each kind of record, however many there are."""
    few = await command(scene, names("few", FEW))
    many = await command(scene, names("many", MANY))
    more = [statement for statement in set(many) if many.count(statement) > few.count(statement)]
    assert len(many) <= len(few) + 2, "\n\n".join(f"{few.count(s)} → {many.count(s)}: {s[:300]}" for s in more)
