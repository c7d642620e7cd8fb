"""The cheapest ways to become due over the API: told, gone, and then due [X.4]."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.api.house import MONDAY, World
from tests.api.test_queries import lead

WAYS = """handover { due trigger missing { kind path message }
  ways { trigger cost at missing { kind path message } } blockedBy { code } }"""


async def verdict(world: World, key: str, language: str = "en") -> Any:
    """What the stored decision on a lead says of its handover."""
    query = f"query ($ref: LeadRef!) {{ lead(ref: $ref) {{ decision {{ {WAYS} }} }} }}"
    ref = {"key": {"source": "crm", "externalId": key}}
    return (await world.tool.ask(query, language, ref=ref))["lead"]["decision"]["handover"]


async def test_a_way_is_told_gone_and_then_due(world: World) -> None:
    """Points first, a request for contact last; in both languages; whoever gains the points is handed over."""
    key = await world.lead(due=False)
    await world.activity(key, "whitepaper-download")
    found = await verdict(world, key)
    assert (found["due"], found["trigger"]) == (False, None)
    assert [(way["trigger"], way["missing"][0]["kind"]) for way in found["ways"]] == [
        ("hot", "POINTS"),
        ("contact-request", "CONDITION"),
    ]
    assert found["missing"] == found["ways"][0]["missing"]
    assert {datetime.fromisoformat(way["at"]) for way in found["ways"]} == {world.time.at}
    german = await verdict(world, key, "de")
    assert german["missing"][0]["message"].endswith("Interessenpunkte mehr")
    await world.activity(key, "contact-form")
    done = await verdict(world, key)
    assert (done["missing"], done["ways"]) == ([], [])


async def test_the_dry_run_tells_the_ways_too(world: World) -> None:
    """Of a lead that is not stored, alternatives of an unsigned draft included; none for who is screened out."""
    query = f"query ($lead: LeadInput!, $at: DateTime) {{ judge(lead: $lead, at: $at) {{ {WAYS} }} }}"
    fields = {"role": "Owner", "country": "DE"}
    account = {"key": "f", "fields": {"employees": 60, "industry": "machinery"}}
    given = {"externalId": "x", "fields": fields, "account": account}
    found = (await world.sales.ask(query, lead=given, at=MONDAY.isoformat()))["judge"]["handover"]
    assert {"FIELD", "POINTS"} == {item["kind"] for item in found["missing"]}
    assert [item["path"] for item in found["ways"][0]["missing"]][:1] == ["email"]
    student = {**given, "fields": {**fields, "role": "Student"}}
    screened = (await world.sales.ask(query, lead=student, at=MONDAY.isoformat()))["judge"]["handover"]
    assert (screened["ways"], screened["missing"], screened["blockedBy"]) == ([], [], [{"code": "EXCLUDED"}])


async def test_ways_of_many_leads_are_read_together(world: World) -> None:
    """A list of leads tells the ways of each."""
    keys = [await world.lead(due=False) for _ in range(3)]
    query = f"{{ leads(first: 10) {{ nodes {{ keys {{ externalId }} decision {{ {WAYS} }} }} }} }}"
    nodes = (await world.tool.ask(query))["leads"]["nodes"]
    found = {node["keys"][0]["externalId"]: node["decision"]["handover"]["ways"] for node in nodes}
    assert all(found[key][0]["missing"][0]["path"] == "interest.points" for key in keys)
    assert await lead(world.tool, keys[0], "id")
