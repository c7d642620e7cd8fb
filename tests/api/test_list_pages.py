"""Pages that cannot be are told before anything runs, with their place, wherever in a document they are asked for."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from api.build import build_schema
from api.graphql.list_cursors import LIST_CURSORS
from api.graphql.types.lead_types import CURSORS
from application.reading.lists import LeadOrder
from domain.words.ids import new_id
from tests.api.house import MONDAY, World, ref

NEWEST = CURSORS[LeadOrder.NEWEST].write((new_id(now=MONDAY),))


def test_every_list_has_its_cursors() -> None:
    """A new list with pages needs its row."""
    paged = {
        f"{kind.name}.{name}"
        for kind in build_schema()._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if "after" in field.args and get_named_type(field.type).name.endswith("Connection")
    }
    assert paged == set(LIST_CURSORS)


@pytest.mark.parametrize(
    ("selection", "variables", "path"),
    [
        ('lead(ref: $ref) { id history(after: "x") { nodes { id } } }', {}, ["lead", "history", "after"]),
        ("lead(ref: $ref) { l: handovers(before: $c) { nodes { id } } }", {"c": "x"}, ["lead", "l", "before"]),
        ("lead(ref: $ref) { ...F }", {}, ["lead", "decisions", "after"]),
        (
            "lead(ref: $ref) { ... on Lead { activities(first: 101) { nodes { id } } } }",
            {},
            ["lead", "activities", "first"],
        ),
        (
            'agreement(key: "main") { versions(first: 1, last: 1) { nodes { id } } }',
            {},
            ["agreement", "versions", "first"],
        ),
        ("leads(after: $c) { nodes { id } }", {"c": NEWEST}, ["leads", "after"]),
    ],
)
async def test_a_page_that_cannot_be_is_told_before_anything_runs(
    world: World, selection: str, variables: dict[str, Any], path: list[str]
) -> None:
    """BAD_USER_INPUT with the place, without data, while the lead beside it is not read."""
    key = await world.lead(due=False)
    given = ", $c: String" if "$c" in selection else ""
    query = f"query ($ref: LeadRef!{given}) {{ viewer {{ role }} x: lead(ref: $ref) {{ id }} {selection} }}"
    query += ' fragment F on Lead { decisions(after: "bm8") { nodes { id } } }' if "...F" in selection else ""
    answer = await world.admin.answer(query, ref=ref(key), **variables)
    assert "data" not in answer
    (error,) = answer["errors"]
    (fault,) = error["extensions"]["errors"]
    assert (error["extensions"]["code"], fault["path"]) == ("BAD_USER_INPUT", path)


async def test_good_pages_and_fields_left_out_are_no_matter(world: World) -> None:
    """The cursor of the order that is asked for is good; what is skipped is not looked at."""
    good = "query ($o: LeadOrder, $c: String) { leads(orderBy: $o, after: $c) { nodes { id } } }"
    assert (await world.admin.ask(good, o="NEWEST", c=NEWEST))["leads"]["nodes"] == []
    literal = "query ($c: String) { leads(orderBy: NEWEST, after: $c) { nodes { id } } }"
    await world.admin.ask(literal, c=NEWEST)
    skipped = 'query ($no: Boolean!) { viewer { role } leads(after: "x") @skip(if: $no) { nodes { id } } }'
    await world.admin.ask(skipped, no=True)
    assert await world.admin.code(skipped, no=False) == "BAD_USER_INPUT"
