"""Several agreements at once: which one governs a lead, and how a lead passes from one to another [B7]."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.api.house import World, in_force, numbers
from tests.api.test_queries import by_key, lead
from tests.api.test_versions_depth import active

STATE = """agreement { key } stage decision { slaVersion { agreement { key } } } handover { id }
  history(first: 100) { nodes { type payload } }"""
RETURN = "handover { state }"


async def another(world: World, priority: int = 5) -> str:
    """Another agreement in force, for the leads of a country that goes by the same name."""
    name = f"country-{next(numbers)}"
    document: dict[str, Any] = dict((await active(world))["documentJson"])
    scope = {"field": "country", "op": "eq", "value": name}
    made = await world.marketing.done(
        "createAgreement",
        "version { id }",
        key=name,
        title=name,
        document=document | {"scope": scope, "priority": priority},
    )
    await in_force(world, made["version"]["id"])
    return name


async def known(world: World, key: str) -> tuple[str | None, list[dict[str, Any]], dict[str, Any]]:
    """The agreement of a lead, its passings from one to another, and all that is shown."""
    await world.settle()
    found = await lead(world.admin, key, STATE)
    passed = [event["payload"] for event in found["history"]["nodes"] if event["type"] == "lead.agreement"]
    return found["agreement"] and found["agreement"]["key"], passed, found


async def move(world: World, key: str, country: str | None) -> None:
    """A lead turns out to be in a country."""
    done = await world.tool.done(
        "upsertLeads", "results { status }", source="crm", leads=[{"externalId": key, "fields": {"country": country}}]
    )
    assert done["results"][0]["status"] in {"UPDATED", "UNCHANGED"}


async def test_the_highest_priority_governs(world: World) -> None:
    """Of the agreements whose scope holds; the lead is judged by its version, and its first agreement is no event."""
    east = await another(world)
    there, here = await world.lead(due=False, country=east), await world.lead(due=False)
    for key, expected in ((there, east), (here, "main")):
        own, passed, found = await known(world, key)
        assert (own, passed) == (expected, [])
        assert found["decision"]["slaVersion"]["agreement"]["key"] == expected


async def test_a_lead_that_changes_segment_changes_agreement_with_an_event(world: World) -> None:
    """There and back, each time visible in its history and in the stream of events."""
    east = await another(world)
    key = await world.lead(due=False)
    await move(world, key, east)
    own, passed, found = await known(world, key)
    assert (own, passed) == (east, [{"before": "main", "agreement": east}])
    assert found["decision"]["slaVersion"]["agreement"]["key"] == east
    await move(world, key, None)
    own, passed, _ = await known(world, key)
    assert (own, passed[1]) == ("main", {"before": east, "agreement": "main"})
    query = '{ events(types: ["lead.agreement"], first: 100) { nodes { payload } } }'
    nodes = (await world.admin.ask(query))["events"]["nodes"]
    assert [node["payload"] for node in nodes if east in node["payload"].values()] == passed


async def test_an_open_handover_keeps_the_lead_with_its_agreement(world: World) -> None:
    """What was promised stays promised; when sales returns the lead it passes to the other agreement at once."""
    east = await another(world)
    key, handover = await world.offered()
    await world.pass_time(minutes=1)
    await move(world, key, east)
    own, passed, _ = await known(world, key)
    assert (own, passed) == ("main", [])
    await world.pass_time(minutes=1)
    await world.sales.done("returnHandover", RETURN, handover=handover, reason="no-need")
    own, passed, found = await known(world, key)
    assert (own, passed) == (east, [{"before": "main", "agreement": east}])
    assert found["decision"]["slaVersion"]["agreement"]["key"] == east


async def test_a_won_lead_passes_on_too(world: World) -> None:
    """The end of a handover is the end of what held the lead."""
    east = await another(world)
    key, handover = await world.offered()
    await world.sales.done("acceptHandover", RETURN, handover=handover)
    await move(world, key, east)
    for stage in ("sql", "opportunity", "customer"):
        assert (await known(world, key))[0] == "main"
        await world.pass_time(minutes=1)
        await world.sales.done("moveLead", "lead { stage }", lead=by_key(key), stage=stage)
    own, passed, found = await known(world, key)
    assert (own, found["stage"], len(passed)) == (east, "customer", 1)


async def test_racing_changes_leave_a_whole_chain_of_events(world: World) -> None:
    """Whatever order changes and answers take, each passing begins where the one before it ended."""
    east = await another(world)
    key, handover = await world.offered()
    steps = [move(world, key, (east, "DE")[number % 2]) for number in range(8)]
    answer = world.sales.done("returnHandover", RETURN, handover=handover, reason="no-need")
    calls = [
        world.tool.done(
            "recordActivities",
            "results { status }",
            source="crm",
            activities=[
                {
                    "key": f"race-{next(numbers)}",
                    "lead": key,
                    "type": "webinar-attended",
                    "occurredAt": world.time.at.isoformat(),
                }
            ],
        )
        for _ in range(4)
    ]
    await asyncio.gather(*steps, answer, *calls)
    own, passed, _ = await known(world, key)
    fields = (await lead(world.admin, key, "fields"))["fields"]
    assert own == {east: east, "DE": "main"}[fields["country"]]
    chain = ["main", *(event["agreement"] for event in passed)]
    assert [event["before"] for event in passed] == chain[:-1]
    assert chain[-1] == own


async def test_a_lead_that_no_agreement_governs_says_so(world: World) -> None:
    """It is kept without agreement, at stage PROSPECT, and comes back when a scope holds again.

    This one comes last: it narrows the agreement that all the others work with.
    """
    document = (await active(world))["documentJson"]
    made = await world.marketing.done("createDraft", "version { id }", agreement="main")
    scope = {"field": "country", "op": "eq", "value": "DE"}
    version = made["version"]["id"]
    await world.marketing.done(
        "updateDraft", "version { id }", version=version, expectedRevision=1, document=document | {"scope": scope}
    )
    key = await world.lead(due=False)
    await in_force(world, version, revision=2)
    await world.pass_time(minutes=1)
    await move(world, key, "FR")
    own, passed, found = await known(world, key)
    assert (own, found["stage"], passed) == (None, "PROSPECT", [{"before": "main", "agreement": None}])
    await move(world, key, "DE")
    own, passed, _ = await known(world, key)
    assert (own, passed[1]) == ("main", {"before": None, "agreement": "main"})
