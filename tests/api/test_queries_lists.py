"""Lists: filters, paging both ways under inserts, and what a page costs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.api.house import World, open_world

LEADS = """query ($first: Int, $after: String, $last: Int, $before: String, $order: LeadOrder, $filter: LeadFilter) {
  leads(first: $first, after: $after, last: $last, before: $before, orderBy: $order, filter: $filter) {
    nodes { keys { externalId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""


@pytest.fixture(scope="module")
async def world(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house with leads of several kinds and one hundred handovers."""
    async with open_world(await new_database_url()) as world:
        await many(world, 100)
        yield world


async def many(world: World, count: int, prefix: str = "m") -> None:
    """So many leads, each handed over."""
    leads = [
        {
            "externalId": f"{prefix}{n}",
            "fields": {"email": f"{n}@example.org", "role": "Owner" if n % 2 else "Buyer", "country": "DE"},
            "account": {"key": f"{prefix}-{n % 7}", "fields": {"employees": 60}},
        }
        for n in range(count)
    ]
    at = world.time.at.isoformat()
    asked = [
        {"key": f"{prefix}{n}", "lead": f"{prefix}{n}", "type": "contact-form", "occurredAt": at} for n in range(count)
    ]
    await world.tool.done("upsertLeads", "results { status }", source="crm", leads=leads)
    done = await world.tool.done("recordActivities", "results { handover { id } }", source="crm", activities=asked)
    assert all(result["handover"] for result in done["results"])


async def walk(world: World, order: str, size: int, *, backward: bool = False) -> list[str]:
    """All leads in an order, page by page; leads arrive while it is paged."""
    seen: list[str] = []
    cursor = None
    arrived = 0
    while True:
        page: dict[str, Any] = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        found = (await world.tool.ask(LEADS, order=order, **page))["leads"]
        names = [node["keys"][0]["externalId"] for node in found["nodes"]]
        seen = names + seen if backward else seen + names
        info = found["pageInfo"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return seen
        cursor = info["startCursor" if backward else "endCursor"]
        if arrived < 2:
            await world.lead(due=False)
            arrived += 1


@pytest.mark.parametrize("order", ["PRIORITY", "NEWEST", "OLDEST"])
async def test_paging_under_inserts_shows_each_lead_once(world: World, order: str) -> None:
    """Paged from either end while leads arrive, every lead that was there is shown once, in the same order."""
    there = {node["keys"][0]["externalId"] for node in await everybody(world)}
    forward, back = await walk(world, order, 40), await walk(world, order, 40, backward=True)
    for seen in (forward, back):
        assert len(seen) == len(set(seen))
        assert there <= set(seen)
    assert [name for name in forward if name in there] == [name for name in back if name in there]


async def everybody(world: World) -> list[Any]:
    """All leads."""
    first = (await world.tool.ask(LEADS, first=100))["leads"]
    rest = (await world.tool.ask(LEADS, first=100, after=first["pageInfo"]["endCursor"]))["leads"]
    assert len(first["nodes"]) + len(rest["nodes"]) == first["totalCount"]
    return [*first["nodes"], *rest["nodes"]]


async def test_the_better_grade_comes_first(world: World) -> None:
    """By priority the better fit comes first; filters by grade, stage, agreement, owner and time narrow down."""
    query = (
        """query ($f: LeadFilter) { leads(first: 100, filter: $f) { nodes { decision { grade } stage } totalCount } }"""
    )
    grades = [n["decision"]["grade"] for n in (await world.tool.ask(query))["leads"]["nodes"]]
    assert [g[0] for g in grades] == sorted(g[0] for g in grades)
    worst = (await world.tool.ask(query, f={"grade": [grades[-1]]}))["leads"]
    assert {n["decision"]["grade"] for n in worst["nodes"]} == {grades[-1]}
    all_of_them = (await world.tool.ask(query))["leads"]["totalCount"]
    narrow = {
        "stage": ["mql"],
        "agreement": "main",
        "contactOwner": "MARKETING",
        "updatedSince": "2026-01-01T00:00:00Z",
    }
    assert 100 <= (await world.tool.ask(query, f=narrow))["leads"]["totalCount"] <= all_of_them
    nowhere: list[dict[str, Any]] = [
        {"stage": ["customer"]},
        {"contactOwner": "SALES"},
        {"updatedSince": "2027-01-01T00:00:00Z"},
        {"stage": []},
    ]
    for nothing in nowhere:
        assert (await world.tool.ask(query, f=nothing))["leads"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("wanted", "some"),
    [
        ({}, True),
        ({"state": ["OFFERED"]}, True),
        ({"state": ["RETURNED"]}, False),
        ({"open": True}, True),
        ({"open": False}, False),
        ({"team": ["inside-sales"]}, True),
        ({"team": ["field-sales"]}, False),
        ({"assignee": "mia.brandt"}, True),
        ({"assignee": "nobody"}, False),
        ({"queued": False}, True),
        ({"queued": True}, False),
        ({"overdue": True}, False),
        ({"overdue": False}, True),
        ({"agreement": "main"}, True),
        ({"offeredSince": "2026-01-01T00:00:00Z"}, True),
        ({"lead": "nonsense"}, False),
    ],
)
async def test_handovers_are_filtered(world: World, wanted: dict[str, Any], some: bool) -> None:
    """Each filter of handovers lets through what it names and nothing else."""
    query = "query ($f: HandoverFilter) { handovers(first: 1, filter: $f) { nodes { id } totalCount } }"
    found = (await world.tool.ask(query, f=wanted))["handovers"]
    assert bool(found["totalCount"]) == bool(found["nodes"]) == some


async def test_obligations_and_breaches_are_filtered(world: World) -> None:
    """Each filter of obligations and breaches lets through what it names and nothing else."""
    query = """query ($f: ObligationFilter) { obligations(filter: $f, first: 1) {
      totalCount nodes { subject { id } } eventCursor } }"""
    answers = {"kind": ["answer"]}
    found = (await world.tool.ask(query, f=answers))["obligations"]
    all_of_them = found["totalCount"]
    subject = found["nodes"][0]["subject"]["id"]
    wide = {
        "state": ["OPEN"],
        "kind": ["answer"],
        "party": "SALES",
        "team": ["inside-sales"],
        "dueBefore": "2027-01-01T00:00:00Z",
    }
    assert (await world.tool.ask(query, f=wide))["obligations"]["totalCount"] == all_of_them
    assert (await world.tool.ask(query, f={"subject": subject}))["obligations"]["totalCount"] == 1
    for nothing in (
        {"state": ["MET"]},
        {"kind": ["case-study"]},
        answers | {"party": "MARKETING"},
        {"assignee": "nobody"},
        {"subject": "x"},
    ):
        assert (await world.tool.ask(query, f=nothing))["obligations"]["totalCount"] == 0
    breaches = "query ($f: BreachFilter) { breaches(filter: $f) { totalCount } }"
    every = {
        "state": ["OPEN"],
        "kind": ["answer"],
        "party": "SALES",
        "team": ["field-sales"],
        "severity": ["HIGH"],
        "openedSince": "2026-01-01T00:00:00Z",
    }
    assert (await world.tool.ask(breaches, f=every))["breaches"]["totalCount"] == 0


async def test_obligations_are_paged_both_ways(world: World) -> None:
    """Obligations come by their due instant, from either end."""
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
      obligations(first: $first, after: $after, last: $last, before: $before) {
        nodes { id dueAt } pageInfo { endCursor startCursor hasNextPage } } }"""
    first = (await world.tool.ask(query, first=60))["obligations"]
    second = (await world.tool.ask(query, first=60, after=first["pageInfo"]["endCursor"]))["obligations"]
    assert first["pageInfo"]["hasNextPage"]
    assert not second["pageInfo"]["hasNextPage"]
    ids = [n["id"] for n in [*first["nodes"], *second["nodes"]]]
    assert len(ids) == len(set(ids)) >= 100
    back = (await world.tool.ask(query, last=10, before=second["pageInfo"]["startCursor"]))["obligations"]
    assert [n["id"] for n in back["nodes"]] == ids[50:60]


PAGE = """query ($first: Int) { handovers(first: $first) { nodes {
  id state round trigger grade team assignee offeredAt answerDueAt escalationLevel
  lead { stage fields keys { externalId } account { key } agreement { key } decision { grade } handover { id } }
  decision { grade contributions { because } handover { missing { message } } slaVersion { number } }
  slaVersion { number agreement { key } basedOn { id } signatures { party } }
  obligations { kind dueAt lateBy lateByBusiness subject { id } slaVersion { number } } assignments { assignee }
} } }"""


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile, but for signing in and for following the log."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        followed = "event_position" in statement and "of_lead" not in statement
        if "api_key" not in statement and not followed:
            sent.append(statement)

    engine = world.application.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_a_page_costs_the_same_number_of_statements_whatever_its_size(world: World) -> None:
    """A page of one hundred handovers with all that belongs to them costs as many statements as a page of one."""
    await world.tool.ask(PAGE, first=1)
    costs = []
    for size in (1, 10, 100):
        with counted(world) as sent:
            found = await world.tool.ask(PAGE, first=size)
        assert len(found["handovers"]["nodes"]) == size
        costs.append(len(sent))
    assert costs[0] == costs[1] == costs[2] <= 20


BELOW = """query ($first: Int, $below: Int) { leads(first: $first, filter: {stage: ["mql"]}) { nodes { id
  handovers(first: $below) { nodes { id lead { id } } totalCount pageInfo { hasNextPage } eventCursor }
  activities(first: $below) { nodes { key } totalCount }
  history(last: $below) { nodes { type } pageInfo { hasPreviousPage } eventCursor }
  account { leads(last: $below) { nodes { id } totalCount edges { cursor } pageInfo { hasPreviousPage } } }
  agreement { versions(first: $below) { nodes { number } totalCount } } } } }"""


async def test_lists_below_the_things_of_a_page_are_read_together(world: World) -> None:
    """Lists below each lead of a page cost as many statements for fifty leads as for one, and show what is theirs."""
    await world.tool.ask(BELOW, first=1, below=1)
    costs = []
    for size in (1, 50):
        with counted(world) as sent:
            found = (await world.tool.ask(BELOW, first=size, below=2))["leads"]["nodes"]
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 15
    for lead in found:
        assert [h["lead"]["id"] for h in lead["handovers"]["nodes"]] == [lead["id"]]
        assert lead["handovers"]["totalCount"] == lead["activities"]["totalCount"] == 1
        assert (len(lead["history"]["nodes"]), lead["history"]["pageInfo"]["hasPreviousPage"]) == (2, True)
        siblings = lead["account"]["leads"]
        assert (len(siblings["nodes"]), siblings["pageInfo"]["hasPreviousPage"]) == (2, True)
        assert siblings["totalCount"] in {14, 15}


async def test_a_batch_answers_with_as_few_statements_as_one(world: World) -> None:
    """The results of a batch show their leads and handovers at the cost of one."""
    selection = "results { lead { id stage } handover { id } }"
    items = [{"externalId": f"m{n}", "fields": {}} for n in range(50)]
    costs = []
    for size in (1, 50):
        with counted(world) as sent:
            await world.tool.done("upsertLeads", selection, source="crm", leads=items[:size])
        costs.append(len(sent))
    assert costs[0] == costs[1]


async def test_sizes_that_make_no_sense_are_bad_user_input(world: World) -> None:
    """A page of more than 100, of less than none, and one from both ends are BAD_USER_INPUT."""
    for page in ({"first": 101}, {"first": -1}, {"first": 1, "last": 1}, {"after": "x"}):
        assert await world.tool.code(LEADS, **page) == "BAD_USER_INPUT"
