"""Each query once, on a house with an agreement in force; and who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, Caller, World, besides_consents

LEAD = "query ($ref: LeadRef!) { lead(ref: $ref) { %s } }"


def by_key(key: str) -> dict[str, Any]:
    """A reference to a lead of the CRM."""
    return {"key": {"source": "crm", "externalId": key}}


async def lead(caller: Caller, key: str, selection: str, language: str = "en") -> Any:
    """A lead as somebody sees it."""
    return (await caller.ask(LEAD % selection, language, ref=by_key(key)))["lead"]


async def test_the_viewer_is_who_asks(world: World) -> None:
    """The viewer tells role, party, person and teams of the key."""
    query = "{ viewer { role party person teams scopes } }"
    assert await world.sales.ask(query) == {
        "viewer": {
            "role": "SALES",
            "party": "SALES",
            "person": "jonas.keller",
            "teams": ["inside-sales"],
            "scopes": [],
        }
    }
    assert (await world.tool.ask(query))["viewer"]["person"] is None


async def test_templates_are_told_in_the_askers_language(world: World) -> None:
    """Templates have a title in the language of the asker, and a document that lacks nothing but teams."""
    found = (await world.tool.ask("{ slaTemplates { key title description document } }", "de"))["slaTemplates"]
    assert [t["key"] for t in found] == ["mittelstand", "saas-inbound", "starter"]
    assert found[2]["title"] == "Einstieg für zwei Teams"
    findings = await world.tool.ask("query ($d: JSON!) { checkSla(document: $d) { code } }", d=found[1]["document"])
    told = {found["code"] for found in besides_consents(findings["checkSla"])}
    assert told == {"UNKNOWN_TEAM", "UNKNOWN_PERSON"}  # the house has the starter's teams


async def test_agreements_show_their_versions(world: World) -> None:
    """An agreement shows the version in force and all its versions, with documents, findings and signatures."""
    query = """{ agreement(key: "main") { id key title
      activeVersion { ...V } versions { nodes { ...V } totalCount } } agreements { nodes { key } totalCount } }
      fragment V on SlaVersion { id number state revision documentJson document { defaultCalendar } findings { code }
        signatures { party person approved } basedOn { id } agreement { key } activatedAt }"""
    found = await world.sales.ask(query)
    version = found["agreement"]["activeVersion"]
    assert found["agreements"] == {"nodes": [{"key": "main"}], "totalCount": 1}
    assert found["agreement"]["versions"] == {"nodes": [version], "totalCount": 1}
    assert (version["number"], version["state"], version["agreement"]) == (1, "ACTIVE", {"key": "main"})
    assert version["documentJson"]["defaultCalendar"] == version["document"]["defaultCalendar"] == "office"
    assert [s["party"] for s in version["signatures"]] == ["MARKETING", "SALES"]
    again = await world.tool.ask("query ($id: ID!) { slaVersion(id: $id) { number } }", id=version["id"])
    assert again == {"slaVersion": {"number": 1}}
    assert await world.tool.ask('{ agreement(key: "none") { key } slaVersion(id: "x") { id } }') == {
        "agreement": None,
        "slaVersion": None,
    }


async def test_a_document_is_checked_without_storing_it(world: World) -> None:
    """checkSla takes any JSON, and YAML text, and tells all faults with their paths."""
    query = "query ($d: JSON!) { checkSla(document: $d) { severity code path message } }"
    documents: list[Any] = [{}, [], 5, "title: x", {"title": 3}]
    for anything in documents:
        found = (await world.tool.ask(query, d=anything))["checkSla"]
        assert found
        assert {f["severity"] for f in found} <= {"ERROR", "WARNING"}


async def test_a_lead_shows_all_that_is_known_of_it(world: World) -> None:
    """A lead shows keys, account, agreement, decision, handovers, activities and history."""
    key, handover = await world.offered()
    await world.settle()
    found = await lead(
        world.tool,
        key,
        """
      id fields stage stageSince contactOwner keys { source externalId } account { key name leads { nodes { stage } } }
      agreement { key } handover { id } handovers { nodes { id } }
      activities { nodes { key source type channel fields occurredAt } }
      history { nodes { type at cursor subject { __typename id } payload } pageInfo { hasNextPage } }""",
    )
    assert found["stage"] == "mql"
    assert found["contactOwner"] == "MARKETING"
    assert found["keys"] == [{"source": "crm", "externalId": key}]
    assert found["account"]["leads"]["nodes"] == [{"stage": "mql"}]
    assert found["handover"] == {"id": handover}
    assert found["handovers"]["nodes"] == [{"id": handover}]
    assert [a["channel"] for a in found["activities"]["nodes"]] == ["website"]
    types = [e["type"] for e in found["history"]["nodes"]]
    assert types[0] == "lead.created"
    assert {"activity.recorded", "handover.offered", "handover.assigned", "obligation.opened"} <= set(types)
    assert found["history"]["nodes"][0]["subject"] == {"__typename": "Lead", "id": found["id"]}
    by_id = await world.tool.ask(LEAD % "id", ref={"id": found["id"]})
    assert by_id["lead"]["id"] == found["id"]


DECISION = """{ grade stage digest validUntil fit { points maximum percent band } interest { points maximum band }
  exclusions { code message rule } contributions { dimension rule label points because }
  handover { due trigger priority missing { kind path message } blockedBy { code message rule } }
  slaVersion { number } }"""


async def test_the_dry_run_and_the_stored_decision_agree(world: World) -> None:
    """What judge says of a lead is what is stored about the same lead."""
    key = await world.lead(due=False)
    at = MONDAY.isoformat()
    await world.activity(key, "whitepaper-download")
    stored = (await lead(world.tool, key, f"decision {DECISION}"))["decision"]
    query = f"""query ($lead: LeadInput!, $activities: [ActivityInput!], $at: DateTime) {{
      judge(lead: $lead, activities: $activities, at: $at) {DECISION} }}"""
    given = {
        "externalId": "x",
        "fields": {"email": "a@example.org", "role": "Owner", "country": "DE"},
        "account": {"key": "f", "fields": {"employees": 60, "industry": "machinery"}},
    }
    activity = {"key": "1", "lead": "x", "type": "whitepaper-download", "occurredAt": at}
    dry = (await world.sales.ask(query, lead=given, activities=[activity], at=at))["judge"]
    assert {**dry, "digest": None} == {**stored, "digest": None}
    assert dry["handover"]["missing"][0]["path"] == "interest.points"
    german = (await world.sales.ask(query, "de", lead=given, activities=[activity], at=at))["judge"]
    assert german["contributions"][0]["label"] == "Größe des Unternehmens"


async def test_a_dry_run_tells_all_faults_of_its_input(world: World) -> None:
    """Faults of a query's input come all at once, at the top, each with code, message and path."""
    query = "query ($lead: LeadInput!, $a: String, $v: ID) { judge(lead: $lead, agreement: $a, version: $v) { grade } }"
    answer = await world.tool.answer(query, lead={"externalId": "x", "fields": {"nonsense": 1, "email": 5}})
    extensions = answer["errors"][0]["extensions"]
    assert extensions["code"] == "BAD_USER_INPUT"
    assert [(e["code"], e["path"]) for e in extensions["errors"]] == [
        ("UNKNOWN_FIELD", ["lead", "fields", "nonsense"]),
        ("WRONG_TYPE", ["lead", "fields", "email"]),
    ]
    unknown: list[dict[str, Any]] = [
        {"a": "none"},
        {"v": "nonsense"},
        {"v": global_id("SlaVersion", new_id(now=MONDAY))},
    ]
    for missing in unknown:
        answer = await world.tool.answer(query, lead={"externalId": "x", "fields": {}}, **missing)
        assert [e["code"] for e in answer["errors"][0]["extensions"]["errors"]] == ["NOT_FOUND"]


