"""The JSON Schema of what events carry."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.events.catalogue import EVENT_TYPES, Event, Payload
from domain.events.event import wire_names

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    UUID: {"type": "string", "format": "uuid"},
    dict: {"type": "object"},
    Any: {},
}


def events_schema() -> dict[str, Any]:
    """Return one JSON Schema document with a definition of the payload of each type of event."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Payloads of Baton's events",
        "$defs": {name: payload_schema(event) for name, event in sorted(EVENT_TYPES.items())},
    }


def payload_schema(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of the payload of a type of event; further properties may come with later versions."""
    parts = [part for part in (event.about, event) if part is not None]
    properties: dict[str, Any] = {}
    required: list[str] = []
    for part in parts:
        properties |= _properties(part)
        optional = {field.name for field in fields(part) if field.default is not MISSING}
        required += [wire for name, wire in wire_names(part) if name not in optional]
    if "before" not in properties and event.about is not None and len(event.streams) > 1:
        properties["before"] = {"type": "object", "description": "The value before the event, where it was another."}
        properties["seenBy"] = {
            "type": "array",
            "items": {"type": "string"},
            "description": "The keys of the teams that see it, where they are others than before.",
        }
    return {
        "description": event.meaning(),
        "type": "object",
        "properties": properties,
        "required": required,
        "x-subject": event.subject_type,
        "x-since": event.since,
        "x-streams": [stream.value for stream in event.streams],
    }


def _properties(part: type[Payload]) -> dict[str, Any]:
    hints, texts = get_type_hints(part), _texts(part)
    return {wire: {**_schema(hints[name]), "description": texts[name]} for name, wire in wire_names(part)}


def _schema(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is UnionType:
        kinds = [_schema(one) for one in get_args(hint)]
        return kinds[0] if all(kind == kinds[0] for kind in kinds) else {"anyOf": kinds}
    if get_origin(hint) is list:
        return {"type": "array", "items": _schema(get_args(hint)[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _schema(get_args(hint)[1])}
    return dict(_PLAIN[hint])


def _texts(part: type[Payload]) -> dict[str, str]:
    """The sentences below the fields of a payload, those that it inherits too."""
    found: dict[str, str] = {}
    for cls in (one for one in reversed(part.__mro__) if issubclass(one, Payload) and one not in (Payload, Event)):
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
        assert isinstance(tree, ast.ClassDef)  # noqa: S101 - the source of a class
        for field, below in zip(tree.body, tree.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
                found[field.target.id] = str(ast.literal_eval(below.value))
    return found
