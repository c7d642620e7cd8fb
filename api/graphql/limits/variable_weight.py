"""The weight of a request's variables: counted as they came in, before GraphQL looks at a single value of them.

Coercing a list costs a thousand times what counting it costs. What is too much is refused here, at once and by its
path, so that nobody else waits for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    ListValueNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    type_from_ast,
)

from api.errors import Fault, bad_input
from api.graphql.limits.document_weight import nodes_of
from api.settings import VariableLimits

FIELDS = "fields"
"""The inputs of any JSON that hold the values of fields; all others hold documents or parts of them."""


class _Value(NamedTuple):
    """A value that is still to be counted."""

    value: Any
    kind: Any
    """The type that GraphQL knows; None where it knows none, below a JSON value too."""
    key: str
    below: _Value | None
    """The place it stands in."""
    document: bool = False
    """True if it is a part of a document."""

    @property
    def path(self) -> tuple[str, ...]:
        """Return where it stands, from its variable on."""
        return (self.key,) if self.below is None else (*self.below.path, self.key)


def variable_faults(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    uses: Mapping[str, int],
    variables: Mapping[str, Any],
    limits: VariableLimits,
) -> list[GraphQLError]:
    """The error for variables that are too much; none for others. `uses`: how often the document names each."""
    if len(variables) > limits.keys:
        return [_error([_too_many("An object", limits.keys, "keys", ())])]
    types = {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }
    found: list[Fault] = []
    room = limits.values
    for name, value in variables.items():
        times = max(1, uses.get(name, 1))
        seen = 0
        for one in _walked(_at(value, types.get(name), name, None), limits):
            seen += 1
            if (fault := _fault(one, limits)) is not None:
                found.append(fault)
            if seen * times > room:
                return [_error([*found, _too_many("A request", limits.values, "values in its variables", (name,))])]
        room -= seen * times
    return [_error(found)] if found else []


def uses_of(document: DocumentNode) -> Counter[str]:
    """Return how often a document names each variable as a value."""
    named: Counter[str] = Counter()
    for node in nodes_of(document):
        if isinstance(node, VariableNode):
            named[node.name.value] += 1
        elif isinstance(node, VariableDefinitionNode):
            named[node.variable.name.value] -= 1
    return named


def written_faults(document: DocumentNode, limits: VariableLimits) -> list[GraphQLError]:
    """The error for a list that stands in the document itself and is too long; its length bounds all the rest."""
    if any(isinstance(node, ListValueNode) and len(node.values) > limits.items for node in nodes_of(document)):
        return [_error([_too_many("A list", limits.items, "items", ())])]
    return []


def _walked(first: _Value, limits: VariableLimits) -> Iterator[_Value]:
    """A value and all that stands in it, but for what stands in something that is too large itself."""
    waiting = [first]
    while waiting:
        one = waiting.pop()
        yield one
        value, kind = one.value, one.kind
        if isinstance(value, list) and len(value) <= _longest(one, limits):
            inner = kind.of_type if isinstance(kind, GraphQLList) else kind
            waiting.extend(_at(item, inner, str(place), one) for place, item in enumerate(value))
        elif isinstance(value, dict) and len(value) <= limits.keys:
            while isinstance(kind, GraphQLList | GraphQLNonNull):  # one object where there may be several
                kind = kind.of_type
            known = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
            waiting.extend(
                _at(item, known[key].type if key in known else None, key, one) for key, item in value.items()
            )


def _at(value: Any, kind: Any, key: str, below: _Value | None) -> _Value:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLScalarType) and kind.name == "JSON":
        return _Value(value, None, key, below, document=key != FIELDS)
    return _Value(value, kind, key, below, document=kind is None and below is not None and below.document)


def _longest(one: _Value, limits: VariableLimits) -> int:
    return limits.items_in_documents if one.document else limits.items


def _fault(one: _Value, limits: VariableLimits) -> Fault | None:
    value = one.value
    if isinstance(value, str):
        whole = one.document and (one.below is None or not one.below.document)  # a document as text
        too_long = len(value) > limits.text and not whole
        return _too_many("A text", limits.text, "characters", one.path) if too_long else None
    if isinstance(value, list) and len(value) > (most := _longest(one, limits)):
        return _too_many("A list", most, "items", one.path)
    if isinstance(value, dict) and len(value) > limits.keys:
        return _too_many("An object", limits.keys, "keys", one.path)
    return None


def _too_many(what: str, most: int, of: str, path: tuple[str, ...]) -> Fault:
    return Fault("TOO_MANY_ITEMS", f"{what} has at most {most:,} {of} here.", path)


def _error(found: list[Fault]) -> GraphQLError:
    message = found[0].message if len(found) == 1 else f"{len(found)} values of the request are too large."
    error = bad_input(message, found)
    return GraphQLError(message, extensions=error.as_extensions())
