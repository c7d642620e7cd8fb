"""Decisions of the past over the API: stored ones, those of any moment, judged again, and every rule behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, World
from tests.api.test_queries import by_key, lead
from tests.api.test_queries_lists import counted

DECISIONS = "decisions(first: %s) { nodes { id at digest grade } totalCount pageInfo { endCursor hasNextPage } }"
REPLAY = "query ($id: ID!) { replayDecision(id: $id) { outcome same digest stored { id digest } decision { digest } } }"
TRACE = """trace%s { place rule path label outcome message counted points
  comparisons { path field op holds failed seen message } activities { activity outcome message points } }"""
AT = "query ($ref: LeadRef!, $at: DateTime!) { lead(ref: $ref) { decisionAt(at: $at) { %s } } }"


async def at(world: World, key: str, moment: str, selection: str = "digest id stored at grade") -> Any:
    """The decision on a lead at a moment."""
    found = await world.admin.ask(AT % selection, ref=by_key(key), at=moment)
    return found["lead"]["decisionAt"]


async def test_each_stored_decision_is_listed_and_judged_again(world: World) -> None:
    """The newest first, page by page; each judged again has its digest, and decisionAt its moment [X.4]."""
    key = await world.lead(due=False, role=None)
    for _ in range(3):
        await world.pass_time(hours=1)
        await world.activity(key, "webinar-attended")
    found = (await lead(world.admin, key, DECISIONS % 100))["decisions"]
    assert found["totalCount"] == len(found["nodes"]) == 4
    moments = [node["at"] for node in found["nodes"]]
    assert moments == sorted(moments, reverse=True)
    page = (await lead(world.admin, key, DECISIONS % 1))["decisions"]
    assert page["nodes"] == found["nodes"][:1]
    assert page["pageInfo"]["hasNextPage"]
    for node in found["nodes"]:
        replay = (await world.admin.ask(REPLAY, id=node["id"]))["replayDecision"]
        stored = {"id": node["id"], "digest": node["digest"]}
        again = {"digest": node["digest"]}
        assert replay == {"outcome": "SAME", "same": True, **again, "stored": stored, "decision": again}
        then = await at(world, key, node["at"])
        assert (then["digest"], then["stored"], then["at"]) == (node["digest"], False, node["at"])
        read = "query ($id: ID!) { node(id: $id) { id ... on Decision { digest stored } } }"
        known = {"id": node["id"], "digest": node["digest"], "stored": True}
        assert (await world.admin.ask(read, id=node["id"]))["node"] == known
        assert (await world.admin.ask(read, id=then["id"]))["node"] is None
    await world.pass_time(minutes=7)
    now = await at(world, key, world.time.at.isoformat())
    assert now["digest"] == (await lead(world.admin, key, "decision { digest }"))["decision"]["digest"]


async def test_moments_before_and_ahead(world: World) -> None:
    """Before a lead was known there is no decision; what will be known nobody can tell."""
    key = await world.lead()
    assert await at(world, key, (MONDAY - timedelta(days=1)).isoformat()) is None
    answer = await world.admin.answer(
        AT % "digest", ref=by_key(key), at=(world.time.at + timedelta(hours=1)).isoformat()
    )
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["errors"][0]["code"] == "IN_FUTURE"


async def test_a_replay_is_for_those_who_see_the_lead(world: World) -> None:
    """Unknown ids, ids of other things and decisions about other teams' leads look alike."""
    key = await world.lead(due=False)
    decision = (await lead(world.admin, key, "decision { id }"))["decision"]["id"]
    nothing = {"replayDecision": None}
    assert await world.sales.ask(REPLAY, id=decision) == nothing
    for other in ("nonsense", global_id("Lead", new_id(now=MONDAY)), global_id("Decision", new_id(now=MONDAY))):
        assert await world.admin.ask(REPLAY, id=other) == nothing
    await world.pass_time(seconds=1)
    await world.activity(key, "contact-form")
    assert (await world.sales.ask(REPLAY, id=decision))["replayDecision"]["same"]


