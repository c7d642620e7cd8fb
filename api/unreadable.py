"""The unreadable parts of the variables: all of it at once, each place as a path, with its index in a batch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.utilities.validate_input_value import validate_input_value

from api.errors import Code
from api.short_texts import MAX_NAME, short
from domain.document.base import FORBIDDEN

ITEMS = frozenset({"LeadInput", "ActivityInput"})
"""The inputs that are checked one by one, where a bad item leaves the good ones alone: characters that are not allowed
are let through in them, and the item is refused."""
NOT_ALLOWED = "The text holds a character that is not allowed: NUL, half of a surrogate pair, or U+10FD00 to U+10FFFF"
MOST_TOLD = 200
"""Places told at once, so that an answer stays small; further ones are counted."""
LONGEST_MESSAGE = 120
_SUSPECT = re.compile(rb"\\u0000|\xf4\x8f[\xb4-\xbf]")

Place = tuple[str | int, ...]


def forbidden_faults(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any]
) -> list[GraphQLError]:
    """Characters that no text may hold, outside of the items of a batch; as one error, or none."""
    if not _may_hold(variables):
        return []
    types = {given: kind for given, kind, _ in _declared(schema, document, name)}
    found: list[Place] = []
    for given, value in variables.items():
        if FORBIDDEN.search(given):
            found.append((given,))
        found += _places(value, types.get(given), (given,))
    return as_one([(place, NOT_ALLOWED + ".") for place in found])


def unreadable(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any]
) -> list[GraphQLError]:
    """All values that are not of their types, as one error; none where GraphQL has something else against them."""
    faults: list[tuple[Place, str]] = []
    for given, kind, has_default in _declared(schema, document, name):
        value = variables.get(given, Undefined)
        if value is Undefined and (has_default or not is_non_null_type(kind)):
            continue

        def keep(error: GraphQLError, path: Sequence[str | int], given: str = given) -> None:
            faults.append(((given, *path), error.message))

        validate_input_value(value, kind, keep, hide_suggestions=True)
    return as_one(faults)


def _declared(schema: GraphQLSchema, document: DocumentNode, name: str | None) -> Iterator[tuple[str, Any, bool]]:
    """The variables of the operation that runs: name, type, and whether there is a default."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    for operation in operations:
        if name is None or (operation.name is not None and operation.name.value == name):
            for defined in operation.variable_definitions or ():
                kind = type_from_ast(schema, defined.type)
                yield defined.variable.name.value, kind, defined.default_value is not None
            return


def _may_hold(variables: Mapping[str, Any]) -> bool:
    """A quick look, since nearly nobody sends such characters: a batch is written in a fraction of a millisecond."""
    try:
        return bool(variables) and _SUSPECT.search(orjson.dumps(variables)) is not None
    except TypeError:  # a lone surrogate cannot be written
        return True


def _places(value: Any, kind: Any, path: Place) -> list[Place]:
    """Return where forbidden characters stand, keys included; nothing inside of what is checked item by item."""
    found: list[Place] = []
    rest: list[tuple[Any, Any, Place]] = [(value, kind, path)]
    while rest:
        value, kind, path = rest.pop()
        kind = get_nullable_type(kind) if kind is not None else None
        while isinstance(kind, GraphQLList) and not isinstance(value, list):  # one where there may be several
            kind = get_nullable_type(kind.of_type)
        if isinstance(value, str):
            found += [path] if FORBIDDEN.search(value) else []
        elif isinstance(value, list):
            below = kind.of_type if isinstance(kind, GraphQLList) else None
            rest += [(item, below, (*path, index)) for index, item in reversed(list(enumerate(value)))]
        elif isinstance(value, dict) and not (isinstance(kind, GraphQLInputObjectType) and kind.name in ITEMS):
            fields = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
            found += [(*path, key) for key in value if FORBIDDEN.search(key)]
            types = {name: field.type for name, field in fields.items()}
            rest += [(item, types.get(key), (*path, key)) for key, item in reversed(value.items())]
    return found


def as_one(faults: Sequence[tuple[Place, str]]) -> list[GraphQLError]:
    """One error that tells all faults: code, message, path and, inside of a list, the index of the item."""
    if not faults:
        return []
    told = [_told(place, message) for place, message in faults[:MOST_TOLD]]
    first = told[0]
    more = len(faults) - len(told)
    message = f"{len(faults)} values cannot be read; extensions.errors has each with its path."
    if len(faults) == 1:
        message = f"At {_written(faults[0][0])}: {first['message']}"
    extensions: dict[str, Any] = {name: first[name] for name in ("code", "path", "index") if name in first}
    return [GraphQLError(message, extensions=extensions | {"errors": told} | ({"more": more} if more else {}))]


def _told(place: Place, message: str) -> dict[str, Any]:
    index = next((step for step in place if isinstance(step, int)), None)
    path = [step[:MAX_NAME] if isinstance(step, str) else step for step in place]
    where: dict[str, Any] = {"path": path} | ({} if index is None else {"index": index})
    said = short(message)
    shown = said if len(said) <= LONGEST_MESSAGE else said[: LONGEST_MESSAGE - 1] + "…"
    return {"code": str(Code.BAD_USER_INPUT), "message": shown, **where}


def _written(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
