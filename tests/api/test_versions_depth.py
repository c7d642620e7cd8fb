"""Versions in depth over GraphQL: differences, rollback, comments, personas and segments."""

from __future__ import annotations

from typing import Any

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, World, besides_consents, in_force, numbers

DIFF = "query ($a: ID!, $b: ID!) { slaDiff(from: $a, to: $b) { changes { path kind before after summary } } }"
ACTIVE = '{ agreement(key: "main") { activeVersion { id number digest documentJson } } }'
COMMENTS = """
query ($id: ID!, $section: String, $first: Int, $after: String) { slaVersion(id: $id) {
  comments(section: $section, first: $first, after: $after) {
    totalCount nodes { id section person party body at } pageInfo { hasNextPage endCursor }
} } }
"""


async def active(world: World) -> dict[str, Any]:
    """The version in force."""
    found: dict[str, Any] = (await world.admin.ask(ACTIVE))["agreement"]["activeVersion"]
    return found


async def draft(world: World, **sections: Any) -> str:
    """A draft of the version in force with some sections replaced."""
    made = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version: str = made["version"]["id"]
    await world.marketing.done("updateDraft", "version { id }", version=version, expectedRevision=1, sections=sections)
    return version


def hotter(document: dict[str, Any], points: int) -> dict[str, Any]:
    """The handover section with another threshold of the trigger hot."""
    triggers = []
    for trigger in document["handover"]["triggers"]:
        if trigger["key"] == "hot":
            fit, interest = trigger["when"]["all"]
            trigger = trigger | {"when": {"all": [fit, interest | {"value": points}]}}  # noqa: PLW2901
        triggers.append(trigger)
    handover: dict[str, Any] = document["handover"]
    return handover | {"triggers": triggers}


async def test_a_difference_is_told_by_meaning_in_the_askers_language(world: World) -> None:
    """Path, kind, before and after are for machines, the summary is for people."""
    old = await active(world)
    new = await draft(world, handover=hotter(old["documentJson"], 60))
    (change,) = (await world.sales.ask(DIFF, a=old["id"], b=new))["slaDiff"]["changes"]
    assert change == {
        "path": "handover.triggers[hot].when.all[1].value",
        "kind": "CHANGED",
        "before": 40,
        "after": 60,
        "summary": "Trigger 'hot' now needs at least 60 interest points (was 40)",
    }
    (german,) = (await world.tool.ask(DIFF, "de", a=old["id"], b=new))["slaDiff"]["changes"]
    assert german["summary"] == "Auslöser „hot“ verlangt jetzt mindestens 60 Interessenpunkte (vorher 40)"
    (back,) = (await world.sales.ask(DIFF, a=new, b=old["id"]))["slaDiff"]["changes"]
    assert (back["before"], back["after"]) == (60, 40)


async def test_a_version_does_not_differ_from_itself(world: World) -> None:
    """Nothing is told."""
    version = (await active(world))["id"]
    assert (await world.sales.ask(DIFF, a=version, b=version))["slaDiff"] == {"changes": []}


async def test_every_template_differs_from_the_starter_in_words(world: World) -> None:
    """Documents that have little in common can be compared all the same."""
    start = (await active(world))["id"]
    for template in ("mittelstand", "saas-inbound"):
        made = await world.marketing.done("createDraft", "version { id }", agreement="main", template=template)
        changes = (await world.sales.ask(DIFF, "de", a=start, b=made["version"]["id"]))["slaDiff"]["changes"]
        assert len(changes) > 100
        assert all(change["summary"] for change in changes)


async def test_what_is_unknown_cannot_be_compared(world: World) -> None:
    """Bad input of a query is a top-level error with the argument at fault."""
    version = (await active(world))["id"]
    unknown = global_id("SlaVersion", new_id(now=MONDAY))
    for a, b, argument in ((unknown, version, "from"), (version, unknown, "to"), (version, "x", "to")):
        (error,) = (await world.sales.answer(DIFF, a=a, b=b))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["errors"] == [
            {"code": "NOT_FOUND", "message": "There is no such version.", "path": [argument]}
        ]


async def test_a_rollback_brings_the_old_content_back_into_force(world: World) -> None:
    """The new version has the old digest, and signatures that say where they come from."""
    old = await active(world)
    new = await draft(world, priority=next(numbers))
    await in_force(world, new, revision=2)
    selection = "version { id number state digest note basedOn { id } signatures { party comment } } findings { code }"
    done = await world.management.done("rollback", selection, agreement="main", toVersion=old["id"], note="Too early")
    version = done["version"]
    assert (version["state"], version["digest"], version["note"]) == ("ACTIVE", old["digest"], "Too early")
    assert version["basedOn"] == {"id": old["id"]}
    marker = f"Taken over from version {old['number']}"
    assert {s["party"]: s["comment"] for s in version["signatures"]} == {"MARKETING": marker, "SALES": marker}
    assert (await active(world))["id"] == version["id"]