async def test_a_dry_run_at_the_end_of_time_is_bad_user_input(world: World) -> None:
    """A moment behind which the periods of the agreement find no room is BAD_USER_INPUT; any other moment is judged."""
    query = 'query ($at: DateTime!) { judge(lead: {externalId: "x", fields: {}}, at: $at) { grade } }'
    assert await world.tool.ask(query, at="1900-01-01T00:00:00Z") == {"judge": {"grade": "D4"}}
    lead = {"externalId": "x", "fields": {}}
    activity = {"key": "1", "lead": "x", "type": "contact-form", "occurredAt": MONDAY.isoformat()}
    query = """query ($lead: LeadInput!, $activity: ActivityInput!, $at: DateTime!) {
      judge(lead: $lead, activities: [$activity], at: $at) { grade } }"""
    assert await world.tool.code(query, lead=lead, activity=activity, at="9999-12-31T23:59:59Z") == "BAD_USER_INPUT"


async def test_a_deadline_is_told_on_the_business_clock(world: World) -> None:
    """Four opening hours from Friday 15:30 in Berlin end on Monday; limits of nothing are refused."""
    query = """query ($start: DateTime!, $limit: TimeLimitInput!, $calendar: String) {
      deadline(from: $start, limit: $limit, calendar: $calendar) }"""
    friday = "2026-03-06T15:30:00+01:00"
    found = await world.tool.ask(query, start=friday, limit={"duration": "PT4H", "clock": "BUSINESS"})
    assert found == {"deadline": "2026-03-09T10:30:00.000Z"}
    limit = {"duration": "PT4H", "clock": "ELAPSED"}
    assert await world.tool.ask(query, start=friday, limit=limit) == {"deadline": "2026-03-06T18:30:00.000Z"}
    assert await world.tool.code(query, start=friday, limit={**limit, "duration": "PT0S"}) == "BAD_USER_INPUT"
    assert await world.tool.code(query, start=friday, limit=limit, calendar="none") == "BAD_USER_INPUT"


