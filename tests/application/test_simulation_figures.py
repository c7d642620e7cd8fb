"""The figures of a simulation are those of plain counting, and the same on every database [X.3]."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from application.runtime.page import PageRequest
from application.simulation import run
from application.simulation.simulate import differences, simulate, simulation
from domain.agreements.simulation import SimulationState
from tests.application import simulation_past as past
from tests.application.postgres_workbench import PostgresWorkbench
from tests.application.scene import Scene, starter_document

RATE = Decimal("0.4")


def changed() -> dict[str, Any]:
    """The starter with half the points for a request for contact, which it asks interest of, and another routing."""
    data = starter_document()
    data["scoring"]["interest"]["signals"][0] |= {"points": 20}
    data["handover"]["triggers"] = [
        {
            "key": "interested",
            "label": "x",
            "priority": 1,
            "when": {"field": "interest.points", "op": "gte", "value": 25},
        }
    ]
    data["handover"]["routing"][0]["when"]["value"] = 50
    return data


async def simulated(scene: Scene) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """The result of simulating that document, and by lead the kinds of differences."""
    version = await scene.new_version("main", document=changed())
    start = past.start_of(scene)
    begun = await simulate(scene.application, scene.marketing, version_id=version, start=start, acceptance_rate=RATE)
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.state is SimulationState.DONE, found.fault
    assert found.result is not None
    kinds: dict[str, set[str]] = {}
    for one in (await differences(scene.application, begun, None).page(PageRequest(first=1000))).items:
        kinds.setdefault(await _key(scene, one.lead_id), set()).add(one.kind.value)
    return found.result, kinds


async def _key(scene: Scene, lead_id: UUID) -> str:
    async with scene.application.database.reading() as connection:
        found = await connection.exec_driver_sql(f"select external_id from lead_key where lead_id = '{lead_id}'")
        key: str = found.scalar_one()
        return key


async def test_the_figures_are_those_of_plain_counting(scene: Scene) -> None:
    """Counts, differences, quality, the curve, the threshold that meets a rate, and the load of teams and reps."""
    kept = await past.bring_about(scene)
    result, kinds = await simulated(scene)
    end = scene.time.now()
    new, old = ([past.judged(data, one, end) for one in kept] for data in (changed(), starter_document()))
    assert result["counts"] == past.counted(new, old)
    assert min(n for name, n in result["counts"].items() if not name.startswith("dueAtStart")) > 0
    expected = {one.key: past.kinds(n, o) for one, n, o in zip(kept, new, old, strict=True)}
    assert kinds == {key: found for key, found in expected.items() if found}
    assert any(one.accepted for one in kept)
    assert result["quality"]["accepted"] == {"after": past.quality(kept, new), "before": past.quality(kept, old)}
    curve = past.curve(kept, new, 25)
    assert result["curve"] == curve
    assert result["meeting"] == next(
        p["threshold"] for p in curve if p["precision"] and Decimal(p["precision"]) >= RATE
    )
    load = {(row["week"], row["team"], row["person"] is not None): row["handovers"] for row in result["load"]}
    assert load == past.weekly_load(changed(), new, {"inside-sales": 2, "field-sales": 2})
    assert len({week for week, _, _ in load}) > 1


async def test_postgres_gives_the_same_figures(
    scene: Scene, new_database_url: Callable[..., Awaitable[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judged and compared on a server, the past gives the very result of the embedded database."""
    await past.bring_about(scene)
    embedded = await simulated(scene)
    url = await new_database_url(migrated=False)
    monkeypatch.setattr(run, "backend_on", lambda _: PostgresWorkbench(url))
    assert await simulated(scene) == embedded
