"""Fields that systems own, over GraphQL: reported on the item, listed at the lead [S4.7]."""

from __future__ import annotations

from typing import Any

from tests.api.house import World, in_force

RESULTS = "results { status lead { id } errors { code path message } }"
SYSTEMS = {
    "crm": {"label": {"en": "CRM", "de": "CRM-System"}, "kind": "CRM"},
    "marketing-automation": {
        "label": "Mail",
        "kind": "MARKETING_AUTOMATION",
        "sources": ["mail"],
        "syncWithin": {"duration": "PT1H", "clock": "ELAPSED"},
    },
}
CONFLICTS = """
query ($ref: LeadRef!, $first: Int, $after: String, $resolved: Boolean! = false) {
  lead(ref: $ref) { conflicts(first: $first, after: $after, resolved: $resolved) {
    totalCount pageInfo { hasNextPage endCursor } eventCursor
    nodes { field source owner written kept at since times resolvedAt }
  } }
}
"""


async def with_systems(world: World) -> str:
    """A version in force whose systems own fields; its id."""
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version: str = draft["version"]["id"]
    given = {"version": version, "expectedRevision": 1, "sections": {"systems": SYSTEMS}}
    await world.marketing.done("updateDraft", "version { revision }", **given)
    await in_force(world, version, revision=2)
    return version


async def upsert(world: World, source: str, **lead: Any) -> Any:
    """The result of one lead of a source."""
    return (await world.tool.done("upsertLeads", RESULTS, source=source, leads=[lead]))["results"][0]


async def test_a_write_of_another_system_is_reported_and_listed(world: World) -> None:
    """The item keeps its status and says NOT_OWNER with the path; the lead lists it; a page at a time."""
    await with_systems(world)
    made = await upsert(world, "crm", externalId="1", fields={"email": "a@b.org"})
    firm = {"key": "firm", "fields": {"employees": 3}}
    same = {"source": "crm", "externalId": "1"}
    mail = {"email": "x@y.org", "phone": "1", "role": "Owner"}
    sent = await upsert(world, "mail", externalId="m", sameAs=same, fields=mail, account=firm)
    assert (sent["status"], sent["lead"]) == ("UPDATED", made["lead"])
    assert [(e["code"], e["path"]) for e in sent["errors"]] == [
        ("NOT_OWNER", ["fields", "email"]),
        ("NOT_OWNER", ["fields", "phone"]),
        ("NOT_OWNER", ["account", "fields", "employees"]),
    ]
    ref = {"key": {"source": "mail", "externalId": "m"}}
    first = (await world.sales.answer(CONFLICTS, ref=ref))["data"]["lead"]
    assert first is None, "sales does not see a lead it never had"
    page = (await world.management.ask(CONFLICTS, ref=ref, first=2))["lead"]["conflicts"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], len(page["nodes"])) == (3, True, 2)
    rest = (await world.tool.ask(CONFLICTS, ref=ref, after=page["pageInfo"]["endCursor"]))["lead"]["conflicts"]
    by_field = {node["field"]: node for node in page["nodes"] + rest["nodes"]}
    assert set(by_field) == {"email", "phone", "account.employees"}
    email = by_field["email"]
    assert (email["source"], email["owner"], email["written"], email["kept"]) == ("mail", "crm", "x@y.org", "a@b.org")
    assert (email["times"], email["resolvedAt"], email["at"]) == (1, None, email["since"])
    assert (by_field["account.employees"]["written"], by_field["account.employees"]["kept"]) == (3, None)


async def test_a_settled_conflict_is_shown_on_request(world: World) -> None:
    """When the two agree it leaves the list; people's keys are held to the source they write under."""
    await with_systems(world)
    lead = {"externalId": "s1", "fields": {"role": "Owner"}}
    sent = (await world.marketing.done("upsertLeads", RESULTS, source="crm", leads=[lead], atomic=True))["results"]
    assert [(r["status"], [e["code"] for e in r["errors"]]) for r in sent] == [("CREATED", ["NOT_OWNER"])]
    ref = {"id": sent[0]["lead"]["id"]}
    same = {"source": "crm", "externalId": "s1"}
    await upsert(world, "mail", externalId="sm", sameAs=same, fields={"role": "Owner"})
    assert (await world.admin.ask(CONFLICTS, ref=ref))["lead"]["conflicts"]["nodes"] == []
    shown = (await world.admin.ask(CONFLICTS, ref=ref, resolved=True))["lead"]["conflicts"]["nodes"]
    assert [(node["field"], node["resolvedAt"] is not None) for node in shown] == [("role", True)]


async def test_what_is_wrong_with_a_link_is_told(world: World) -> None:
    """A lead that the other sender does not have, and a key that means another lead."""
    await with_systems(world)
    for key in ("l1", "l2"):
        await upsert(world, "crm", externalId=key, fields={})
    unknown = await upsert(world, "mail", externalId="lm", fields={}, sameAs={"source": "crm", "externalId": "9"})
    assert (unknown["status"], [(e["code"], e["path"]) for e in unknown["errors"]]) == (
        "REFUSED",
        [("UNKNOWN_LEAD", ["sameAs"])],
    )
    await upsert(world, "mail", externalId="lm", fields={}, sameAs={"source": "crm", "externalId": "l1"})
    taken = await upsert(world, "mail", externalId="lm", fields={}, sameAs={"source": "crm", "externalId": "l2"})
    assert [(e["code"], e["path"]) for e in taken["errors"]] == [("KEY_TAKEN", ["externalId"])]


async def test_a_change_is_owed_to_the_other_system(world: World) -> None:
    """It stands among the obligations with the system's key, until that system writes the same."""
    await with_systems(world)
    made = await upsert(world, "crm", externalId="y1", fields={"phone": "1"})
    query = """query ($lead: ID!) { obligations(filter: {kind: ["sync"], subject: $lead}) {
      nodes { kind item party state openedAt dueAt subject { id } } } }"""
    (owed,) = (await world.management.ask(query, lead=made["lead"]["id"]))["obligations"]["nodes"]
    assert (owed["item"], owed["party"], owed["state"]) == ("marketing-automation", "MARKETING", "OPEN")
    assert owed["subject"] == made["lead"]
    await upsert(world, "mail", externalId="ym", sameAs={"source": "crm", "externalId": "y1"}, fields={"phone": "1"})
    (met,) = (await world.management.ask(query, lead=made["lead"]["id"]))["obligations"]["nodes"]
    assert met["state"] == "MET"


async def test_the_section_is_typed_and_compared(world: World) -> None:
    """Systems are read from the document by type, and a change of them is told in a sentence."""
    known = await world.admin.ask('{ agreement(key: "main") { versions(first: 100) { nodes { id number } } } }')
    first = next(v["id"] for v in known["agreement"]["versions"]["nodes"] if v["number"] == 1)
    version = await with_systems(world)
    query = """query ($id: ID!, $from: ID!) {
      slaVersion(id: $id) { document { systems { key label { text } kind sources } fields { key owner } } }
      slaDiff(from: $from, to: $id) { changes { path kind summary } }
    }"""
    found = await world.admin.ask(query, "de", id=version, **{"from": first})
    crm = found["slaVersion"]["document"]["systems"][0]
    assert (crm["key"], len(crm["label"]), crm["kind"]) == ("crm", 2, "CRM")
    changes = found["slaDiff"]["changes"]
    assert [c["path"] for c in changes] == ["systems[crm]", "systems[marketing-automation]"]
    assert changes[0]["summary"].startswith("System „crm“ ist neu")
