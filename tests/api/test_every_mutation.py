"""Whatever people and tools do: what is owed ends by its own operation only, and the decision shown is the present one.

Every mutation of the schema is called on leads at every turn of their way [S3.3, X.4].
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from api.build import build_schema
from tests.api.every_mutation import CALLS, Call, Ground, set_ground
from tests.api.house import World, open_world

STEP = timedelta(minutes=1)
DIGESTS = """query ($now: DateTime!) { leads(first: 100) { nodes {
  stage decision { digest handover { due blockedBy { code } } }
  decisionAt(at: $now) { digest handover { due blockedBy { code } } } } } }"""


@pytest.fixture(scope="module")
async def ground(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[Ground]:
    """A house in which something of every kind is owed."""
    async with open_world(await new_database_url()) as world:
        yield await set_ground(world)


def test_every_mutation_of_the_schema_is_called() -> None:
    """Whoever adds one says here what it may end."""
    mutation = build_schema()._schema.mutation_type
    assert mutation is not None
    assert {call.mutation for call in CALLS} == set(mutation.fields)


async def test_nothing_ends_but_by_its_operation_and_no_decision_is_stale(ground: Ground) -> None:
    """After every call: all that it does not settle is still owed, and each lead's decision is that of this moment."""
    world = ground.world
    await _prepare(ground)
    left = await ground.still_owed()
    for call in CALLS:
        for given in call.inputs(ground):
            payload = await _call(world, call, given)
            if call.mutation == "createDraft":
                ground.made["draft"] = payload["version"]["id"]
        if call.mutation in {"activateVersion", "rollback"}:
            await world.pass_time(seconds=1)
        still = await ground.still_owed()
        ended = {kind for id_, kind in left.items() if id_ not in still}
        assert ended <= call.ends, (call.mutation, call.caller, ended)
        left = {id_: kind for id_, kind in left.items() if id_ in still}
        await _no_stale_decision(ground, call)
        world.time.at += STEP
    assert left == {}


async def _prepare(ground: Ground) -> None:
    """What some calls need: a breach, a version to go back to, a cursor."""
    world = ground.world
    for name in ("offered", "accepted"):
        await world.activity(ground.leads[name], "newsletter" if name == "accepted" else "sales-email")
    found = await world.admin.ask(
        "{ breaches { nodes { id } } events(first: 1) { nodes { cursor } }"
        ' agreement(key: "main") { versions { nodes { id number } } } }'
    )
    ground.made["breaches"] = [node["id"] for node in found["breaches"]["nodes"]]
    assert ground.made["breaches"]
    ground.made["cursor"] = found["events"]["nodes"][0]["cursor"]
    ground.made["before"] = max(found["agreement"]["versions"]["nodes"], key=lambda v: v["number"])["id"]


async def _call(world: World, call: Call, given: dict[str, Any]) -> Any:
    selection = {"createDraft": "version { id }"}.get(call.mutation, "")
    return await world.callers[call.caller].do(call.mutation, selection, **given)


async def _no_stale_decision(ground: Ground, call: Call) -> None:
    found = await ground.world.admin.ask(DIGESTS, now=ground.world.time.at.isoformat())
    assert len(found["leads"]["nodes"]) == len(ground.leads)
    for lead in found["leads"]["nodes"]:
        assert lead["decision"] == lead["decisionAt"], (call.mutation, lead["stage"])
