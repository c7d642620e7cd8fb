"""Previewing and moving open work over GraphQL when a version comes into force [X.2]."""

from __future__ import annotations

from typing import Any

from tests.api.house import World

NUMBERS = "handovers leads clocksShorter clocksLonger clocksUnchanged dueAtOnce opened cancelled"
ITEMS = "items(first: 5) { kind change team assignee dueBefore dueAfter handover { id } lead { id } }"
PREVIEW = f"version {{ id state }} preview {{ {NUMBERS} complete {ITEMS} }}"
HANDOVER = "query ($id: ID!) { node(id: $id) { ... on Handover { answerDueAt slaVersion { id } } } }"
MOVEMENT = f"""query ($id: ID!) {{ slaVersion(id: $id) {{
  movesOpenWork movement {{ startedAt finishedAt stopped {NUMBERS} }} }} }}"""


async def approved(world: World, duration: str) -> str:
    """A version signed by both parties that wants an answer within so long."""
    draft = await world.marketing.done("createDraft", "version { id documentJson }", agreement="main")
    version, handover = draft["version"]["id"], draft["version"]["documentJson"]["handover"]
    handover["answerWithin"] = {"duration": duration, "clock": "ELAPSED"}
    given = {"version": version, "expectedRevision": 1, "sections": {"handover": handover}}
    await world.marketing.done("updateDraft", "version { revision }", **given)
    await world.marketing.done("submitVersion", "version { state }", version=version, expectedRevision=2)
    for signer, party in ((world.marketing, "MARKETING"), (world.sales, "SALES")):
        await signer.done("signVersion", "version { state }", version=version, party=party, approve=True)
    return str(version)


async def node(world: World, handover: str) -> Any:
    """The handover as it is now."""
    return (await world.admin.ask(HANDOVER, id=handover))["node"]


async def test_a_preview_tells_and_changes_nothing_then_moving_does_it(world: World) -> None:
    """How many clocks get shorter and which; afterwards the progress stands at the version."""
    _, handover = await world.offered()
    before = await node(world, handover)
    version = await approved(world, "PT1H")
    told = await world.management.done("activateVersion", PREVIEW, version=version, previewOnly=True)
    assert told["version"]["state"] == "APPROVED"
    preview = told["preview"]
    assert (preview["clocksShorter"], preview["dueAtOnce"], preview["complete"]) == (preview["handovers"], 0, True)
    mine = next(item for item in preview["items"] if item["handover"]["id"] == handover)
    assert (mine["kind"], mine["change"], mine["dueBefore"]) == ("answer", "SHORTER", before["answerDueAt"])
    assert await node(world, handover) == before
    moved = await world.admin.done("activateVersion", PREVIEW, version=version, moveOpenWork=True)
    assert (moved["version"]["state"], moved["preview"]) == ("ACTIVE", None)
    await world.pass_time(seconds=1)
    after = await node(world, handover)
    assert after == {"answerDueAt": mine["dueAfter"], "slaVersion": {"id": version}}
    found = (await world.admin.ask(MOVEMENT, id=version))["slaVersion"]
    numbers = NUMBERS.split()
    assert [found["movement"][name] for name in numbers] == [preview[name] for name in numbers]
    assert (found["movesOpenWork"], found["movement"]["stopped"]) == (True, False)
    assert found["movement"]["finishedAt"] is not None
    await world.settle()
    query = 'query { events(types: ["version.moved", "handover.moved"], first: 100) { nodes { type payload } } }'
    events = (await world.admin.ask(query))["events"]["nodes"]
    assert [e["payload"]["handovers"] for e in events if e["type"] == "version.moved"] == [preview["handovers"]]
    assert len([e for e in events if e["type"] == "handover.moved"]) == preview["handovers"]


async def test_without_the_wish_nothing_moves(world: World) -> None:
    """The handover stays under the version of its offer, and the new one has no movement."""
    _, handover = await world.offered()
    before = await node(world, handover)
    version = await approved(world, "PT2H")
    await world.management.done("activateVersion", "version { state }", version=version)
    await world.pass_time(seconds=1)
    assert await node(world, handover) == before
    found = (await world.admin.ask(MOVEMENT, id=version))["slaVersion"]
    assert found == {"movesOpenWork": False, "movement": None}


async def test_only_who_activates_previews(world: World) -> None:
    """Management and admin; of what is not approved or not there nothing is previewed."""
    version = await approved(world, "PT3H")
    for caller in (world.marketing, world.sales, world.tool):
        assert await caller.forbidden("activateVersion", version=version, previewOnly=True)
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    refused = await world.management.refused("activateVersion", version=draft["version"]["id"], previewOnly=True)
    assert refused == ["WRONG_STATE"]
    unknown = draft["version"]["id"][:-8] + "AAAAAAA="
    assert await world.management.refused("activateVersion", version=unknown, previewOnly=True) == ["NOT_FOUND"]
