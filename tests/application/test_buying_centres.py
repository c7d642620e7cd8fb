"""The leads of an account judge together: what one reaches may hand over another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from application.agreements.deciding_versions import activate_version
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingLead, ItemResult
from tests.application.scene import Scene, starter_document


async def _in_force(scene: Scene, condition: dict[str, Any]) -> None:
    handover = starter_document()["handover"]
    trigger = {"key": "centre", "label": "Buying centre", "priority": 90, "when": condition}
    sections = {"handover": handover | {"triggers": [trigger], "required": []}}
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def _send(scene: Scene, *keys: str, company: str = "acme", **fields: Any) -> list[ItemResult]:
    known = {"email": "x@example.org", "country": "DE", "role": "Owner"} | fields
    items = [IncomingLead(key, dict(known), IncomingAccount(company)) for key in keys]
    return (await upsert_leads(scene.application, scene.integration, source=scene.source, items=items)).results


async def _offered(scene: Scene) -> int:
    scene.time.pass_by(seconds=1)
    await scene.tick()
    return len(await scene.handovers())


async def test_the_third_lead_of_a_company_hands_over_all_three(scene: Scene) -> None:
    """Marks the others for the clock when one comes."""
    await _in_force(scene, {"field": "buyingCentre.size", "op": "gte", "value": 3})
    await _send(scene, "a", "b")
    await _send(scene, "other", company="else")
    assert await _offered(scene) == 0
    await _send(scene, "c")
    assert await _offered(scene) == 3


async def test_three_leads_that_come_together_are_three(scene: Scene) -> None:
    """Sees leads of the same batch."""
    await _in_force(scene, {"field": "buyingCentre.size", "op": "gte", "value": 3})
    await _send(scene, "a", "b", "c")
    assert await _offered(scene) == 3


async def test_a_better_grade_of_one_lead_hands_over_the_other(scene: Scene) -> None:
    """The best fit is that of the others; one's own does not count."""
    await _in_force(scene, {"field": "buyingCentre.bestFit", "op": "in", "value": ["A", "B", "C"]})
    await _send(scene, "a", "b", role="Assistant", country="US")
    assert await _offered(scene) == 0
    await _send(scene, "a", role="Owner", country="DE")
    [handover] = await scene.handovers() if await _offered(scene) else []
    first = (await _send(scene, "b", role="Assistant", country="US"))[0]
    assert handover.lead_id == first.lead_id


@pytest.mark.parametrize("rounds", range(3))
async def test_leads_that_race_for_a_company_all_see_each_other(scene: Scene, rounds: int) -> None:
    """Whoever comes last is seen by the others, whatever the order."""
    await _in_force(scene, {"field": "buyingCentre.size", "op": "gte", "value": 6})
    await asyncio.gather(*(_send(scene, f"lead{rounds}-{n}") for n in range(6)))
    assert await _offered(scene) == 6
