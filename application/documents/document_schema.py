"""The JSON Schema of the document, for editors: what can be written in YAML and in JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic.fields import FieldInfo

from domain.document.base import KEY_PATTERN, Part, plain_number
from domain.document.document import FORMAT, SlaDocument
from domain.document.shapes import Kind, Shape, properties
from rules.conditions.operators import OPERATORS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_BOUNDS: tuple[tuple[type, str, str], ...] = (
    (Ge, "ge", "minimum"),
    (Gt, "gt", "exclusiveMinimum"),
    (Le, "le", "maximum"),
    (Lt, "lt", "exclusiveMaximum"),
    (MinLen, "min_length", "minItems"),
)
"""Bounds that pydantic leaves out of the schema of values and lists with a reading of their own."""
_OF_LISTS = ("type", "items", "minItems", "maxItems")
_OF_MAPS = {"minItems": "minProperties", "maxItems": "maxProperties"}


@cache
def document_schema() -> Schema:
    """The JSON Schema (2020-12) of the document; keyed lists may be maps, labels one text or a text per language."""
    schema = SlaDocument.model_json_schema(by_alias=True, mode="validation")
    definitions: Schema = schema["$defs"]
    models = _models(SlaDocument)
    for name, model in models.items():
        _complete(schema if model is SlaDocument else definitions[name], model)
    definitions["Comparison"]["properties"]["op"]["enum"] = list(OPERATORS)
    opening = {"anyOf": [{"type": "string", "format": "date"}, _reference("ExtraOpening")]}
    definitions["Calendar"]["properties"]["open"]["items"] = opening
    for name, model in models.items():
        written = schema if model is SlaDocument else definitions[name]
        for prop, shape in properties(model).items():
            written["properties"][prop] = _with_forms(written["properties"][prop], shape, definitions)
    for name, definition in list(definitions.items()):
        if name.endswith(_BY_KEY):
            definitions[name] = _without_key(definitions[name.removesuffix(_BY_KEY)]) | {"title": definition["title"]}
    schema["$defs"] = dict(sorted(definitions.items()))
    return {"$schema": DIALECT, **schema, "title": "SLA document", "description": f"{_about(schema)} Format {FORMAT}."}


_BY_KEY = "ByKey"


def _reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _about(schema: Schema) -> str:
    return " ".join(str(schema.get("description", "")).split())


def _models(model: type[Part], known: dict[str, type[Part]] | None = None) -> dict[str, type[Part]]:
    """Every model of the document below a model, by name, but for those of conditions and labels."""
    known = {} if known is None else known
    if model.__name__ not in known:
        known[model.__name__] = model
        for shape in properties(model).values():
            inner = shape.model or (shape.item.model if shape.item and shape.kind is not Kind.LABEL else None)
            if inner:
                _models(inner, known)
    return known


def _complete(written: Schema, model: type[Part]) -> None:
    """Add the bounds that are missing, write defaults as JSON, drop the titles that only repeat the name."""
    for name, info in model.model_fields.items():
        prop: Schema = written["properties"][info.alias or name]
        prop.pop("title", None)
        if "description" in prop:
            prop["description"] = _about(prop)
        if isinstance(info.default, Decimal):
            prop["default"] = plain_number(info.default)
        elif info.default is None:
            prop.pop("default", None)
        target = next((branch for branch in prop.get("anyOf", ()) if branch.get("type") == "number"), prop)
        if target.get("type") in ("number", "array"):
            target |= _bounds(info)


def _bounds(info: FieldInfo) -> Schema:
    branches = () if get_origin(info.annotation) is tuple else get_args(info.annotation)
    inside = [item for branch in branches for item in getattr(branch, "__metadata__", ())]
    metadata = [*info.metadata, *inside, *(part for item in inside for part in getattr(item, "metadata", ()))]
    return {
        name: getattr(item, attribute)
        for item in metadata
        for kind, attribute, name in _BOUNDS
        if isinstance(item, kind)
    }


def _with_forms(prop: Schema, shape: Shape, definitions: Schema) -> Schema:
    """The property with every form in which it can be written."""
    if shape.kind is Kind.LABEL:
        forms = _label_forms(definitions["Translation"]["properties"])
    elif shape.kind is Kind.KEYED and shape.item and shape.item.model:
        forms = _keyed_forms(prop, shape.item.model.__name__, definitions)
    else:
        return prop
    if {"type": "null"} in prop.get("anyOf", ()):
        forms.append({"type": "null"})
    kept = {name: prop[name] for name in ("description", "default") if name in prop}
    return {"anyOf": forms} | kept


def _label_forms(translation: Schema) -> list[Schema]:
    text = {name: translation["text"][name] for name in ("type", "minLength", "maxLength")}
    by_language = {
        "type": "object",
        "propertyNames": {"pattern": translation["language"]["pattern"]},
        "additionalProperties": text,
        "minProperties": 1,
    }
    return [text, by_language, {"type": "array", "items": _reference("Translation"), "minItems": 1}]


def _keyed_forms(prop: Schema, item: str, definitions: Schema) -> list[Schema]:
    as_list = {name: prop[name] for name in _OF_LISTS if name in prop}
    definitions.setdefault(item + _BY_KEY, {"title": item + _BY_KEY})
    as_map = {
        "type": "object",
        "propertyNames": {"pattern": KEY_PATTERN},
        "additionalProperties": _reference(item + _BY_KEY),
        **{outside: as_list[name] for name, outside in _OF_MAPS.items() if name in as_list},
    }
    return [as_map, as_list]


def _without_key(definition: Schema) -> Schema:
    """An item of a map, whose key stands outside."""
    return definition | {"required": [name for name in definition.get("required", ()) if name != "key"]}


def schema_text() -> str:
    """The schema as it stands in schema.json."""
    return json.dumps(document_schema(), indent=2, ensure_ascii=False) + "\n"