async def test_a_trace_shows_every_rule(world: World) -> None:
    """What counted and what did not, what each comparison saw and which failed, in the asker's language."""
    key = await world.lead(due=False, role="Owner", employees=30)
    await world.activity(key, "webinar-attended")
    selection = f"decision {{ {TRACE % ''} contributions {{ rule points }} }}"
    decision = (await lead(world.admin, key, selection))["decision"]
    rules = {(r["place"], r["rule"], r["path"]): r for r in decision["trace"]}
    size = [r for r in decision["trace"] if r["rule"] == "companySize"]
    assert [(r["outcome"], r["points"]) for r in size] == [("NOT_MET", "0"), ("NOT_MET", "0"), ("COUNTED", "100")]
    assert size[0]["comparisons"] == [
        {
            "path": "scoring.fit.criteria[companySize].bands[0].when",
            "field": "account.employees",
            "op": "between",
            "holds": False,
            "failed": True,
            "seen": 30,
            "message": "Employees 50–499: 30",
        }
    ]
    signal = rules["SIGNAL", "webinar", "scoring.interest.signals[webinar]"]
    (done,) = signal["activities"]
    assert (done["outcome"], done["points"]) == ("COUNTED", "20")
    node = "query ($id: ID!) { node(id: $id) { ... on Activity { type } } }"
    assert (await world.admin.ask(node, id=done["activity"]))["node"] == {"type": "webinar-attended"}
    assert {r["rule"] for r in decision["trace"] if r["counted"]} >= {c["rule"] for c in decision["contributions"]}
    hot = rules["TRIGGER", "hot", "handover.triggers[hot].when"]
    assert [c["failed"] for c in hot["comparisons"]] == [False, True]
    german = await lead(world.admin, key, f"decision {{ {TRACE % '(counted: false)'} }}", "de")
    words = {r["rule"]: r for r in german["decision"]["trace"]}
    assert words["hot"]["message"] == "Trifft nicht zu"
    assert words["hot"]["comparisons"][1]["message"] == "Interessenpunkte mindestens 40: 20"
    assert not any(r["counted"] for r in german["decision"]["trace"])


async def test_decisions_that_are_not_stored_have_a_trace_too(world: World) -> None:
    """Dry runs, whose activities go by their keys, and those of the past."""
    query = """query ($at: DateTime!) { judge(agreement: "main", lead: {externalId: "x", fields: {role: "Owner"}},
      activities: [{key: "w", lead: "x", type: "webinar-attended", occurredAt: $at}]) { %s } }"""
    moment = world.time.at.isoformat()
    dry = (await world.sales.ask(query % (TRACE % "(counted: true)"), at=moment))["judge"]["trace"]
    assert {r["rule"] for r in dry} >= {"role", "webinar"}
    assert [a["activity"] for r in dry for a in r["activities"]] == ["w"]
    key = await world.lead(due=False)
    then = await at(world, key, world.time.at.isoformat(), TRACE % "(counted: true)")
    assert {r["rule"] for r in then["trace"]} >= {"role", "companySize"}


MANY = """query ($first: Int, $at: DateTime!) { leads(first: $first) { nodes {
  decisions(first: 2) { nodes { id trace { rule } } totalCount } decisionAt(at: $at) { digest trace { outcome } }
  decision { digest trace { rule } } } } }"""


async def test_a_list_of_leads_looks_back_at_the_cost_of_one(world: World) -> None:
    """Decisions, decisions then and traces of many leads cost as many statements as those of one."""
    for _ in range(12):
        await world.activity(await world.lead(), "webinar-attended")
    await world.admin.ask(MANY, first=1, at=world.time.at.isoformat())
    costs = []
    for size in (1, 12):
        with counted(world) as sent:
            found = await world.admin.ask(MANY, first=size, at=world.time.at.isoformat())
        assert len(found["leads"]["nodes"]) == size
        costs.append(len(sent))
    assert max(costs) <= 20, "a statement for each lead would make more than thirty"
