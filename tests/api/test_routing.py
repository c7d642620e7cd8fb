"""Routing as clients see it: absences, the queue with its reasons, why somebody got a handover [S3.4]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.house import MONDAY, World, in_force

TEAM = "team { key members { person skills handoversThisMonth openHandovers absences { from until } } }"
PASSED = "{ team reason members { person obstacle } }"
QUEUE = f"""query {{ handovers(filter: {{queued: true}}) {{ totalCount nodes {{ id queueReason queuedAtTeams {PASSED}
  skills team assignee }} }} }}"""


def at(days: float) -> str:
    """So many days after Monday."""
    return (MONDAY + timedelta(days=days)).isoformat()


async def member_of(world: World, person: str) -> Any:
    """A member of inside sales."""
    found = (await world.sales.ask(f"{{ teams {TEAM.removeprefix('team')} }}"))["teams"]
    [inside] = [team for team in found if team["key"] == "inside-sales"]
    return next(m for m in inside["members"] if m["person"] == person)


async def inside(world: World, *members: dict[str, Any]) -> None:
    """Inside sales with these members."""
    await world.management.done(
        "upsertTeam",
        "team { key }",
        key="inside-sales",
        title="Inside sales",
        party="SALES",
        leadPerson="ines.vogt",
        calendar="office",
        members=list(members),
    )


async def test_the_leader_says_who_is_absent(world: World) -> None:
    """setAbsence shows the team with its absences merged, and is told as team.changed."""
    given = {"person": "mia.brandt", "from": at(1), "until": at(2)}
    await world.leader.done("setAbsence", TEAM, **given)
    await world.management.done("setAbsence", TEAM, **given | {"from": at(2), "until": at(3)})
    done = await world.admin.done("setAbsence", TEAM, **given | {"until": at(1.5), "cancel": True})
    assert done["team"]["key"] == "inside-sales"
    [absence] = (await member_of(world, "mia.brandt"))["absences"]
    assert [absence["from"][:16], absence["until"][:16]] == [at(1.5)[:16], at(3)[:16]]
    await world.settle()
    told = (await world.admin.ask('{ events(types: ["team.changed"]) { nodes { payload } } }'))["events"]["nodes"]
    assert told[-1]["payload"]["absence"] == {
        "person": "mia.brandt",
        "from": at(1),
        "until": at(1.5),
        "cancelled": True,
    }


async def test_absences_are_refused_with_a_path_or_for_want_of_rights(world: World) -> None:
    """Unknown persons and turned times are user errors; who does not lead the person's team is FORBIDDEN."""
    given = {"person": "mia.brandt", "from": at(1), "until": at(2)}
    for caller in (world.sales, world.field, world.marketing, world.tool):
        assert await caller.forbidden("setAbsence", **given)
    turned = await world.leader.do("setAbsence", TEAM, **given | {"until": at(1)})
    assert turned == {"team": None, "errors": [{"code": "VALUE_NOT_ALLOWED", "path": ["until"]}]}
    unknown = await world.management.do("setAbsence", TEAM, **given | {"person": "nobody"})
    assert unknown == {"team": None, "errors": [{"code": "UNKNOWN_PERSON", "path": ["person"]}]}


async def test_the_queue_says_why_each_waits_and_drains(world: World) -> None:
    """Everybody absent or full: a reason from a closed list, per team and member; the end of an absence drains it."""
    await inside(world, {"person": "mia.brandt", "maxPerMonth": 1}, {"person": "jonas.keller", "maxOpen": 0})
    await world.offered()
    mia = await member_of(world, "mia.brandt")
    assert (mia["handoversThisMonth"], mia["openHandovers"]) == (1, 1)
    _, second = await world.offered()
    (waiting,) = (await world.sales.ask(QUEUE))["handovers"]["nodes"]
    assert waiting["id"] == second
    assert (waiting["queueReason"], waiting["team"], waiting["assignee"]) == ("NOBODY_FREE", None, None)
    members = [
        {"person": "mia.brandt", "obstacle": "FULL_THIS_MONTH"},
        {"person": "jonas.keller", "obstacle": "FULL"},
    ]
    assert waiting["queuedAtTeams"] == [{"team": "inside-sales", "reason": "NOBODY_FREE", "members": members}]
    await inside(world, {"person": "ines.vogt"})
    given = {"person": "ines.vogt", "from": at(0), "until": at(1)}
    await world.leader.done("setAbsence", TEAM, **given)
    await world.pass_time(seconds=1)
    (waiting,) = (await world.sales.ask(QUEUE))["handovers"]["nodes"]
    assert waiting["queueReason"] == "ALL_ABSENT"
    await world.pass_time(days=1)
    assert (await world.sales.ask(QUEUE))["handovers"] == {"totalCount": 0, "nodes": []}
    query = "query ($id: ID!) { node(id: $id) { ... on Handover { queueReason queuedAtTeams { team } assignee } } }"
    found = (await world.sales.ask(query, id=second))["node"]
    assert found == {"queueReason": None, "queuedAtTeams": [], "assignee": "ines.vogt"}


