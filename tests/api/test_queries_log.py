"""The event log as a list, and cursors: those handed out, and those that nobody has handed out."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest

from api.graphql.lists.event_cursors import read_event_cursor, write_event_cursor
from tests.api.house import World

EVENTS = """query ($types: [String!], $after: Cursor, $first: Int) {
  events(types: $types, after: $after, first: $first) { edges { cursor node { id cursor type } }
    pageInfo { endCursor hasNextPage hasPreviousPage } eventCursor } }"""


async def test_the_log_is_read_page_by_page(world: World) -> None:
    """The log is read in order; the end of a page is where the next begins, also where nothing was to be seen."""
    await world.offered()
    await world.settle()
    seen: list[str] = []
    after = None
    while True:
        page = (await world.tool.ask(EVENTS, first=7, after=after))["events"]
        assert all(edge["cursor"] == edge["node"]["cursor"] for edge in page["edges"])
        seen += [edge["cursor"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    positions = [read_event_cursor(cursor) for cursor in seen]
    assert positions == sorted(set(positions))
    assert after == page["eventCursor"]
    earliest = (await world.tool.ask(EVENTS, first=1, after="EARLIEST"))["events"]
    assert earliest["edges"][0]["cursor"] == seen[0]
    nothing = (await world.field.ask(EVENTS, types=["handover.offered"], first=10))["events"]
    assert nothing["edges"] == []
    assert read_event_cursor(nothing["pageInfo"]["endCursor"]) > 0


BACK = """query ($types: [String!], $before: String, $last: Int) {
  events(types: $types, before: $before, last: $last) { nodes { cursor type }
    pageInfo { startCursor hasNextPage hasPreviousPage } } }"""


@pytest.mark.parametrize("types", [None, ["handover.offered", "lead.created"]])
async def test_the_log_is_read_from_its_end_too(world: World, types: list[str] | None) -> None:
    """Page by page before the one that came first, in the order of the log: together the same as from the start."""
    await world.offered()
    await world.settle()
    whole: list[str] = []
    page = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = (await world.tool.ask(EVENTS, first=50, after=page["pageInfo"]["endCursor"], types=types))["events"]
        whole += [edge["cursor"] for edge in page["edges"]]
    found: list[str] = []
    before = None
    while True:
        page = (await world.tool.ask(BACK, last=7, before=before, types=types))["events"]
        found = [node["cursor"] for node in page["nodes"]] + found
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert found == whole
    assert whole
    hidden = (await world.field.ask(BACK, last=7, types=["handover.offered"]))["events"]
    assert hidden["nodes"] == []


@pytest.mark.parametrize("after", ["nonsense", "ZTI6NQ", "e1:5", write_event_cursor(10**12), "ä"])
async def test_a_cursor_that_is_none_is_bad_user_input(world: World, after: str) -> None:
    """A malformed cursor and one beyond the newest event are BAD_USER_INPUT."""
    assert await world.tool.code(EVENTS, after=after) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("leads/PRIORITY", '9223372036854775807,"%s"'),
        ("leads/PRIORITY", '-9223372036854775808,"%s"'),
        ("handovers", '"0001-01-01T00:00:00+14:00","%s"'),
        ("handovers", '"9999-12-31T23:59:59-14:00","%s"'),
        ("obligations", 'null,"%s"'),
        ("obligations", '"9999-12-31T23:59:59+00:00","%s"'),
        ("versions", '2147483648,"%s"'),
    ],
)
async def test_a_forged_cursor_is_never_a_fault_of_ours(world: World, name: str, key: str) -> None:
    """A cursor with values of the right shape that nobody has handed out is a page or BAD_USER_INPUT."""
    raw = f'[1,"{name}",{key % UUID(int=1)}]'.encode()
    after = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    plain = f"{name.partition('/')[0]}(after: $after) {{ nodes {{ id }} }}"
    query = f'agreement(key: "main") {{ {plain} }}' if name == "versions" else plain
    answer = await world.tool.answer(f"query ($after: String) {{ {query} }}", after=after)
    assert [e["extensions"]["code"] for e in answer.get("errors", [])] in ([], ["BAD_USER_INPUT"])


async def test_a_list_and_the_log_behind_it_leave_no_gap(world: World) -> None:
    """What happens after a list was read stands in the log behind the list's event cursor."""
    await world.settle()
    listed = (await world.tool.ask("{ handovers(first: 1) { eventCursor } leads(first: 1) { eventCursor } }"))[
        "handovers"
    ]
    key, _ = await world.offered()
    await world.settle()
    page = (await world.tool.ask(EVENTS, after=listed["eventCursor"], types=["handover.offered"]))["events"]
    assert [edge["node"]["type"] for edge in page["edges"]] == ["handover.offered"]
    assert key


async def test_history_is_paged_both_ways(world: World) -> None:
    """The history of a lead is paged from either end, by cursors of the log."""
    key, _ = await world.offered()
    await world.settle()
    query = """query ($ref: LeadRef!, $first: Int, $after: String, $last: Int, $before: String) { lead(ref: $ref) {
      history(first: $first, after: $after, last: $last, before: $before) {
        nodes { cursor type } pageInfo { hasNextPage hasPreviousPage startCursor } } } }"""
    ref = {"key": {"source": "crm", "externalId": key}}
    whole = (await world.tool.ask(query, ref=ref, first=100))["lead"]["history"]["nodes"]
    assert len(whole) >= 5
    second = (await world.tool.ask(query, ref=ref, first=2, after=whole[1]["cursor"]))["lead"]["history"]
    assert second["nodes"] == whole[2:4]
    end = (await world.tool.ask(query, ref=ref, last=2))["lead"]["history"]
    assert end["nodes"] == whole[-2:]
    assert end["pageInfo"]["hasPreviousPage"]
    before = (await world.tool.ask(query, ref=ref, last=1, before=end["pageInfo"]["startCursor"]))["lead"]["history"]
    assert before["nodes"] == whole[-3:-2]


async def test_a_page_of_the_log_has_at_most_one_hundred_events(world: World) -> None:
    """More than 100 events at once are BAD_USER_INPUT."""
    assert await world.tool.code(EVENTS, first=101) == "BAD_USER_INPUT"
