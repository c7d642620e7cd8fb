"""A few leads that lived differently: new, handed over, accepted, returned, contacted, missed."""

from __future__ import annotations

from application.handovers.answer_handover import accept_handover, return_handover
from tests.application.scene import Scene

NUMBER = 20


async def live(scene: Scene) -> None:
    """Let twenty leads live for some days."""
    for n in range(NUMBER):
        key = f"grown-{n}"
        await scene.lead(key, employees=(3, 60, 400)[n % 3])
        await scene.activity(key, "pricing-page-visit")
        scene.time.pass_by(minutes=11)
        if n % 4 == 0:
            continue
        result = await scene.activity(key)
        scene.time.pass_by(minutes=7)
        if result.handover_id is None:
            continue
        if n % 4 == 1:
            await accept_handover(scene.application, scene.sales, handover_id=result.handover_id, comment=None)
            await scene.activity(key, "call", person="lena")
        if n == 2:
            await return_handover(
                scene.application, scene.sales, handover_id=result.handover_id, reason="no-need", comment="Not now."
            )
    scene.time.pass_by(days=2)
    await scene.tick()