async def test_teams_show_their_members_and_load(world: World) -> None:
    """Teams show their members in order, with how many handovers each has open."""
    await world.offered()
    query = """{ teams { id key title party leadPerson calendar
      members { person active weight maxOpen openHandovers absences { from } } } }"""
    teams = (await world.tool.ask(query))["teams"]
    assert [t["key"] for t in teams] == ["field-sales", "inside-sales", "marketing"]
    inside = teams[1]
    assert inside["leadPerson"] == "ines.vogt"
    assert sum(m["openHandovers"] for m in inside["members"]) >= 1
    node = await world.tool.ask("query ($id: ID!) { node(id: $id) { ... on Team { key } } }", id=inside["id"])
    assert node == {"node": {"key": "inside-sales"}}


async def test_every_node_can_be_read_again(world: World) -> None:
    """Whatever has an id is read again by node, as the type it is, if the asker sees it."""
    key, handover = await world.offered()
    await world.settle()
    found = await lead(
        world.admin,
        key,
        """id account { id } agreement { id activeVersion { id } }
      activities { nodes { id } } history { nodes { id } } handover { obligations { id } }""",
    )
    made = await world.admin.done("createApiKey", "apiKey { id }", name="k", role="INTEGRATION")
    ids = {
        "Lead": found["id"],
        "Account": found["account"]["id"],
        "Agreement": found["agreement"]["id"],
        "SlaVersion": found["agreement"]["activeVersion"]["id"],
        "Activity": found["activities"]["nodes"][0]["id"],
        "Event": found["history"]["nodes"][0]["id"],
        "Obligation": found["handover"]["obligations"][0]["id"],
        "Handover": handover,
        "ApiKey": made["apiKey"]["id"],
    }
    query = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for kind, id in ids.items():
        assert (await world.admin.ask(query, id=id))["node"] == {"__typename": kind, "id": id}
    many = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    wanted = [*ids.values(), "nonsense", *reversed(ids.values())]
    answered = [None if one is None else one["id"] for one in (await world.admin.ask(many, ids=wanted))["nodes"]]
    assert answered == [None if id == "nonsense" else id for id in wanted]
    seen = (await world.field.ask(many, ids=[ids["Lead"], ids["Agreement"], ids["ApiKey"]]))["nodes"]
    assert [one and one["__typename"] for one in seen] == [None, "Agreement", None]
    assert await world.admin.code(many, ids=[handover] * 101) == "BAD_USER_INPUT"
    assert (await world.tool.ask(query, id=ids["ApiKey"]))["node"] is None
    hidden = ("Lead", "Account", "Activity", "Event", "Obligation", "Handover", "ApiKey")
    for kind in hidden:
        unknown = global_id(kind, new_id(now=MONDAY))
        assert await world.field.ask(query, id=ids[kind]) == await world.field.ask(query, id=unknown) == {"node": None}
    for nobody in ("", "nonsense", global_id("Decision", new_id(now=MONDAY))):
        assert await world.admin.ask(query, id=nobody) == {"node": None}


