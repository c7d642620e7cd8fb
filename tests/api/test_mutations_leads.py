"""Mutations of leads and activities: each once, and each of their refusals once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.house import World, mutation_of

LEADS = "results { index externalId status lead { id stage } handover { id } errors { code path } }"
ACTIVITIES = "results { index key status lead { id } handover { id } errors { code path } }"


def item(key: str, **fields: Any) -> dict[str, Any]:
    """A lead as it is sent."""
    return {"externalId": key, "fields": fields}


async def upsert(world: World, *leads: dict[str, Any], **given: Any) -> Any:
    """The results of a batch of leads."""
    return (await world.tool.done("upsertLeads", LEADS, source="crm", leads=list(leads), **given))["results"]


async def record(world: World, *activities: dict[str, Any], **given: Any) -> Any:
    """The results of a batch of activities."""
    now = world.time.at.isoformat()
    items = [{"type": "webinar-attended", "occurredAt": now, **activity} for activity in activities]
    return (await world.tool.done("recordActivities", ACTIVITIES, source="crm", activities=items, **given))["results"]


def statuses(results: Any) -> list[str]:
    """The status of each item."""
    return [result["status"] for result in results]


def faults(results: Any) -> list[list[tuple[str, list[str] | None]]]:
    """The errors of each item."""
    return [[(e["code"], e["path"]) for e in result["errors"]] for result in results]


async def test_leads_are_created_merged_and_recognised(world: World) -> None:
    """A lead is created once, changed by what is new, and unchanged by what is known."""
    key = "l-1"
    account = {"key": "firm", "name": "Firm", "owner": "karl.huber", "fields": {"employees": 20}}
    (created,) = await upsert(
        world, {**item(key, email="a@example.org"), "account": account, "createdAt": "2026-01-05T10:00:00Z"}
    )
    assert (created["status"], created["externalId"], created["index"]) == ("CREATED", key, 0)
    assert created["lead"]["stage"] == "prospect"
    assert statuses(await upsert(world, item(key, email="a@example.org"))) == ["UNCHANGED"]
    assert statuses(await upsert(world, item(key, email="b@example.org", phone="1"))) == ["UPDATED"]
    assert statuses(await upsert(world, item(key, phone=None), item(key, country="DE"))) == ["UPDATED", "UPDATED"]
    twice = await upsert(world, item("l-2", phone="1"), item("l-2", phone="1"), item("l-2", phone="2"))
    assert statuses(twice) == ["CREATED", "UNCHANGED", "UPDATED"]
    query = "query ($ref: LeadRef!) { lead(ref: $ref) { fields account { name owner fields } } }"
    found = (await world.tool.ask(query, ref={"id": created["lead"]["id"]}))["lead"]
    assert found["fields"] == {"email": "b@example.org", "country": "DE"}
    assert found["account"] == {"name": "Firm", "owner": "karl.huber", "fields": {"employees": 20}}


async def test_bad_leads_are_told_and_good_ones_kept(world: World) -> None:
    """Each bad item says all that is wrong with it, by code and path; the good ones are kept, in input order."""
    ahead = (world.time.at + timedelta(minutes=6)).isoformat()
    results = await upsert(
        world,
        item("g-1", email="x"),
        item("g-2", nonsense=1, email=5),
        item(" g-3 "),
        {**item("g-4"), "observedAt": ahead},
        {"externalId": "g-5", "fields": [1]},
        item("g-6", role="Owner"),
        {**item("g-7"), "account": {"key": "", "fields": {"employees": "many"}}},
    )
    refused = "REFUSED"
    assert statuses(results) == ["CREATED", refused, refused, refused, refused, "CREATED", refused]
    assert faults(results) == [
        [],
        [("UNKNOWN_FIELD", ["fields", "nonsense"]), ("WRONG_TYPE", ["fields", "email"])],
        [("MALFORMED_KEY", ["externalId"])],
        [("IN_FUTURE", ["observedAt"])],
        [("WRONG_TYPE", ["fields"])],
        [],
        [("MALFORMED_KEY", ["account", "key"]), ("WRONG_TYPE", ["account", "fields", "employees"])],
    ]
    assert [result["lead"] is not None for result in results] == [s != refused for s in statuses(results)]


async def test_a_lead_of_the_year_one_is_not_taken(world: World) -> None:
    """What a tool sends for 'never' is no moment: it would stand in every list and could not be written any more."""
    query = "mutation ($input: UpsertLeadsInput!) { upsertLeads(input: $input) { results { status } } }"
    given = {"source": "crm", "leads": [item("1") | {"createdAt": "0001-01-01T00:00:00Z"}]}
    assert await world.tool.code(query, input=given) == "BAD_USER_INPUT"
    await upsert(world, item("2") | {"createdAt": "1900-01-01T00:00:00Z"})
    answer = await world.tool.ask("{ leads { nodes { stageSince } } }")
    assert min(lead["stageSince"] for lead in answer["leads"]["nodes"]) == "1900-01-01T00:00:00.000Z"


async def test_an_atomic_batch_is_kept_whole_or_not_at_all(world: World) -> None:
    """In an atomic batch one bad item refuses the good ones too."""
    results = await upsert(world, item("t-1"), item("t-2", nonsense=1), atomic=True)
    assert [[code for code, _ in errors] for errors in faults(results)] == [["BATCH_REFUSED"], ["UNKNOWN_FIELD"]]
    assert statuses(await upsert(world, item("t-1"), atomic=True)) == ["CREATED"]
    results = await record(world, {"key": "t", "lead": "t-1"}, {"key": "u", "lead": "t-2"}, atomic=True)
    assert [[code for code, _ in errors] for errors in faults(results)] == [["BATCH_REFUSED"], ["UNKNOWN_LEAD"]]
    assert statuses(await record(world, {"key": "t", "lead": "t-1"}, atomic=True)) == ["RECORDED"]


async def test_a_batch_that_is_at_fault_itself_has_no_results(world: World) -> None:
    """A malformed source is an error of the batch, with empty results; more than 500 items are not even read."""
    for mutation, name, one in (
        ("upsertLeads", "leads", item("x")),
        (
            "recordActivities",
            "activities",
            {"key": "a", "lead": "x", "type": "t", "occurredAt": world.time.at.isoformat()},
        ),
    ):
        query = mutation_of(mutation, "results { index }")
        (error,) = (await world.tool.answer(query, input={"source": "crm", name: [one] * 501}))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["errors"][0]["path"]) == (
            "BAD_USER_INPUT",
            ["input", name],
        )
        payload = await world.tool.do(mutation, "results { index }", source=" ", **{name: [one]})
        assert payload == {"results": [], "errors": [{"code": "MALFORMED_KEY", "path": ["source"]}]}


async def test_errors_are_told_as_far_as_there_is_room(world: World) -> None:
    """An answer tells 50 errors and the first of each item, and how many more there are; a long name is cut."""
    wrong = {f"wrong-{number}": 1 for number in range(400)}
    batch = [item(f"w-{number}", **wrong) for number in range(3)] + [item("w-long", **{"x" * 50_000: 1})]
    query = mutation_of("upsertLeads", "results { status errors { code message path } }")
    response = await world.tool.post(query, input={"source": "crm", "leads": batch})
    answer = response.json()
    results = answer["data"]["upsertLeads"]["results"]
    assert [len(result["errors"]) for result in results] == [50, 1, 1, 1]
    assert {result["status"] for result in results} == {"REFUSED"}
    assert answer["extensions"] == {"more": 350 + 399 + 399}
    assert len(results[3]["errors"][0]["path"][1]) == 200
    assert len(response.content) < 20_000


async def test_five_hundred_leads_are_taken_at_once(world: World) -> None:
    """A batch of 500 is taken; sent again it changes nothing."""
    batch = [item(f"many-{n}", email=f"{n}@example.org") for n in range(500)]
    assert set(statuses(await upsert(world, *batch))) == {"CREATED"}
    again = await upsert(world, *batch)
    assert set(statuses(again)) == {"UNCHANGED"}
    assert [result["index"] for result in again] == list(range(500))


async def test_activities_count_once(world: World) -> None:
    """An activity is recorded once; the same again is a duplicate, the key with other content is refused."""
    await upsert(world, item("a-1", email="x"))
    first = {"key": "k-1", "lead": "a-1", "channel": "website", "campaign": "spring", "content": "pumps"}
    assert statuses(await record(world, first, first)) == ["RECORDED", "DUPLICATE"]
    (again,) = await record(world, first)
    assert again["status"] == "DUPLICATE"
    assert again["lead"] is not None
    (reused,) = await record(world, {**first, "content": "valves"})
    assert faults([reused]) == [[("KEY_REUSED", ["key"])]]


async def test_bad_activities_are_told_and_good_ones_kept(world: World) -> None:
    """Each bad activity says what is wrong with it; the good ones are kept."""
    await upsert(world, item("b-1", email="x"))
    ahead = (world.time.at + timedelta(minutes=6)).isoformat()
    results = await record(
        world,
        {"key": "b1", "lead": "b-1"},
        {"key": "b2", "lead": "none"},
        {"key": "b3", "lead": "b-1", "type": "none"},
        {"key": "b4", "lead": "b-1", "occurredAt": ahead},
        {"key": "b5", "lead": "b-1", "fields": {"x": 1}},
        {"key": "b6", "lead": "b-1", "campaign": "x" * 501},
        {"key": "\t", "lead": "b-1"},
    )
    assert faults(results) == [
        [],
        [("UNKNOWN_LEAD", ["lead"])],
        [("UNKNOWN_ACTIVITY_TYPE", ["type"])],
        [("IN_FUTURE", ["occurredAt"])],
        [("UNKNOWN_FIELD", ["fields", "x"])],
        [("WRONG_TYPE", ["campaign"])],
        [("MALFORMED_KEY", ["key"])],
    ]


async def test_an_activity_that_makes_a_lead_due_shows_its_handover(world: World) -> None:
    """The result of the activity that makes a lead due shows the lead's new handover."""
    key = await world.lead(due=False)
    quiet = await world.activity(key, "newsletter-click")
    assert quiet["handover"] is None
    asked = await world.activity(key, "contact-form")
    assert asked["handover"]["state"] == "OFFERED"
    assert asked["handover"]["team"] == "inside-sales"


