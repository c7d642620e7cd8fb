"""Connections, cursors and global ids."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from api.errors import ApiError
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.global_ids import global_id, key_of, read_global_id
from tests.api.small import CURSORS, Row, SmallApplication, context, rows, small_schema

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String) {
  pets(first: $first, after: $after, last: $last, before: $before) {
    nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def page(application: SmallApplication, **arguments: Any) -> Any:
    """The page, or the codes of its errors."""
    result = await small_schema().execute(PAGE, arguments, context(application))
    if result.errors:
        return [str((error.extensions or {})["code"]) for error in result.errors]
    assert result.data is not None
    return result.data["pets"]


def names(found: Any) -> list[str]:
    """The names on a page."""
    return [node["name"] for node in found["nodes"]]


async def test_pages_follow_each_other_in_both_directions() -> None:
    """Pages follow each other in both directions and say whether there is more."""
    application = SmallApplication(rows=rows(120))
    seen, after = [], None
    while True:
        found = await page(application, first=50, after=after)
        seen += names(found)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"pet {n}" for n in range(120)]
    back = await page(application, last=30, before=found["pageInfo"]["startCursor"])
    assert names(back) == [f"pet {n}" for n in range(70, 100)]
    assert back["pageInfo"]["hasPreviousPage"]
    assert back["pageInfo"]["hasNextPage"]
    assert [e["node"] for e in back["edges"]] == back["nodes"]
    assert back["edges"][0]["cursor"] == back["pageInfo"]["startCursor"]


async def test_a_page_has_fifty_items_unless_told() -> None:
    """A page has fifty items unless told; before alone means the fifty before it; none is an empty page."""
    application = SmallApplication(rows=rows(120))
    assert len(names(await page(application))) == 50
    end = (await page(application, last=1))["pageInfo"]["endCursor"]
    assert names(await page(application, before=end))[-1] == "pet 118"
    empty = await page(application, first=0)
    assert empty == {
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_rows_that_come_and_go_neither_repeat_nor_hide_others() -> None:
    """Paging while rows are inserted and deleted at the front returns each surviving row once."""
    application = SmallApplication(rows=rows(60))
    first = await page(application, first=20)
    application.rows = [Row(-1, UUID(int=1000 + n), f"new {n}") for n in range(5)] + application.rows[10:]
    second = await page(application, first=50, after=first["pageInfo"]["endCursor"])
    assert names(second) == [f"pet {n}" for n in range(20, 60)]


GOOD = CURSORS.write((3, UUID(int=3)))


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 101},
        {"first": -1},
        {"last": 101},
        {"last": -1},
        {"first": 5, "last": 5},
        {"after": "x"},
        {"after": ""},
        {"after": "ä"},
        {"after": "YXJyYXljb25uZWN0aW9uOjE="},
        {"before": GOOD + "x"},
        {"after": Cursors("other", int, UUID).write((3, UUID(int=3)))},
        {"after": Cursors("pets", str, UUID).write(("3", UUID(int=3)))},
        {"after": base64.urlsafe_b64encode(orjson.dumps([2, "pets", 3, str(UUID(int=3))])).decode()},
        {"after": base64.urlsafe_b64encode(orjson.dumps([1, "pets", 2**63, str(UUID(int=3))])).decode()},
        {"after": base64.urlsafe_b64encode(orjson.dumps({"pets": 1})).decode()},
        {"after": base64.urlsafe_b64encode(orjson.dumps([1, "pets", None, str(UUID(int=3))])).decode()},
    ],
)
async def test_sizes_and_cursors_that_make_no_sense_are_bad_user_input(arguments: dict[str, Any]) -> None:
    """Sizes out of bounds and cursors that are malformed or of another list are BAD_USER_INPUT, before any read."""
    application = SmallApplication(rows=rows(3))
    assert await page(application, **arguments) == ["BAD_USER_INPUT"]
    assert application.reads == []


async def test_only_what_is_asked_for_is_read_and_the_event_cursor_first() -> None:
    """Count and event cursor are read only when asked for; the event cursor before the page."""
    application = SmallApplication(rows=rows(3))
    await small_schema().execute("{ pets { nodes { name } } }", None, context(application))
    assert application.reads == ["page"]
    application.reads.clear()
    query = "{ pets { ...F totalCount } } fragment F on PetConnection { ... on PetConnection { eventCursor } }"
    result = await small_schema().execute(query, None, context(application))
    assert result.data == {"pets": {"eventCursor": "p42", "totalCount": 3}}
    assert application.reads == ["eventCursor", "page", "count"]


async def test_of_a_long_list_the_first_ten_thousand_are_counted_once() -> None:
    """Below that the number is exact; beyond it the list says so."""
    for number, told in ((10_000, (10_000, False)), (10_001, (10_000, True))):
        application = SmallApplication(rows=rows(number))
        result = await small_schema().execute("{ pets { totalCount totalCountCapped } }", None, context(application))
        assert result.data is not None
        assert (result.data["pets"]["totalCount"], result.data["pets"]["totalCountCapped"]) == told
        assert application.reads.count("count") == 1


def test_a_connection_is_printed_as_the_contract_says() -> None:
    """Connection and edge have the names and the shape of the contract."""
    kinds = small_schema()._schema.type_map
    shape = {name: str(f.type) for name, f in kinds["PetConnection"].fields.items()}  # type: ignore[attr-defined]
    assert shape == {
        "nodes": "[Pet!]!",
        "edges": "[PetEdge!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int",
        "totalCountCapped": "Boolean!",
        "eventCursor": "Cursor!",
    }
    edge = {name: str(f.type) for name, f in kinds["PetEdge"].fields.items()}  # type: ignore[attr-defined]
    assert edge == {"cursor": "String!", "node": "Pet!"}


def test_a_cursor_gives_back_the_key_it_was_written_from() -> None:
    """A cursor gives back the key it was written from, whatever it is made of."""
    cursors = Cursors("all", datetime, Decimal, str, int, bool, UUID, nullable=frozenset({1}))
    key = (datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC), Decimal("1.50"), "ä", -5, True, UUID(int=7))
    assert cursors.read(cursors.write(key), "after") == key
    without = (key[0], None, *key[2:])
    assert cursors.read(cursors.write(without), "after") == without
    with pytest.raises(ApiError, match="'after' is not a cursor of this list"):
        cursors.read(Cursors("all", str).write(("x",)), "after")


def test_a_global_id_is_read_back_or_nobodys() -> None:
    """A global id tells type and row; anything else is nobody's id."""
    key = UUID(int=5)
    assert read_global_id(global_id("Pet", key)) == ("Pet", key)
    assert key_of(global_id("Pet", key), "Pet") == key
    assert key_of(global_id("Pet", key), "Dog") is None
    upper = base64.urlsafe_b64encode(f"Pet:{str(UUID(int=255)).upper()}".encode()).decode()
    for text in ("", "x", "Pet:5", "ä", "UGV0OjU=", "x" * 300, upper, str(key)):
        assert read_global_id(text) is None


@pytest.mark.parametrize(
    "node",
    [
        global_id("Pet", UUID(int=50)),
        global_id("Pet", UUID(int=98)),
        global_id("Pet", UUID(int=99)),
        global_id("Cow", UUID(int=1)),
        "x",
    ],
)
async def test_unknown_forbidden_and_malformed_nodes_look_alike(node: str) -> None:
    """An unknown, a forbidden and a malformed id are all answered with null."""
    result = await small_schema().execute("query ($id: ID!) { node(id: $id) { id } }", {"id": node}, context())
    assert (result.data, result.errors) == ({"node": None}, None)


async def test_a_node_is_read_by_its_id() -> None:
    """A node is read again by its id, as the type it is."""
    node = global_id("Pet", UUID(int=2))
    query = "query ($id: ID!) { node(id: $id) { __typename id ... on Pet { name } } }"
    result = await small_schema().execute(query, {"id": node}, context(SmallApplication(rows=rows(3))))
    assert result.data == {"node": {"__typename": "Pet", "id": node, "name": "pet 1"}}
