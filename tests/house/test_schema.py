"""The printed schema is the promise: it equals the file, and everything in it is described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
)

from api.build import build_schema

PRINTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_printed_schema_equals_the_file() -> None:
    """The schema equals schema.graphql; `make schema` writes it anew after a change that is meant."""
    assert build_schema().as_str() + "\n" == PRINTED.read_text(encoding="utf-8")


def undescribed() -> Iterator[str]:
    """Whatever the schema publishes without a description."""
    for kind in build_schema()._schema.type_map.values():
        if is_introspection_type(kind):
            continue
        if not kind.description:
            yield kind.name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description)
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{kind.name}.{name}" for name, value in kind.fields.items() if not value.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, published in kind.fields.items():
                if not published.description:
                    yield f"{kind.name}.{name}"
                yield from (f"{kind.name}.{name}({a}:)" for a, given in published.args.items() if not given.description)


def test_everything_published_is_described() -> None:
    """Every type, field, argument, input field and enum value has a description."""
    assert list(undescribed()) == []
