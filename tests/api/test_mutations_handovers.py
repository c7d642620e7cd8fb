"""Mutations of handovers and breaches: each once, and each of their refusals once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, World

HANDOVER = """handover { state team assignee returnReason comment answeredAt closedAt lead { stage contactOwner }
  obligations { kind state } assignments { assignee until because } }"""


async def test_sales_accepts_a_handover(world: World) -> None:
    """Accepting moves the lead on, meets the answer and opens the first contact; once only."""
    _, handover = await world.offered()
    world.time.at += timedelta(seconds=1)
    done = (await world.sales.done("acceptHandover", HANDOVER, handover=handover, comment="mine"))["handover"]
    assert (done["state"], done["comment"], done["closedAt"]) == ("ACCEPTED", "mine", None)
    assert done["lead"] == {"stage": "sal", "contactOwner": "SALES"}
    assert [(o["kind"], o["state"]) for o in done["obligations"]] == [
        ("answer", "MET"),
        ("first-contact", "OPEN"),
        ("attempts", "OPEN"),
        ("outcome-update", "OPEN"),
    ]
    assert await world.leader.refused("acceptHandover", handover=handover) == ["WRONG_STATE"]


async def test_two_mutations_in_one_document_show_what_each_has_done(world: World) -> None:
    """Of two mutations in one document each shows the handover as it is after it."""
    _, handover = await world.offered()
    query = """mutation ($accept: AcceptHandoverInput!, $return: ReturnHandoverInput!) {
      first: acceptHandover(input: $accept) { handover { state lead { stage } } }
      second: returnHandover(input: $return) { handover { state lead { stage } } } }"""
    given: dict[str, Any] = {"accept": {"handover": handover}, "return": {"handover": handover, "reason": "no-need"}}
    assert await world.sales.ask(query, **given) == {
        "first": {"handover": {"state": "ACCEPTED", "lead": {"stage": "sal"}}},
        "second": {"handover": {"state": "RETURNED", "lead": {"stage": "recycled"}}},
    }


async def test_sales_returns_a_handover_with_a_reason(world: World) -> None:
    """Returning needs a coded reason; its destination decides where the lead goes."""
    _, handover = await world.offered()
    assert await world.sales.refused("returnHandover", handover=handover, reason="none") == ["UNKNOWN_REASON"]
    done = (await world.sales.done("returnHandover", HANDOVER, handover=handover, reason="no-need", comment="later"))[
        "handover"
    ]
    assert (done["state"], done["returnReason"], done["comment"]) == ("RETURNED", "no-need", "later")
    assert done["lead"] == {"stage": "recycled", "contactOwner": "MARKETING"}
    assert await world.sales.refused("returnHandover", handover=handover, reason="no-need") == ["WRONG_STATE"]
    _, other = await world.offered()
    done = (await world.sales.done("returnHandover", HANDOVER, handover=other, reason="competitor"))["handover"]
    assert (done["state"], done["lead"]["stage"]) == ("DISCARDED", "disqualified")


async def test_a_handover_is_reassigned(world: World) -> None:
    """The leader, management or an admin gives a handover to another member or team."""
    _, handover = await world.offered()
    query = "query ($id: ID!) { node(id: $id) { ... on Handover { assignee } } }"
    had = (await world.leader.ask(query, id=handover))["node"]["assignee"]
    other = next(p for p in ("mia.brandt", "jonas.keller") if p != had)
    given = {"handover": handover, "team": "inside-sales", "reason": "holiday"}
    world.time.at += timedelta(seconds=1)
    done = (await world.leader.done("reassignHandover", HANDOVER, assignee=other, **given))["handover"]
    assert (done["assignee"], done["assignments"][-1]["because"]) == (other, "holiday")
    assert [a["until"] is None for a in done["assignments"]] == [False, True]
    assert await world.leader.refused("reassignHandover", assignee="nobody", **given) == ["UNKNOWN_PERSON"]
    assert await world.leader.refused("reassignHandover", **{**given, "team": "none"}) == ["UNKNOWN_TEAM"]
    away = {**given, "team": "field-sales"}
    done = await world.leader.done("reassignHandover", HANDOVER, **away)
    assert done["handover"] is None
    assert (await world.field.ask(query, id=handover))["node"]["assignee"] in {"karl.huber", "petra.lang"}


async def test_marketing_withdraws_an_unanswered_handover(world: World) -> None:
    """Marketing takes a handover back before sales answered, not after."""
    _, handover = await world.offered()
    done = (await world.marketing.done("withdrawHandover", HANDOVER, handover=handover, reason="duplicate"))["handover"]
    assert (done["state"], done["comment"]) == ("WITHDRAWN", "duplicate")
    assert {o["state"] for o in done["obligations"]} == {"CANCELLED"}
    _, other = await world.offered()
    await world.sales.done("acceptHandover", "handover { state }", handover=other)
    assert await world.marketing.refused("withdrawHandover", handover=other, reason="late") == ["WRONG_STATE"]


async def test_a_handover_of_others_is_as_unknown_as_none(world: World) -> None:
    """An unknown handover, a malformed id and a handover of another team are NOT_FOUND alike."""
    _, handover = await world.offered()
    unknown = global_id("Handover", new_id(now=MONDAY))
    for id in (handover, unknown, "nonsense", global_id("Lead", new_id(now=MONDAY))):
        assert await world.field.refused("acceptHandover", handover=id) == ["NOT_FOUND"]
        assert await world.field.refused("returnHandover", handover=id, reason="no-need") == ["NOT_FOUND"]
        given = {"handover": id, "team": "field-sales", "reason": "mine"}
        assert await world.field.refused("reassignHandover", **given) == ["NOT_FOUND"]
    assert await world.marketing.refused("withdrawHandover", handover=unknown, reason="x") == ["NOT_FOUND"]


async def test_a_breach_is_acknowledged_by_the_party_in_breach_or_management(world: World) -> None:
    """Sales explains its breach; marketing may not; what is not theirs is not found, what is explained stays so."""
    _, handover = await world.offered()
    await world.pass_time(hours=5)
    query = "{ breaches { nodes { id subject { id } state } } }"
    breaches = (await world.sales.ask(query))["breaches"]["nodes"]
    breach = next(b["id"] for b in breaches if b["subject"]["id"] == handover)
    selection = "breach { state acknowledgedBy explanation obligation { kind state } }"
    given = {"breach": breach, "explanation": "fair"}
    assert await world.marketing.forbidden("acknowledgeBreach", **given)
    assert await world.field.refused("acknowledgeBreach", **given) == ["NOT_FOUND"]
    assert await world.field.refused("acknowledgeBreach", breach="nonsense", explanation="x") == ["NOT_FOUND"]
    assert await world.sales.refused("acknowledgeBreach", breach=breach, explanation=" ") == ["VALUE_NOT_ALLOWED"]
    done = (await world.sales.done("acknowledgeBreach", selection, **given))["breach"]
    assert done == {
        "state": "ACKNOWLEDGED",
        "acknowledgedBy": "jonas.keller",
        "explanation": "fair",
        "obligation": {"kind": "answer", "state": "BREACHED"},
    }
    assert await world.management.refused("acknowledgeBreach", breach=breach, explanation="seen") == ["WRONG_STATE"]
    assert world.time.at > MONDAY + timedelta(hours=4)
