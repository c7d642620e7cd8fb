"""Mutations of what is owed: met and waived by people, clocks paused and resumed, returns answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, World

OWED = """query ($kind: [String!], $subject: ID) { obligations(filter: {kind: $kind, subject: $subject}) {
  nodes { id kind party state dueAt metAt paused pausedUntil lateBy lateByBusiness breachedAt evidence closedBy
    closingReason subject { id } } } }"""
BREACHES = "query ($kind: [String!]) { breaches(filter: {kind: $kind}) { nodes { state party kind metInTime } } }"


async def _owed(world: World, kind: str, subject: str | None = None) -> Any:
    found = (await world.admin.ask(OWED, kind=[kind], subject=subject))["obligations"]["nodes"]
    return found[0]


async def _accepted(world: World) -> tuple[str, str]:
    key, handover = await world.offered()
    world.time.at += timedelta(seconds=1)
    await world.sales.done("acceptHandover", "handover { id }", handover=handover)
    return key, handover


async def test_a_person_of_the_owing_party_meets_an_obligation(world: World) -> None:
    """Evidence and moment are kept; the other party and tools are FORBIDDEN, other teams find nothing."""
    _, handover = await _accepted(world)
    owed = (await _owed(world, "first-contact", handover))["id"]
    assert await world.marketing.forbidden("meetObligation", obligation=owed)
    assert await world.tool.forbidden("meetObligation", obligation=owed)
    for id in (owed, "nonsense", global_id("Obligation", new_id(now=MONDAY))):
        assert await world.field.refused("meetObligation", obligation=id) == ["NOT_FOUND"]
    ahead = (world.time.at + timedelta(hours=1)).isoformat()
    assert await world.sales.refused("meetObligation", obligation=owed, at=ahead) == ["IN_FUTURE"]
    at = world.time.at.isoformat()
    given = {"obligation": owed, "evidence": "met at the fair", "at": at}
    selection = "obligation { state evidence closedBy lateBy metAt }"
    done = (await world.sales.done("meetObligation", selection, **given))["obligation"]
    assert done.pop("metAt").startswith(at[:19])
    assert done == {"state": "MET", "evidence": "met at the fair", "closedBy": "jonas.keller", "lateBy": None}
    assert await world.admin.refused("meetObligation", obligation=owed) == ["WRONG_STATE"]


async def test_only_the_party_that_is_owed_or_management_waives(world: World) -> None:
    """A waived miss is told as WAIVED with its reason, and its breach is resolved."""
    _, handover = await world.offered()
    await world.pass_time(hours=5)
    owed = (await _owed(world, "answer", handover))["id"]
    for stranger in (world.sales, world.admin, world.tool):
        assert await stranger.forbidden("waiveObligation", obligation=owed, reason="x")
    assert await world.marketing.refused("waiveObligation", obligation=owed, reason=" ") == ["VALUE_NOT_ALLOWED"]
    selection = "obligation { state closingReason closedBy breachedAt }"
    done = await world.marketing.done("waiveObligation", selection, obligation=owed, reason="fair week")
    assert done["obligation"].pop("breachedAt") is not None
    assert done["obligation"] == {"state": "WAIVED", "closingReason": "fair week", "closedBy": "anna.berg"}
    assert await world.management.refused("waiveObligation", obligation=owed, reason="x") == ["WRONG_STATE"]
    breaches = (await world.admin.ask(BREACHES, kind=["answer"]))["breaches"]["nodes"]
    assert {b["state"] for b in breaches if b["party"] == "SALES"} == {"RESOLVED"}


async def test_sales_forgives_what_marketing_owes_about_its_handover(world: World) -> None:
    """The answer to a return is owed by MARKETING to sales."""
    _, handover = await world.offered()
    await world.sales.done("returnHandover", "handover { id }", handover=handover, reason="no-need")
    owed = await _owed(world, "return-answer", handover)
    assert owed["party"] == "MARKETING"
    assert await world.marketing.forbidden("waiveObligation", obligation=owed["id"], reason="x")
    done = await world.sales.done("waiveObligation", "obligation { state }", obligation=owed["id"], reason="clear")
    assert done["obligation"]["state"] == "WAIVED"


async def test_a_pause_moves_what_is_due_until_it_ends_or_is_ended(world: World) -> None:
    """The due instant moves by the opening hours paused; resuming gives back the rest."""
    _, handover = await world.offered()
    before = (await _owed(world, "answer", handover))["dueAt"]
    until = (world.time.at + timedelta(hours=2)).isoformat()
    given = {"handover": handover, "until": until, "reason": "asked to be called later"}
    assert await world.marketing.forbidden("pauseClock", **given)
    assert await world.field.refused("pauseClock", **given) == ["NOT_FOUND"]
    past = {**given, "until": world.time.at.isoformat()}
    assert await world.sales.refused("pauseClock", **past) == ["VALUE_NOT_ALLOWED"]
    selection = "handover { answerDueAt pauses { from until reason person } obligations { paused dueAt } }"
    done = (await world.sales.done("pauseClock", selection, **given))["handover"]
    assert (done["obligations"][0]["paused"], done["pauses"][0]["person"]) == (True, "jonas.keller")
    assert done["answerDueAt"] == done["obligations"][0]["dueAt"] > before
    world.time.at += timedelta(hours=1)
    assert await world.field.refused("resumeClock", handover=handover) == ["NOT_FOUND"]
    done = (await world.sales.done("resumeClock", selection, handover=handover))["handover"]
    assert (done["obligations"][0]["paused"], done["answerDueAt"] > before) == (False, True)
    assert await world.sales.refused("resumeClock", handover=handover) == ["WRONG_STATE"]
    await world.settle()
    query = '{ events(types: ["handover.paused", "handover.resumed"]) { nodes { type payload } } }'
    told = (await world.admin.ask(query))["events"]["nodes"]
    assert [e["type"] for e in told][-2:] == ["handover.paused", "handover.resumed"]


async def test_a_pause_that_runs_out_is_told(world: World) -> None:
    """The clocks go on by themselves, which followers of events learn at the moment it happens."""
    _, handover = await world.offered()
    until = world.time.at + timedelta(hours=2)
    given = {"handover": handover, "until": until.isoformat(), "reason": "asked to be called later"}
    await world.sales.done("pauseClock", "handover { id }", **given)
    await world.pass_time(hours=3)
    await world.settle()
    query = '{ events(types: ["handover.resumed"]) { nodes { at subject { id } person payload } } }'
    events = (await world.admin.ask(query))["events"]["nodes"]
    [told] = [event for event in events if event["subject"]["id"] == handover]
    assert (datetime.fromisoformat(told["at"]), told["payload"]["because"]) == (until, "ran-out")


async def test_marketing_answers_a_return_once(world: World) -> None:
    """Meets what marketing owes; sales may not, an open handover cannot be answered so."""
    _, handover = await world.offered()
    given = {"handover": handover, "comment": "goes into the track for buyers"}
    assert await world.marketing.refused("answerReturn", **given) == ["WRONG_STATE"]
    await world.sales.done("returnHandover", "handover { id }", handover=handover, reason="no-need")
    assert await world.sales.forbidden("answerReturn", **given)
    assert await world.marketing.refused("answerReturn", handover=handover, comment="") == ["VALUE_NOT_ALLOWED"]
    unknown = global_id("Handover", new_id(now=MONDAY))
    assert await world.marketing.refused("answerReturn", handover=unknown, comment="x") == ["NOT_FOUND"]
    selection = "handover { returnAnswer returnAnsweredAt obligations { kind state } }"
    done = (await world.marketing.done("answerReturn", selection, **given))["handover"]
    assert (done["returnAnswer"], done["returnAnsweredAt"] is None) == (given["comment"], False)
    assert {"kind": "return-answer", "state": "MET"} in done["obligations"]
    assert (await world.marketing.done("answerReturn", selection, **given))["handover"] == done
    assert await world.marketing.refused("answerReturn", handover=handover, comment="no") == ["WRONG_STATE"]


async def test_a_late_promise_is_told_in_both_times(world: World) -> None:
    """Says by how much it was missed, in all hours and in opening hours, the paused ones not counted."""
    world.time.at = MONDAY + timedelta(weeks=(world.time.at - MONDAY) // timedelta(weeks=1) + 1)
    _, handover = await world.offered()
    until = (world.time.at + timedelta(hours=1)).isoformat()
    await world.sales.done("pauseClock", "handover { id }", handover=handover, until=until, reason="x")
    await world.pass_time(days=1, hours=1)
    owed = await _owed(world, "answer", handover)
    assert (owed["state"], owed["lateBy"], owed["lateByBusiness"]) == ("BREACHED", "PT20H", "PT4H")
