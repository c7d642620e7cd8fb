"""Versions that take over from each other, and what is owed under them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application.agreements.deciding_versions import activate_version
from application.reading import single
from domain.agreements.open_work import Movement
from domain.obligation import Obligation
from tests.application.scene import Scene, starter_document

ALL = ("OPEN", "BREACHED", "MET", "MET_LATE", "CANCELLED", "WAIVED")


def within(duration: str, clock: str = "ELAPSED") -> dict[str, str]:
    """A time limit."""
    return {"duration": duration, "clock": clock}


async def version(scene: Scene, answer: str, **more: Any) -> UUID:
    """An approved version that wants an answer within so long."""
    section = starter_document()["handover"] | {"answerWithin": within(answer), **more}
    return await scene.new_version("main", sections={"handover": section})


async def in_force(scene: Scene, answer: str, *, move: bool = False, tick: bool = True, **more: Any) -> UUID:
    """The same, in force."""
    made = await version(scene, answer, **more)
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=move)
    if tick:
        await scene.tick()
    return made


async def answers(scene: Scene) -> dict[UUID, Obligation]:
    """The answers that are owed, by handover."""
    found = await scene.obligations(kind=["answer"])
    return {o.subject_id: o for o in found if o.instance_key == "whole"}


async def movement(scene: Scene, made: UUID) -> Movement:
    """How far the moving to a version has come."""
    (found,) = await single.movements_to(scene.application, [made])
    assert found is not None
    return found


async def state(scene: Scene) -> Any:
    """All that moving could change."""
    async with scene.application.database.reading() as connection:
        return [
            (await connection.exec_driver_sql(f"select * from {table} order by 1, 2")).all()
            for table in ("lead", "handover", "obligation", "breach", "event", "movement", "version")
        ]
