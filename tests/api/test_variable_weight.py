"""What variables may hold: every list, object and text of every operation, at its bound and over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_nullable_type,
    is_list_type,
    parse,
)

from api.build import build_schema
from api.graphql.limits.document_extension import DocumentCache
from api.graphql.limits.variable_weight import uses_of, variable_faults
from api.settings import DocumentLimits, VariableLimits
from tests.api.small import client

LIMITS = VariableLimits()
ROOTS = ("query", "mutation", "subscription")


def schema() -> GraphQLSchema:
    """The schema of the house."""
    return build_schema()._schema


@dataclass(frozen=True)
class Place:
    """Where a value stands in the arguments of an operation; `#` is an item of a list."""

    root: str
    field: str
    argument: str
    type: str
    path: tuple[str, ...]
    kind: str
    """list, object, text or JSON."""

    def variables(self, value: Any) -> dict[str, Any]:
        """The variables in which the value stands at the place."""
        for step in reversed(self.path):
            value = [value] if step == "#" else {step: value}
        return {"given": value}

    @property
    def told(self) -> list[str]:
        """The path under which a fault there is told."""
        return ["given", *("0" if step == "#" else step for step in self.path)]

    @property
    def documents(self) -> bool:
        """Whether documents or parts of them are given there."""
        return self.kind == "JSON" and "fields" not in self.path

    def __str__(self) -> str:
        return ".".join((self.field, self.argument, *self.path, self.kind))


def places() -> list[Place]:
    """Every place of every argument of every operation."""
    found = []
    for root in ROOTS:
        kind = getattr(schema(), f"{root}_type")
        for name, field in kind.fields.items():
            for argument, definition in field.args.items():
                for path, at in _below(definition.type, (), ()):
                    found.append(Place(root, name, argument, str(definition.type), path, at))
    return found


def _below(type_: Any, path: tuple[str, ...], seen: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        yield path, "list"
        yield from _below(type_.of_type, (*path, "#"), seen)
    elif isinstance(type_, GraphQLInputObjectType):
        yield path, "object"
        if type_.name not in seen:
            for name, field in type_.fields.items():
                yield from _below(field.type, (*path, name), (*seen, type_.name))
    elif isinstance(type_, GraphQLScalarType) and type_.name == "JSON":
        yield path, "JSON"
    elif isinstance(type_, GraphQLScalarType) and type_.name in {"String", "ID"}:
        yield path, "text"


PLACES = places()


def faults(place: Place, value: Any) -> list[dict[str, Any]]:
    """The faults of a request that has the value at the place."""
    document = parse(f"{place.root} ($given: {place.type}) {{ {place.field}({place.argument}: $given) }}")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    errors = variable_faults(schema(), operation, uses_of(document), place.variables(value), LIMITS)
    told: list[dict[str, Any]] = []
    for error in errors:
        assert error.extensions is not None
        assert error.extensions["code"] == "BAD_USER_INPUT"
        told += error.extensions["errors"]
    return told


def bounds(place: Place) -> list[tuple[Any, Any]]:
    """Values at the bound, and just over it."""
    keys = {str(number): 1 for number in range(LIMITS.keys)}
    objects = (keys, {**keys, "one": "more"})
    texts = ("x" * LIMITS.text, "x" * (LIMITS.text + 1))
    items = LIMITS.items_in_documents if place.documents else LIMITS.items
    lists = ([1] * items, [1] * (items + 1))
    if place.kind == "JSON":
        inner = [({"a": below}, {"a": over}) for below, over in (objects, texts, lists)]
        return [objects, lists, *inner, *([] if place.documents else [texts])]
    return [{"list": lists, "object": objects, "text": texts}[place.kind]]


def test_there_is_something_to_try() -> None:
    """All kinds of places are found, those of the lists that once stopped everybody too."""
    assert {place.kind for place in PLACES} == {"list", "object", "text", "JSON"}
    assert len(PLACES) > 150
    assert {"upsertTeam.input.members.list", "leads.filter.stage.list", "upsertLeads.input.leads.#.fields.JSON"} <= set(
        map(str, PLACES)
    )


def test_every_place_is_bounded() -> None:
    """At its bound a value passes; over it, it is refused by its path, wherever it stands."""
    for place in PLACES:
        for good, bad in bounds(place):
            assert faults(place, good) == [], place
            (fault,) = faults(place, bad)
            assert fault["code"] == "TOO_MANY_ITEMS"
            assert fault["path"][: len(place.told)] == place.told, place


def test_lists_written_in_the_document_are_bounded_too() -> None:
    """A list in the document itself has no more items than one in the variables."""
    unit = DocumentCache(DocumentLimits())
    for place in PLACES:
        if place.kind == "list" and place.path == ():
            for items, refused in ((LIMITS.items, False), (LIMITS.items + 1, True)):
                text = f"{place.root} {{ {place.field}({place.argument}: [{'1 ' * items}]) }}"
                codes = [str(e.extensions) for e in unit.prepared(text, schema()).faults]
                assert any("TOO_MANY_ITEMS" in code for code in codes) is refused, place


@pytest.mark.parametrize(
    ("document", "variables", "refused"),
    [
        ("query ($a: [String!]!) { x(a: $a) }", {"a": ["x"] * 499}, False),
        ("query ($a: JSON) { x(a: $a) }", {"a": [[1] * 4_000] * 4}, False),
        ("query ($a: JSON) { x(a: $a) }", {"a": [[1] * 4_000] * 5}, True),
        ("query ($a: JSON) { x(a: $a) y(a: $a) }", {"a": [[1] * 4_000] * 4}, True),
        ("query ($a: JSON) { x(a: $a) y(a: [$a, $a, $a]) }", {"a": [1] * 4_900}, False),
        ("query ($a: JSON) { x(a: $a) y(a: [$a, $a, $a, $a]) }", {"a": [1] * 4_900}, True),
        ("query { x }", {"unknown": [1] * 501}, True),
        ("query { x }", {str(number): 1 for number in range(1_000)}, False),
        ("query { x }", {str(number): 1 for number in range(1_001)}, True),
    ],
)
def test_values_are_counted_in_all(document: str, variables: dict[str, Any], refused: bool) -> None:
    """A request holds so many values, those of a variable at each of its uses; unknown variables count too."""
    parsed = parse(document)
    operation = parsed.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert bool(variable_faults(schema(), operation, uses_of(parsed), variables, LIMITS)) is refused


async def test_too_much_is_refused_before_it_is_read() -> None:
    """A huge list is refused with BAD_USER_INPUT and its path; GraphQL has not looked at its items."""
    async with client() as http:
        response: httpx.Response = await http.post(
            "/graphql",
            json={
                "query": "query ($given: EchoInput!) { echo(input: $given) { json } }",
                "variables": {"given": {"json": [1] * 6_000}},
            },
        )
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["errors"] == [
        {"code": "TOO_MANY_ITEMS", "message": "A list has at most 5,000 items here.", "path": ["given", "json"]}
    ]