async def test_sales_sees_what_is_its_own(world: World) -> None:
    """Sales sees leads, handovers, obligations and events of its teams, and of others as little as of none.

    What is owed about the agreement itself is seen by everybody.
    """
    key, handover = await world.offered()
    await world.settle()
    lists = """{ leads { nodes { id } totalCount } handovers { nodes { id } totalCount }
      obligations { nodes { kind } } }"""
    mine, theirs = await world.sales.ask(lists), await world.field.ask(lists)
    assert handover in [n["id"] for n in mine["handovers"]["nodes"]]
    assert theirs == {
        "leads": {"nodes": [], "totalCount": 0},
        "handovers": {"nodes": [], "totalCount": 0},
        "obligations": {"nodes": [{"kind": "review"}]},
    }
    assert await lead(world.field, key, "id") is None
    assert await lead(world.field, "unknown", "id") is None
    assert (await lead(world.sales, key, "handover { id }"))["handover"] == {"id": handover}
    events = "{ events(first: 100, types: [%s]) { nodes { type } } }"
    some = events % '"handover.offered", "key.created", "team.changed", "version.activated"'
    kinds = {
        name: {e["type"] for e in (await world.callers[name].ask(some))["events"]["nodes"]}
        for name in ("admin", "tool", "field")
    }
    assert kinds["field"] == {"team.changed", "version.activated"}
    assert kinds["tool"] == kinds["field"] | {"handover.offered"}
    assert kinds["admin"] == kinds["tool"] | {"key.created"}


@pytest.mark.parametrize("key", ["", "baton_unknown", "nonsense"])
async def test_nothing_is_answered_without_a_key(world: World, key: str) -> None:
    """Without a known key everything is UNAUTHENTICATED."""
    response = await Caller(world.admin.http, key).post("{ viewer { role } }")
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_what_is_late_tells_by_how_much(world: World) -> None:
    """A missed obligation tells how late it is by now, and one met late how late it was; else it tells nothing."""
    key, handover = await world.offered()
    query = "query ($id: ID!) { node(id: $id) { ... on Handover { obligations { state lateBy lateByBusiness } } } }"
    assert (await world.sales.ask(query, id=handover))["node"]["obligations"] == [
        {"state": "OPEN", "lateBy": None, "lateByBusiness": None}
    ]
    await world.pass_time(hours=23)
    late = {"lateBy": "PT19H", "lateByBusiness": "PT3H"}
    assert (await world.sales.ask(query, id=handover))["node"]["obligations"] == [{"state": "BREACHED", **late}]
    breaches = """query { breaches(filter: {state: [OPEN], kind: ["answer"]}) { totalCount nodes {
      id kind party severity dueAt openedAt detectedAt obligation { id } subject { id } } eventCursor } }"""
    found = [b for b in (await world.sales.ask(breaches))["breaches"]["nodes"] if b["subject"]["id"] == handover]
    assert len(found) == 1
    await world.sales.done("acceptHandover", "handover { state }", handover=handover)
    met = (await world.sales.ask(query, id=handover))["node"]["obligations"]
    assert met[0] == {"state": "MET_LATE", **late}
    assert met[1] == {"state": "OPEN", "lateBy": None, "lateByBusiness": None}
    assert key