async def test_sales_records_activities_of_its_own_leads(world: World) -> None:
    """Sales records activities of its leads; those of others are as unknown to it as none."""
    key, _ = await world.offered()
    now = world.time.at.isoformat()
    call = {
        "key": "call-1",
        "lead": key,
        "type": "sales-call",
        "occurredAt": now,
        "party": "SALES",
        "person": "jonas.keller",
    }
    for caller, codes in ((world.field, ["UNKNOWN_LEAD"]), (world.sales, [])):
        done = await caller.done("recordActivities", ACTIVITIES, source="crm", activities=[call])
        assert [e["code"] for e in done["results"][0]["errors"]] == codes


MOVED = "lead { stage stageSince handover { id } }"


async def test_a_lead_is_moved_by_hand(world: World) -> None:
    """Sales moves its accepted lead along allowed transitions; winning it ends the handover."""
    key, handover = await world.offered()
    ref = {"key": {"source": "crm", "externalId": key}}
    assert await world.sales.refused("moveLead", lead=ref, stage="sal") == ["WRONG_STATE"]
    await world.sales.done("acceptHandover", "handover { state }", handover=handover)
    moved = await world.sales.done("moveLead", MOVED, lead=ref, stage="sql", reason="budget")
    assert moved["lead"]["stage"] == "sql"
    assert moved["lead"]["handover"] == {"id": handover}
    await world.sales.done("moveLead", MOVED, lead=ref, stage="opportunity")
    query = "query ($id: ID!) { node(id: $id) { ... on Handover { state closedAt lead { id stage } } } }"
    lead_id = (await world.sales.ask(query, id=handover))["node"]["lead"]["id"]
    for stage in await path_to_won(world):
        moved = await world.sales.done(
            "moveLead", MOVED, lead={"id": lead_id}, stage=stage, value="1200.50", currency="EUR"
        )
    assert moved["lead"]["handover"] is None
    ended = (await world.sales.ask(query, id=handover))["node"]
    assert (ended["state"], ended["closedAt"] is not None) == ("ACCEPTED", True)


