"""Mutations of teams, keys and consumers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api.build import REMEMBERED_SECONDS
from api.graphql.lists.event_cursors import read_event_cursor, write_event_cursor
from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, Caller, World

TEAM = "team { key title members { person active weight maxOpen maxPerMonth } }"


async def test_a_team_is_created_and_replaced(world: World) -> None:
    """A team is created, then replaced: members that are not named are no longer in it."""
    members = [
        {"person": "a"},
        {"person": "b", "active": False, "weight": 3, "maxOpen": 5, "maxPerMonth": 9, "skills": ["x"]},
    ]
    given = {"key": "new-team", "title": "New", "party": "SALES", "leadPerson": "a"}
    made = (await world.management.done("upsertTeam", TEAM, members=members, **given))["team"]
    assert made["members"] == [
        {"person": "a", "active": True, "weight": 1, "maxOpen": None, "maxPerMonth": None},
        {"person": "b", "active": False, "weight": 3, "maxOpen": 5, "maxPerMonth": 9},
    ]
    made = (await world.admin.done("upsertTeam", TEAM, members=members[:1], **{**given, "title": "Newer"}))["team"]
    assert (made["title"], len(made["members"])) == ("Newer", 1)


async def faults(caller: Caller, mutation: str, **given: Any) -> list[tuple[str, str]]:
    """The code and the path of each error of a mutation."""
    told = (await caller.do(mutation, "", **given))["errors"]
    return [(error["code"], ".".join(error["path"])) for error in told]


async def test_all_that_is_wrong_is_told_at_once(world: World) -> None:
    """Whoever sets up people mends an input once, not fault by fault."""
    member = {"person": "a", "maxOpen": -1, "weight": 0, "skills": [" "]}
    team = {"key": " ", "title": "", "party": "SALES", "leadPerson": "", "members": [member, member]}
    assert await faults(world.admin, "upsertTeam", **team) == [
        ("MALFORMED_KEY", "key"),
        ("VALUE_NOT_ALLOWED", "title"),
        ("MALFORMED_KEY", "leadPerson"),
        *(
            fault
            for place in ("members.0", "members.1")
            for fault in (
                ("MALFORMED_KEY", f"{place}.skills.0"),
                ("VALUE_NOT_ALLOWED", f"{place}.weight"),
                ("VALUE_NOT_ALLOWED", f"{place}.maxOpen"),
            )
        ),
        ("VALUE_NOT_ALLOWED", "members.1.person"),
    ]
    at = world.time.at.isoformat()
    key = {"name": "", "role": "SALES", "party": "MARKETING", "person": " ", "teams": ["inside-sales", "", "nowhere"]}
    key |= {"scopes": ["leads:ingest"], "expiresAt": at}
    assert await faults(world.admin, "createApiKey", **key) == [
        ("VALUE_NOT_ALLOWED", "party"),
        ("VALUE_NOT_ALLOWED", "name"),
        ("MALFORMED_KEY", "person"),
        ("MALFORMED_KEY", "teams.1"),
        ("VALUE_NOT_ALLOWED", "scopes.0"),
        ("UNKNOWN_TEAM", "teams.2"),
        ("VALUE_NOT_ALLOWED", "expiresAt"),
    ]
    absence = {"person": "nobody", "from": at, "until": at}
    assert await faults(world.admin, "setAbsence", **absence) == [
        ("UNKNOWN_PERSON", "person"),
        ("VALUE_NOT_ALLOWED", "until"),
    ]
    agreement = {"key": "a b", "title": "", "template": "starter", "document": {}}
    assert await faults(world.admin, "createAgreement", **agreement) == [
        ("MALFORMED_KEY", "key"),
        ("VALUE_NOT_ALLOWED", "title"),
        ("VALUE_NOT_ALLOWED", "document"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"key": " "}, "MALFORMED_KEY", ["key"]),
        ({"title": ""}, "VALUE_NOT_ALLOWED", ["title"]),
        ({"members": [{"person": "a", "maxOpen": -1}]}, "VALUE_NOT_ALLOWED", ["members", "0", "maxOpen"]),
        ({"members": [{"person": "a"}, {"person": "a"}]}, "VALUE_NOT_ALLOWED", ["members", "1", "person"]),
        ({"members": [{"person": ""}]}, "MALFORMED_KEY", ["members", "0", "person"]),
    ],
)
async def test_a_team_that_makes_no_sense_is_refused(
    world: World, change: dict[str, Any], code: str, path: list[str]
) -> None:
    """Malformed keys, empty titles, impossible capacities and members twice are refused with their path."""
    given = {"key": "t", "title": "T", "party": "SALES", "members": [{"person": "a"}], **change}
    assert (await world.management.do("upsertTeam", "", **given))["errors"] == [{"code": code, "path": path}]


KEY = "apiKey { id name role party person teams scopes expiresAt revokedAt lastUsedAt } secret"


async def test_a_key_is_made_used_and_revoked(world: World) -> None:
    """A key's secret is told once and signs in; a revoked one does not, within a second."""
    made = await world.admin.done(
        "createApiKey", KEY, name="mia", role="SALES", person="mia.brandt", teams=["inside-sales"]
    )
    key = made["apiKey"]
    assert (key["party"], key["teams"], key["scopes"], key["revokedAt"]) == ("SALES", ["inside-sales"], [], None)
    mia = Caller(world.admin.http, made["secret"])
    assert (await mia.ask("{ viewer { person } }"))["viewer"]["person"] == "mia.brandt"
    assert await world.sales.forbidden("revokeApiKey", apiKey=key["id"])
    revoked = await world.admin.done("revokeApiKey", "apiKey { revokedAt }", apiKey=key["id"])
    assert revoked["apiKey"]["revokedAt"] is not None
    await asyncio.sleep(REMEMBERED_SECONDS)
    assert await mia.code("{ viewer { person } }") == "UNAUTHENTICATED"
    assert await world.admin.done("revokeApiKey", "apiKey { revokedAt }", apiKey=key["id"]) == revoked
    for unknown in ("nonsense", global_id("ApiKey", new_id(now=MONDAY))):
        assert await world.admin.refused("revokeApiKey", apiKey=unknown) == ["NOT_FOUND"]