async def test_a_rollback_that_cannot_be_is_refused(world: World) -> None:
    """Only management, only to what was in force, only within the agreement."""
    old = await active(world)
    assert await world.marketing.forbidden("rollback", agreement="main", toVersion=old["id"])
    assert await world.sales.forbidden("rollback", agreement="main", toVersion=old["id"])
    never = await draft(world, priority=next(numbers))
    refused = world.management.refused
    assert await refused("rollback", agreement="main", toVersion=never) == ["WRONG_STATE"]
    assert await refused("rollback", agreement="none", toVersion=old["id"]) == ["NOT_FOUND"]
    assert await refused("rollback", agreement="main", toVersion="x") == ["NOT_FOUND"]


async def test_sections_are_commented_and_read_page_by_page(world: World) -> None:
    """Everybody who reads versions reads what was said about them, the oldest first."""
    version = await draft(world, priority=next(numbers))
    for who, section, body in (
        (world.sales, "handover", "Four hours are short."),
        (world.marketing, "handover", "Make it six?"),
        (world.management, "scoring", "Fine with me."),
    ):
        selection = "comment { section body person at }"
        done = await who.done("commentSection", selection, version=version, section=section, body=body)
        assert done["comment"]["body"] == body
    page = (await world.tool.ask(COMMENTS, id=version, first=2))["slaVersion"]["comments"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert [(c["person"], c["party"]) for c in page["nodes"]] == [("jonas.keller", "SALES"), ("anna.berg", "MARKETING")]
    after = page["pageInfo"]["endCursor"]
    rest = (await world.tool.ask(COMMENTS, id=version, first=2, after=after))["slaVersion"]["comments"]
    assert [c["section"] for c in rest["nodes"]] == ["scoring"]
    some = (await world.tool.ask(COMMENTS, id=version, section="scoring"))["slaVersion"]["comments"]
    assert (some["totalCount"], [c["body"] for c in some["nodes"]]) == (1, ["Fine with me."])
    node = "query ($id: ID!) { node(id: $id) { ... on SectionComment { body } } }"
    assert (await world.sales.ask(node, id=some["nodes"][0]["id"]))["node"] == {"body": "Fine with me."}


async def test_a_comment_that_cannot_be_is_refused(world: World) -> None:
    """Tools do not comment; what is in force and what is no section cannot be commented."""
    open_one, version = await draft(world, priority=next(numbers)), (await active(world))["id"]
    about = {"section": "handover", "body": "Hm."}
    assert await world.tool.forbidden("commentSection", version=open_one, **about)
    refused = world.sales.refused
    assert await refused("commentSection", version=version, **about) == ["WRONG_STATE"]
    assert await refused("commentSection", version="x", **about) == ["NOT_FOUND"]
    assert await refused("commentSection", version=open_one, section="x", body="Hm.") == ["VALUE_NOT_ALLOWED"]
    assert await world.sales.code(COMMENTS, id=open_one, section="x") == "BAD_USER_INPUT"


async def test_personas_and_segments_are_read_typed_and_decided(world: World) -> None:
    """The document shows them section by section; a dry run says who a lead is."""
    sections = {
        "personas": {
            "boss": {"label": {"en": "Boss", "de": "Chef"}, "when": {"field": "role", "op": "eq", "value": "Owner"}}
        },
        "segments": {
            "small": {
                "label": {"en": "Small", "de": "Klein"},
                "when": {"field": "account.employees", "op": "lt", "value": 100},
            }
        },
    }
    version = await draft(world, **sections)
    query = """query ($id: ID!, $lead: LeadInput!) {
      slaVersion(id: $id) { findings { code } document {
        personas { key label { text } when } segments { key journey }
      } }
      judge(lead: $lead, version: $id) { persona segment }
    }"""
    lead = {"externalId": "x", "fields": {"role": "Owner"}, "account": {"key": "k", "fields": {"employees": 10}}}
    found = await world.sales.ask(query, id=version, lead=lead)
    document = found["slaVersion"]["document"]
    assert document["segments"] == [{"key": "small", "journey": []}]
    assert document["personas"][0]["when"] == {"field": "role", "op": "eq", "value": "Owner"}
    assert besides_consents(found["slaVersion"]["findings"]) == []
    assert found["judge"] == {"persona": "boss", "segment": "small"}
