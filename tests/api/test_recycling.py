"""Return and recycle as clients see it: reasons, missing data, what stands against an offer, the rounds of a lead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.api.house import World

LEAD = """query ($ref: LeadRef!) { lead(ref: $ref) {
  handover { round assignee assignments { because } }
  decision { validUntil handover { due blockedBy { code message rule } } }
  rounds { round offeredAt team assignee returnedAt reason destination dataAwaited comment handover { id }
    broughtBackBy { at field activity { type } } } } }"""
DELAYS = """query ($id: ID!) { node(id: $id) { ... on Handover { qualifiedAt offeredAt firstAssignedAt answeredAt
  contactedAt systemDelay { toOffer toAssign total } humanDelay { toAnswer toContact total } } } }"""


async def lead(world: World, key: str, language: str = "en") -> Any:
    """A lead as the admin sees it."""
    return (await world.admin.ask(LEAD, language, ref={"key": {"source": "crm", "externalId": key}}))["lead"]


async def told(world: World, key: str, **fields: Any) -> None:
    """The tool tells fields of a lead."""
    given = [{"externalId": key, "fields": fields}]
    await world.tool.done("upsertLeads", "results { status }", source="crm", leads=given)


async def test_a_return_says_at_once_what_it_takes_to_come_again(world: World) -> None:
    """COOLING_OFF with its end and NOTHING_NEW, with messages, and validUntil not beyond the end."""
    key, handover = await world.offered()
    await world.sales.done("returnHandover", "handover { state }", handover=handover, reason="no-need")
    end = world.time.at + timedelta(days=60)
    decision = (await lead(world, key))["decision"]
    assert decision["handover"]["due"] is False
    assert [b["code"] for b in decision["handover"]["blockedBy"]] == ["COOLING_OFF", "NOTHING_NEW"]
    assert decision["handover"]["blockedBy"][0]["message"] == (
        f"Returned; not offered again before {end.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"
    )
    assert datetime.fromisoformat(decision["validUntil"]) <= end


async def test_a_lead_returned_for_data_comes_back_by_itself(world: World) -> None:
    """Names the missing fields, says which are awaited, and comes back to whoever asked when they are there."""
    key, handover = await world.offered()
    given = {"handover": handover, "reason": "bad-data", "missing": ["phone"], "comment": "no number"}
    done = await world.sales.done("returnHandover", "handover { state dataAwaited }", **given)
    assert done["handover"] == {"state": "RETURNED", "dataAwaited": ["phone"]}
    (blocked,) = (await lead(world, key))["decision"]["handover"]["blockedBy"]
    assert (blocked["code"], blocked["rule"]) == ("DATA_AWAITED", "phone")
    assert blocked["message"].startswith("Returned for missing data; not yet known anew: ")
    german = (await lead(world, key, "de"))["decision"]["handover"]["blockedBy"]
    assert german[0]["message"].startswith("Wegen fehlender Angaben zurückgegeben")
    await world.pass_time(minutes=1)
    await told(world, key, phone="+49 30 1")
    found = await lead(world, key)
    assert found["handover"]["round"] == 2
    assert found["handover"]["assignments"] == [{"because": "ASKED_FOR_DATA"}]
    first, second = found["rounds"]
    assert (first["round"], first["reason"], first["destination"]) == (1, "bad-data", "DATA")
    assert (first["dataAwaited"], first["comment"]) == (["phone"], "no number")
    assert (first["handover"]["id"], first["broughtBackBy"]) == (handover, [])
    assert (second["round"], second["returnedAt"], second["destination"]) == (2, None, None)
    assert second["assignee"] == first["assignee"]
    assert [(n["field"], n["activity"]) for n in second["broughtBackBy"]] == [("phone", None)]


async def test_fields_that_nobody_knows_cannot_be_missing(world: World) -> None:
    """Unknown fields and reasons that wait for none are user errors with paths; nothing is returned."""
    _, handover = await world.offered()
    given = {"handover": handover, "reason": "bad-data"}
    done = await world.sales.do("returnHandover", "", **given, missing=["phone", "nothing"])
    assert done["errors"] == [{"code": "UNKNOWN_FIELD", "path": ["missing", "1"]}]
    done = await world.sales.do("returnHandover", "", handover=handover, reason="no-need", missing=["phone"])
    assert done["errors"] == [{"code": "VALUE_NOT_ALLOWED", "path": ["missing"]}]
    assert await world.marketing.forbidden("returnHandover", **given)
    await world.sales.done("returnHandover", "handover { state }", **given)


async def test_rounds_are_shown_to_those_who_see_the_handovers(world: World) -> None:
    """A team that never had the lead sees neither it nor its rounds."""
    key, handover = await world.offered()
    await world.sales.done("returnHandover", "handover { state }", handover=handover, reason="bad-data")
    query = "query ($ref: LeadRef!) { lead(ref: $ref) { rounds { round } } }"
    ref = {"key": {"source": "crm", "externalId": key}}
    assert (await world.sales.ask(query, ref=ref))["lead"]["rounds"] == [{"round": 1}]
    assert (await world.field.ask(query, ref=ref))["lead"] is None


async def test_the_delay_of_systems_and_that_of_people_are_told_apart(world: World) -> None:
    """Exact durations between stored instants; null while something has not happened."""
    key = await world.lead(due=False)
    asked = world.time.at
    await world.pass_time(minutes=2)
    result = await world.activity(key, "contact-form", occurredAt=asked.isoformat())
    handover = result["handover"]["id"]
    found = (await world.admin.ask(DELAYS, id=handover))["node"]
    assert found["systemDelay"] == {"toOffer": "PT2M", "toAssign": "PT0S", "total": "PT2M"}
    assert found["humanDelay"] == {"toAnswer": None, "toContact": None, "total": None}
    assert datetime.fromisoformat(found["qualifiedAt"]) == asked
    assert datetime.fromisoformat(found["offeredAt"]) == world.time.at == asked + timedelta(minutes=2)
    await world.pass_time(minutes=30)
    await world.sales.done("acceptHandover", "handover { state }", handover=handover)
    await world.pass_time(hours=1)
    await world.activity(key, "sales-call")
    found = (await world.admin.ask(DELAYS, id=handover))["node"]
    assert found["humanDelay"] == {"toAnswer": "PT30M", "toContact": "PT1H", "total": "PT1H30M"}
    assert found["systemDelay"]["total"] == "PT2M"