async def path_to_won(world: World) -> list[str]:
    """The stages from an opportunity to a customer."""
    query = '{ agreement(key: "main") { activeVersion { document { journey { stages { key kind next } } } } } }'
    document = (await world.tool.ask(query))["agreement"]["activeVersion"]["document"]
    stages = {stage["key"]: stage for stage in document["journey"]["stages"]}
    path, here = [], stages["opportunity"]
    while here["kind"] != "WON":
        here = next(stages[key] for key in here["next"] if stages[key]["kind"] in {"OPPORTUNITY", "WON"})
        path.append(here["key"])
    return path


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"stage": "none"}, "UNKNOWN_STAGE"),
        ({"stage": "opportunity"}, "WRONG_STATE"),
        ({"stage": "sql", "currency": "euro"}, "VALUE_NOT_ALLOWED"),
        ({"stage": "sql", "value": "-1"}, "VALUE_NOT_ALLOWED"),
        ({"stage": "sql", "at": "2027-01-01T00:00:00Z"}, "IN_FUTURE"),
    ],
)
async def test_a_move_that_makes_no_sense_is_refused(world: World, given: dict[str, Any], code: str) -> None:
    """Unknown stages, ways that are not allowed, odd currencies, negative values and moments ahead are refused."""
    key, _ = await world.offered()
    assert await world.sales.refused("moveLead", lead={"key": {"source": "crm", "externalId": key}}, **given) == [code]


async def test_a_lead_that_is_unknown_or_of_others_is_not_found(world: World) -> None:
    """An unknown lead, a malformed id and a lead of another team are NOT_FOUND alike."""
    key, _ = await world.offered()
    mine = {"key": {"source": "crm", "externalId": key}}
    for ref in (mine, {"key": {"source": "crm", "externalId": "none"}}, {"id": "nonsense"}):
        assert await world.field.refused("moveLead", lead=ref, stage="sql") == ["NOT_FOUND"]
    both = {"id": "x", "key": {"source": "crm", "externalId": "x"}}
    query = "query ($ref: LeadRef!) { lead(ref: $ref) { id } }"
    assert await world.tool.code(query, ref=both) == "BAD_USER_INPUT"
