"""Simulations over the API: asked for, followed, read, given up [X.3]."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.following import Server, serving
from tests.api.house import World
from tests.application.scene import starter_document

RESULT = """id state progress to version { number } against { number }
 result { counts { leads handovers handoversBefore dueAtStart dueAtStartBefore newlyDue noLongerDue changedGrade }
  meeting
  quality { outcome known good missed precision recall precisionBefore recallBefore }
  curve { threshold handovers precision recall }
  load { week team person handovers capacity over } answers { measured share expected } }
 differences(first: 5, kind: NO_LONGER_DUE) { totalCount nodes { kind at before after reasons summary lead { id } } }"""
PROGRESS = "subscription ($id: ID!) { simulationProgress(id: $id) { id state progress } }"


@pytest.fixture(scope="module")
async def server(world: World) -> AsyncIterator[Server]:
    """A server of its own on the database of the world."""
    async with serving(world.application.database.url) as server:
        yield server


async def followed(world: World, server: Server, simulation: str) -> list[dict[str, Any]]:
    """What is told of a simulation until it ends."""
    told = []
    async with server.signed_in(world.marketing.secret) as follower:
        await follower.subscribe(PROGRESS, variables={"id": simulation})
        while (message := await follower.receive())["type"] == "next":
            told.append(message["payload"]["data"]["simulationProgress"])
    return told


async def test_a_draft_is_simulated_followed_and_read(world: World, server: Server) -> None:
    """Progress arrives until the simulation is done; then its result and its differences can be read."""
    await world.offered()
    never = {"key": "never", "label": "Never", "priority": 1, "when": {"any": []}}
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version = draft["version"]["id"]
    await world.marketing.done(
        "updateDraft",
        "version { id }",
        version=version,
        expectedRevision=1,
        sections={"handover": starter_document()["handover"] | {"triggers": [never]}},
    )
    given: dict[str, Any] = {"version": version, "from": "2026-01-01T00:00:00Z", "acceptanceRate": "0.5"}
    begun = await world.marketing.done("simulate", "simulation { id state }", **given)
    assert begun["simulation"]["state"] == "RUNNING"
    wanted = begun["simulation"]["id"]
    assert (await followed(world, server, wanted))[-1]["state"] == "DONE"
    query = f"query ($id: ID!) {{ simulation(id: $id) {{ {RESULT} }} }}"
    found = (await world.marketing.ask(query, id=wanted))["simulation"]
    assert found["result"]["counts"]["handovers"] == 0
    lost = found["differences"]
    assert lost["totalCount"] == found["result"]["counts"]["noLongerDue"] >= 1
    assert {"code": "NO_TRIGGER", "by": "after"} in lost["nodes"][0]["reasons"]
    assert lost["nodes"][0]["lead"]["id"]
    rule = lost["nodes"][0]["reasons"][0]
    assert (rule["code"], rule["path"]) == ("RULE", "handover.triggers[contact-request]")
    assert lost["nodes"][0]["summary"] == f"No longer handed over: {rule['message']}."


async def test_what_cannot_be_simulated_is_told_as_data(world: World) -> None:
    """An unknown version, a period to come, a simulation that has ended; and a tool may not ask at all."""
    given, later = {"version": "none", "from": "2026-01-01T00:00:00Z"}, {"from": "2126-01-01T00:00:00Z"}
    assert await world.marketing.refused("simulate", **given) == ["NOT_FOUND"]
    assert await world.marketing.refused("simulate", **given | later) == ["VALUE_NOT_ALLOWED"]
    assert await world.marketing.refused("cancelSimulation", simulation="none") == ["NOT_FOUND"]
    assert await world.tool.forbidden("simulate", **given)
