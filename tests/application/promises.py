"""Handovers whose promises are looked at: accepted, moved on, and what is owed by then."""

from __future__ import annotations

from typing import Any

from application.handovers.answer_handover import accept_handover, withdraw_handover
from application.handovers.move_lead import move_lead
from domain.handovers.handover import Handover
from domain.obligation import Obligation
from tests.application.scene import Scene


async def accepted(scene: Scene, key: str = "lea") -> Handover:
    """A handover that sales accepted."""
    handover = await scene.offered(key)
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    return handover


async def the_one(scene: Scene, kind: str) -> Obligation:
    """The one obligation of a kind."""
    [found] = await scene.obligations(kind=[kind])
    return found


async def states(scene: Scene, kind: str) -> list[str]:
    """Where the obligations of a kind stand, the earliest first."""
    found = sorted(await scene.obligations(kind=[kind]), key=lambda o: o.opened_at)
    return [o.state.value for o in found]


async def move(scene: Scene, handover: Handover, stage: str, **about: Any) -> None:
    """Sales moves the lead of a handover."""
    await move_lead(scene.application, scene.sales, lead_id=handover.lead_id, stage=stage, **about)


async def withdraw(scene: Scene, handover: Handover) -> None:
    """Marketing takes a handover back."""
    await withdraw_handover(scene.application, scene.marketing, handover_id=handover.id, reason="x")
