"""EventSource of events: executed in the name of what may be seen, and told alike to all who ask the same.

A subscription of the log yields one thing only: the stream that tells it, which the executor hands on with a teller.
Events are executed in the name of the subscriber's sight, which is all of a principal that what it reads may depend on.
So whoever asks the same question in the same language with the same sight can be given the very same text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, cast

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from api.errors import ApiError, polish
from api.graphql.parts.broadcast import Message
from api.graphql.parts.context import Context
from api.graphql.results import closing, first_code, formatted
from api.wire import write_json
from domain.people.principal import Principal

WHERE = frozenset({"after", "consumer"})
"""Arguments that say where a subscription begins, not what is told of an event."""

Execute = Callable[[Context, Any], Awaitable[ExecutionResult]]
"""Executes an operation for one event, in some surroundings."""


@dataclass(frozen=True, slots=True)
class SubscriptionExecution:
    """Makes messages of events for all who ask one question with one sight."""

    question: Hashable
    """The question (see `question_of`); None when nobody else can be known to ask the same."""
    context: Context
    sight: Principal
    execute: Execute

    @property
    def audience(self) -> Hashable:
        """Equal for all who may be told the same."""
        return object() if self.question is None else (self.question, self.sight, self.context.language)

    def surroundings(self) -> Context:
        """Those of some events that are told together: whoever sees the same, with nothing loaded yet."""
        return replace(self.context, principal=self.sight, page={})

    async def message(self, context: Context, event: Any, position: int) -> Message:
        """Return what is told of an event; raises StreamClosed where it ends the stream."""
        result = await self.execute(context, event)
        if result.errors:
            polish(result.errors, request_id=context.request_id)
        if (end := closing(result)) is not None:
            raise end
        return message(result, event, position)


class Stream(ABC):
    """The pages that a subscription yields."""

    @abstractmethod
    def told(self, execution: SubscriptionExecution) -> AsyncGenerator[Sequence[Message], None]:
        """The messages, as many at a time as there are; without end."""


async def told(result: Any, event: Any) -> AsyncGenerator[Sequence[Message], None]:
    """Return what a result is told as: the messages of its stream, or the result itself, which may be of an event."""
    if isinstance(result.data, AsyncGenerator):
        async with aclosing(result.data) as stream:
            async for messages in stream:
                yield messages
    else:
        yield [message(result, event)]


def message_of(error: ApiError) -> Message:
    """An error that ends a stream, as it goes over the wire."""
    body = {"errors": [{"message": error.message, "extensions": error.as_extensions()}]}
    return Message(write_json(body).decode(), str(error.code))


def message(result: Any, event: Any, position: int = 0) -> Message:
    """A result, which may be of an event, as it goes over the wire."""
    cursor = getattr(event, "cursor", None)
    text = write_json(formatted(result)).decode()
    return Message(text, first_code(result), cursor if isinstance(cursor, str) else None, position)


def question_of(
    operation: OperationDefinitionNode, fragments: Sequence[FragmentDefinitionNode], variables: dict[str, Any]
) -> Hashable:
    """The question of an operation to each event, however it is written and wherever it begins; None when it cannot be
    told.

    Equal questions have equal answers: the same selection, and the same values of all variables that it names.
    """
    root = [_anywhere(one) if isinstance(one, FieldNode) else one for one in operation.selection_set.selections]
    asked = OperationDefinitionNode(
        operation=operation.operation,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(root)),
    )
    parts = [asked, *sorted(fragments, key=lambda fragment: fragment.name.value)]
    named = _Variables()
    for part in parts:
        visit(part, named)
    try:
        values = tuple((name, _frozen(variables[name])) for name in sorted(named.names) if name in variables)
        hash(values)
    except TypeError:
        return None
    return (*map(print_ast, parts), values)


def _anywhere(field: FieldNode) -> FieldNode:
    """A field without the arguments that say where it begins."""
    return FieldNode(
        alias=field.alias,
        name=field.name,
        arguments=tuple(one for one in field.arguments or () if one.name.value not in WHERE),
        directives=field.directives,
        selection_set=field.selection_set,
    )


class _Variables(Visitor):
    """Collects the names of variables."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Note a name."""
        self.names.add(node.name.value)


def _frozen(value: Any) -> Hashable:
    """A value that is equal to that of another one only if both are equal and of the same kinds all through."""
    if isinstance(value, dict):
        return (dict, tuple(sorted((name, _frozen(one)) for name, one in value.items())))
    if isinstance(value, list):
        return (list, tuple(map(_frozen, value)))
    return (type(value), cast(Hashable, value))