async def test_a_key_expires(world: World) -> None:
    """A key signs in until it expires; one that has expired already is not made, nor one at odds with its role."""
    at = (world.time.at + timedelta(minutes=1)).isoformat()
    made = await world.admin.done("createApiKey", KEY, name="short", role="INTEGRATION", expiresAt=at)
    short = Caller(world.admin.http, made["secret"])
    await short.ask("{ viewer { role } }")
    world.time.at += timedelta(minutes=1)
    await asyncio.sleep(REMEMBERED_SECONDS)
    assert await short.code("{ viewer { role } }") == "UNAUTHENTICATED"
    refused = world.admin.refused
    assert await refused("createApiKey", name="k", role="ADMIN", expiresAt=at) == ["VALUE_NOT_ALLOWED"]
    assert await refused("createApiKey", name="k", role="SALES", party="MARKETING") == ["VALUE_NOT_ALLOWED"]
    assert await refused("createApiKey", name="", role="ADMIN") == ["VALUE_NOT_ALLOWED"]


async def test_a_consumer_acknowledges_and_never_goes_back(world: World) -> None:
    """A consumer stands where it acknowledged; what is behind changes nothing, what is ahead is refused."""
    await world.settle()
    page = (await world.tool.ask("{ events(first: 5) { nodes { cursor } } }"))["events"]["nodes"]
    third, first = page[2]["cursor"], page[0]["cursor"]
    ack = {"consumer": "crm"}
    assert (await world.tool.done("ackEvents", "cursor", cursor=third, **ack))["cursor"] == third
    assert (await world.tool.done("ackEvents", "cursor", cursor=first, **ack))["cursor"] == third
    ahead = write_event_cursor(10**9)
    assert await world.tool.refused("ackEvents", cursor=ahead, **ack) == ["VALUE_NOT_ALLOWED"]
    assert await world.tool.refused("ackEvents", consumer="", cursor=first) == ["MALFORMED_KEY"]
    query = "mutation ($input: AckEventsInput!) { ackEvents(input: $input) { cursor } }"
    assert await world.tool.code(query, input={"consumer": "crm", "cursor": "nonsense"}) == "BAD_USER_INPUT"
    assert read_event_cursor(third) > read_event_cursor(first)


ID = "nonsense"


async def test_a_signature_needs_a_person(world: World) -> None:
    """A key of sales that names no person does not sign."""
    made = await world.admin.done("createApiKey", KEY, name="bot", role="SALES")
    bot = Caller(world.admin.http, made["secret"])
    assert await bot.forbidden("signVersion", version=ID, party="SALES", approve=True)


async def test_of_sales_only_the_leader_reassigns(world: World) -> None:
    """A rep who does not lead the handover's team may not reassign it."""
    _, handover = await world.offered()
    given = {"handover": handover, "team": "inside-sales", "assignee": "mia.brandt", "reason": "x"}
    assert await world.sales.forbidden("reassignHandover", **given)
