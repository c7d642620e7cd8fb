"""Whatever people and tools do: what is owed ends by its own operation only, and the decision shown is the present one.

Every mutation of the schema is called on leads at every turn of their way [S3.3, X.4].
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.build import build_schema
from tests.api.every_mutation import CALLS, Call, Ground, set_ground
from tests.api.house import World, open_world, ref

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


# moments


def _moments(kind: Any, path: str) -> Iterator[str]:
    """The places of all moments in an input."""
    named = get_named_type(kind)
    if named.name == "DateTime":
        yield path
    elif isinstance(named, GraphQLInputObjectType):
        for name, inner in named.fields.items():
            yield from _moments(inner.type, f"{path}.{name}")


def test_every_moment_of_the_schema_has_its_bounds() -> None:
    """Whoever adds a moment to a mutation says here when it may lie."""
    mutation = build_schema()._schema.mutation_type
    assert mutation is not None
    found = {at for name, one in mutation.fields.items() for at in _moments(one.args["input"].type, name)}
    assert found == BOUNDS.keys()


EARLIEST = "1900-01-01T00:00:00Z"
NO, AHEAD, FREE = "VALUE_NOT_ALLOWED", "IN_FUTURE", ""
BOUNDS: dict[str, tuple[str, tuple[str, str, str, str]]] = {
    # what a moment answers in 1900, just before its bound, six minutes ahead of now, and at its bound
    "meetObligation.at": ("opened", (NO, NO, AHEAD, FREE)),
    "moveLead.at": ("stage", (NO, NO, AHEAD, FREE)),
    "recordMeeting.at": ("meeting", (NO, NO, AHEAD, FREE)),
    "activateVersion.at": ("written", (NO, NO, FREE, FREE)),
    "pauseClock.until": ("now", (NO, NO, FREE, NO)),
    "createApiKey.expiresAt": ("now", (NO, NO, FREE, NO)),
    # what happened outside may be older than all that is known of it here
    "recordActivities.activities.occurredAt": ("lead", (FREE, FREE, AHEAD, FREE)),
    "recordConsent.at": ("lead", (FREE, FREE, AHEAD, FREE)),
    "recordConsent.expiresAt": ("now", (NO, NO, FREE, NO)),
    "upsertLeads.leads.createdAt": ("lead", (FREE, FREE, AHEAD, FREE)),
    "upsertLeads.leads.observedAt": ("lead", (FREE, FREE, AHEAD, FREE)),
    "setAbsence.from": ("now", (FREE, FREE, FREE, FREE)),
    "setAbsence.until": ("lead", (NO, FREE, FREE, FREE)),
    "simulate.from": ("lead", ("NOT_FOUND", "NOT_FOUND", NO, "NOT_FOUND")),
    "simulate.to": ("lead", (NO, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND")),
}


async def test_acts_are_dated_within_the_life_of_what_they_are_about(ground: Ground) -> None:
    """Not before it was owed, at its stage or written; not ahead of now where it is said that it happened."""
    world = ground.world
    key, handover = await world.offered()
    await world.admin.done("acceptHandover", "handover { id }", handover=handover)
    draft = (await world.marketing.done("createDraft", "version { id }", agreement="main"))["version"]["id"]
    await world.marketing.done("submitVersion", "version { id }", version=draft, expectedRevision=1)
    for caller, party in ((world.marketing, "MARKETING"), (world.sales, "SALES")):
        await caller.done("signVersion", "version { id }", version=draft, party=party, approve=True)
    known = await _bounds(world, key, draft)
    world.time.at += timedelta(minutes=10)
    for place, (bound, codes) in BOUNDS.items():
        at = world.time.at if bound == "now" else known[bound]
        ahead = world.time.at + timedelta(minutes=6)
        moments = [EARLIEST, *(x.isoformat() for x in (at - timedelta(seconds=1), ahead, at))]
        came = [(await _dated(world, place, moment, key, handover, draft, known)) for moment in moments]
        assert tuple(came) == codes, place


async def _bounds(world: World, key: str, draft: str) -> dict[str, Any]:
    query = """query ($lead: LeadRef!, $version: ID!) {
      lead(ref: $lead) { stageSince handover { obligations { id kind openedAt } } }
      slaVersion(id: $version) { createdAt }
      obligations(filter: {kind: ["meeting"], state: [OPEN, BREACHED]}) { nodes { id openedAt } } }"""
    found = await world.admin.ask(query, lead=ref(key), version=draft)
    owed = next(o for o in found["lead"]["handover"]["obligations"] if o["kind"] == "first-contact")
    meeting = found["obligations"]["nodes"][0]
    moments = {
        "opened": owed["openedAt"],
        "stage": found["lead"]["stageSince"],
        "lead": found["lead"]["stageSince"],
        "written": found["slaVersion"]["createdAt"],
        "meeting": meeting["openedAt"],
    }
    read = {name: datetime.fromisoformat(at) for name, at in moments.items()}
    return read | {"obligation": owed["id"], "weekly": meeting["id"]}


async def _dated(world: World, place: str, at: str, key: str, handover: str, draft: str, known: dict[str, Any]) -> str:
    """The code with which a mutation answers a moment at a place of its input; nothing where it takes it."""
    mutation, *_, name = place.split(".")
    activity = {"key": at, "lead": key, "type": "newsletter-click", "occurredAt": at}
    given: dict[str, dict[str, Any]] = {
        "meetObligation": {"obligation": known["obligation"]},
        "moveLead": {"lead": ref(key), "stage": "sql"},
        "recordMeeting": {"obligation": known["weekly"]},
        "activateVersion": {"version": draft},
        "pauseClock": {"handover": handover, "reason": "x"},
        "createApiKey": {"name": "k", "role": "SALES"},
        "recordActivities": {"source": "crm", "activities": [activity]},
        "recordConsent": {"lead": ref(key), "purpose": "calls", "channel": "phone", "granted": True},
        "upsertLeads": {"source": "crm", "leads": [{"externalId": f"{name} {at}", "fields": {}, name: at}]},
        "setAbsence": {"person": "mia.brandt", "from": EARLIEST, "until": "2027-01-01T00:00:00Z"},
        "simulate": {"version": "none", "from": EARLIEST},
    }
    selection = "results { errors { code } }" if "." in place.split(".", 1)[1] else ""
    own = {} if selection else {name: at}
    payload = await world.admin.do(mutation, selection, **given[mutation] | own)
    errors = [*payload["errors"], *(e for result in payload.get("results", ()) for e in result["errors"])]
    return errors[0]["code"] if errors else ""
