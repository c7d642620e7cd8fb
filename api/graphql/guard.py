"""Every root field of the schema asks the table of rights before it does anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar

from graphql import GraphQLObjectType

from api.graphql.schema import BatonSchema
from domain.people import rights
from domain.people.principal import Principal

S = TypeVar("S", bound=BatonSchema)
Resolve = Callable[..., Any]


def guard(schema: S) -> S:
    """The schema, whose root fields refuse who may not; one without a row in the table makes no schema."""
    for root in ("Query", "Mutation", "Subscription"):
        kind = schema._schema.type_map[root]
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - roots are
        for name, field in kind.fields.items():
            operation = rights.RIGHTS[f"{root}.{name}"].operation
            if root == "Subscription" and field.subscribe is not None:
                field.subscribe = _asking_to_follow(operation, field.subscribe)
            elif field.resolve is not None:
                field.resolve = _asking(operation, field.resolve)
    return schema


def _asking(operation: str, resolve: Resolve) -> Resolve:
    def ask(source: Any, info: Any, **given: Any) -> Any:
        rights.need(info.context.principal, operation)
        return resolve(source, info, **given)

    return ask


def _asking_to_follow(operation: str, subscribe: Resolve) -> Resolve:
    """The same for a stream, which is refused as a whole: its errors belong to no field."""

    def ask(source: Any, info: Any, **given: Any) -> Any:
        principal = info.context.principal
        return subscribe(source, info, **given) if rights.may(principal, operation) else _refused(principal, operation)

    return ask


async def _refused(principal: Principal, operation: str) -> AsyncGenerator[Any, None]:
    rights.need(principal, operation)
    yield None
