"""Open work moves batch by batch: whoever dies in the middle, and however many are at it [X.2]."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from application.agreements import version_migrations
from application.agreements.deciding_versions import activate_version, preview_activation
from persistence.agreements import movements
from persistence.database.trouble import DatabaseAway
from tests.application.moving_scene import answers, in_force, movement, version
from tests.application.scene import Scene


async def test_one_that_dies_in_the_middle_goes_on_where_it_was(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in and between batches, nothing is moved twice and nothing is left; the numbers are those of one run."""
    monkeypatch.setattr(version_migrations, "BATCH", 2)
    await in_force(scene, "PT4H")
    for n in range(7):
        await scene.offered(f"l{n}")
    made = await version(scene, "PT1H")
    said = (await preview_activation(scene.application, scene.management, version_id=made)).counts
    assert said.handovers == 7
    await activate_version(scene.application, scene.management, version_id=made, move_open_work=True)
    real, calls = movements.update, 0

    async def dying(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls % 2:
            raise ConnectionError("killed")
        await real(*given)

    monkeypatch.setattr(movements, "update", dying)
    seen = []
    for _ in range(20):
        try:
            more = await version_migrations.move_batch(scene.application)
        except DatabaseAway:
            continue
        seen.append((await movement(scene, made)).counts.handovers)
        if not more:
            break
    seen = list(dict.fromkeys(seen))
    assert seen == [2, 4, 6, 7]
    assert (await movement(scene, made)).counts == said
    assert {o.version_id for o in (await answers(scene)).values()} == {made}
    assert len(await scene.events("obligation.moved")) == 7
    assert len(await scene.events("handover.moved")) == 7
    assert not await version_migrations.move_batch(scene.application)


async def test_two_clocks_share_the_moving(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two instances at once move each thing once."""
    monkeypatch.setattr(version_migrations, "BATCH", 2)
    await in_force(scene, "PT4H")
    for n in range(6):
        await scene.offered(f"l{n}")
    made = await in_force(scene, "PT1H", move=True, tick=False)
    for _ in range(6):
        await asyncio.gather(*(version_migrations.move_batch(scene.application) for _ in range(3)))
    assert (await movement(scene, made)).finished_at is not None
    assert (await movement(scene, made)).counts.handovers == len(await scene.events("handover.moved")) == 6


async def test_a_newer_version_overtakes_the_moving(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older movement stops; the newer one moves what is left and what was moved."""
    monkeypatch.setattr(version_migrations, "BATCH", 2)
    await in_force(scene, "PT4H")
    for n in range(5):
        await scene.offered(f"l{n}")
    second = await in_force(scene, "PT2H", move=True, tick=False)
    assert await version_migrations.move_batch(scene.application)
    third = await in_force(scene, "PT1H", move=True)
    assert (await movement(scene, second)).stopped
    assert ((await movement(scene, third)).counts.handovers, (await movement(scene, third)).stopped) == (5, False)
    assert {o.version_id for o in (await answers(scene)).values()} == {third}
