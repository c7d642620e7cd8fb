"""The schema class: strawberry's, with our scalars, limits, executor and error rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from api.errors import ApiError, Code, polish
from api.graphql.execution import FastExecutor
from api.graphql.limits.document_extension import document_extension
from api.graphql.parts.context import Context
from api.graphql.parts.scalars import SCALARS
from api.settings import ApiSettings


class BatonSchema(strawberry.Schema):
    """A strawberry schema whose errors all carry a code, with faults of ours masked, over every transport."""

    execution_seconds: float = 10.0
    mutation_seconds: float = 30.0

    async def _execute_operation(self, execution_context: ExecutionContext, *args: Any, **kwargs: Any) -> Any:
        """Run a query or mutation, whatever way it came in, for no longer than it may."""
        mutation = execution_context.operation_type is OperationType.MUTATION
        try:
            async with asyncio.timeout(self.mutation_seconds if mutation else self.execution_seconds) as limit:
                return await super()._execute_operation(execution_context, *args, **kwargs)
        except TimeoutError:
            if not limit.expired():
                raise
            raise ApiError(Code.TIMEOUT, "The operation took too long and was stopped.") from None

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Word the errors for clients and log what happened."""
        context = execution_context.context if execution_context else None
        if isinstance(context, Context):
            context.more += polish(errors, request_id=context.request_id)
        else:
            polish(errors, request_id="none")


def build_schema(
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    *,
    types: Iterable[Any] = (),
    settings: ApiSettings | None = None,
) -> BatonSchema:
    """Build the schema; `types` are those that only an interface leads to."""
    settings = settings or ApiSettings()
    schema = BatonSchema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=tuple(types),
        extensions=[document_extension(settings.limits, settings.variables)],
        execution_context_class=FastExecutor,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
    schema.execution_seconds, schema.mutation_seconds = settings.execution_seconds, settings.mutation_seconds
    _tidy(schema)
    return schema


def _tidy(schema: BatonSchema) -> None:
    """Make inputs what GraphQL knows best: @oneOf is checked by GraphQL itself, so that all faults are reported at once
    and with a path; and what may be left out has no default of null.
    """
    for kind in schema._schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            definition = kind.extensions.get("strawberry-definition")
            kind.is_one_of = kind.is_one_of or bool(getattr(definition, "is_one_of", False))
            _drop_null_defaults(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for published in kind.fields.values():
                _drop_null_defaults(published.args.values())


def _drop_null_defaults(values: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    for value in values:
        if value.default_value is None:
            value.default_value = Undefined