async def test_an_assignment_says_who_was_passed_over(world: World) -> None:
    """The field team is full: its overflow takes over at once, and the assignment says so."""
    await world.management.done(
        "upsertTeam",
        "team { key }",
        key="field-sales",
        title="Field",
        party="SALES",
        members=[{"person": "karl.huber", "maxOpen": 0}],
    )
    _, handover = await world.offered(employees=900)
    query = f"""query ($id: ID!) {{ node(id: $id) {{ ... on Handover {{ team
      assignments {{ team because ownerPassedOver passedOver {PASSED} }} }} }} }}"""
    found = (await world.admin.ask(query, id=handover))["node"]
    assert found["team"] == "inside-sales"
    full = {"person": "karl.huber", "obstacle": "FULL"}
    assert found["assignments"] == [
        {
            "team": "inside-sales",
            "because": "OVERFLOW",
            "ownerPassedOver": None,
            "passedOver": [{"team": "field-sales", "reason": "ALL_FULL", "members": [full]}],
        }
    ]


async def test_a_document_shows_skills_and_hours_of_its_routes(world: World) -> None:
    """What a route needs is part of the typed document, and its difference is told in a sentence."""
    query = """{ agreement(key: "main") { activeVersion { id document { handover {
      routing { team afterHours skills { skill when } } returnReasons { key fields } } } } } }"""
    version = (await world.admin.ask(query))["agreement"]["activeVersion"]
    handover = version["document"]["handover"]
    assert {(r["afterHours"], str(r["skills"])) for r in handover["routing"]} == {("OVERFLOW", "[]")}
    assert {str(r["fields"]) for r in handover["returnReasons"]} == {"[]"}
    made = await world.marketing.done("createDraft", "version { id revision documentJson }", agreement="main")
    section = made["version"]["documentJson"]["handover"]
    condition = {"field": "country", "op": "eq", "value": "FR"}
    section["routing"][-1] |= {"afterHours": "KEEP", "skills": [{"skill": "french", "when": condition}]}
    next(r for r in section["returnReasons"] if r["key"] == "bad-data")["fields"] = ["phone"]
    given = {"version": made["version"]["id"], "expectedRevision": 1, "sections": {"handover": section}}
    draft = (
        await world.marketing.done(
            "updateDraft", "version { id document { handover { routing { skills { skill when } } } } }", **given
        )
    )["version"]
    assert draft["document"]["handover"]["routing"][-1]["skills"] == [{"skill": "french", "when": condition}]
    told = "query ($from: ID!, $to: ID!) { slaDiff(from: $from, to: $to) { changes { path summary } } }"
    changes = (await world.admin.ask(told, **{"from": version["id"], "to": draft["id"]}))["slaDiff"]["changes"]
    assert {c["path"] for c in changes} == {
        "handover.routing[1].afterHours",
        "handover.routing[1].skills[0]",
        "handover.returnReasons[bad-data].fields[0]",
    }
    assert all(c["summary"] for c in changes)
    section["routing"][-1]["skills"][0]["when"]["field"] = "shoe"
    findings = await world.marketing.ask(
        "query ($d: JSON!) { checkSla(document: $d) { code path } }",
        d=made["version"]["documentJson"] | {"handover": section},
    )
    assert {"code": "UNKNOWN_FIELD", "path": "handover.routing[1].skills[0].when.field"} in findings["checkSla"]


HUNTING = "handover { id team assignee passesTo }"


async def hunters(world: World, **member: Any) -> None:
    """A special team of one."""
    await world.management.done(
        "upsertTeam",
        "team { key }",
        key="hunters",
        title="Hunters",
        party="SALES",
        members=[{"person": "hanna", **member}],
    )


async def test_what_waits_for_a_special_team_says_so_and_gets_there(world: World) -> None:
    """A lead at a special team's stage stays with whom it was while that team is full, and is passed on afterwards."""
    await inside(world, {"person": "jonas.keller", "maxOpen": 1000})
    await hunters(world, maxOpen=0)
    draft = await world.marketing.done("createDraft", "version { id documentJson }", agreement="main")
    journey = draft["version"]["documentJson"]["journey"]
    journey["stages"] = [s | {"team": "hunters"} if s["key"] == "sql" else s for s in journey["stages"]]
    version = draft["version"]["id"]
    given = {"version": version, "expectedRevision": 1, "sections": {"journey": journey}}
    await world.marketing.done("updateDraft", "version { id }", **given)
    await in_force(world, version, 2)
    key, handover = await world.offered()
    await world.sales.done("acceptHandover", "handover { id }", handover=handover)
    lead = {"key": {"source": "crm", "externalId": key}}
    moved = await world.sales.done("moveLead", f"lead {{ {HUNTING} }}", lead=lead, stage="sql")
    assert moved["lead"]["handover"]["team"] == "inside-sales"
    assert moved["lead"]["handover"]["passesTo"] == "hunters"
    await hunters(world)
    await world.pass_time(seconds=1)
    query = f"query ($ref: LeadRef!) {{ lead(ref: $ref) {{ {HUNTING} }} }}"
    shown = (await world.admin.ask(query, ref=lead))["lead"]["handover"]
    assert (shown["team"], shown["assignee"], shown["passesTo"]) == ("hunters", "hanna", None)
