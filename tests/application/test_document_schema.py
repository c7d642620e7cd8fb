"""The JSON Schema takes every way of writing a document and refuses what the models refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from application.documents.document_loading import dump_yaml
from application.documents.document_schema import document_schema, schema_text
from application.documents.document_yaml import read_yaml
from application.documents.templates import FOLDER, templates
from rules.conditions.operators import OPERATORS
from tests.domain.document_samples import small

SNAPSHOT = Path(__file__).resolve().parents[2] / "schema.json"
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("$ref", "$defs", "$schema", "title", "description", "default", "examples", "format", "const", "type", "enum"),
    *("anyOf", "oneOf", "properties", "required", "additionalProperties", "propertyNames", "items", "pattern"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


def fits(value: Any, schema: Any) -> bool:
    """Whether a value fits a schema; knows the words that ours uses."""
    if isinstance(schema, bool):
        return schema
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        return fits(value, document_schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in schema or "oneOf" in schema:
        return any(fits(value, branch) for branch in schema.get("anyOf") or schema["oneOf"])
    kinds = schema.get("type", list(TYPES))
    if not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    return value in schema.get("enum", [value]) and _within(value, schema) and _inside(value, schema)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _within(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, int | float):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        above, below = schema.get("exclusiveMinimum", value - 1), schema.get("exclusiveMaximum", value + 1)
        return bool(low <= value <= high and above < value < below)
    if value is None:
        return True
    name = "Length" if isinstance(value, str) else "Items" if isinstance(value, list) else "Properties"
    return bool(schema.get(f"min{name}", 0) <= len(value) <= schema.get(f"max{name}", len(value)))


def _inside(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return all(fits(item, schema.get("items", True)) for item in value)
    if not isinstance(value, dict):
        return True
    known = schema.get("properties", {})
    return (
        set(schema.get("required", ())) <= value.keys()
        and all(fits(name, schema.get("propertyNames", True)) for name in value)
        and all(
            fits(content, known.get(name, schema.get("additionalProperties", True))) for name, content in value.items()
        )
    )


@pytest.mark.parametrize("shipped", templates(), ids=lambda shipped: shipped.key)
def test_a_template_fits_in_every_form(shipped: Any) -> None:
    """As it is shipped, as JSON and as we write YAML."""
    written = read_yaml((FOLDER / f"{shipped.key}.yaml").read_text()).data
    assert isinstance(written, dict)
    assert fits(written["document"], document_schema())
    assert fits(shipped.document.to_json(), document_schema())
    assert fits(read_yaml(dump_yaml(shipped.document)).data, document_schema())


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None},
        {"title": {}},
        {"title": {"english": "x"}},
        {"sales": {}},
        {"calendars": {}},
        {"fields__email__type": "STRING"},
        {"fields__email__colour": "red"},
        {"fields": [{"label": "no key", "type": "TEXT"}]},
        {"handover__triggers": {}},
        {"handover__warnAt": 1},
        {"handover__escalation": [{"at": 0, "action": "NOTIFY"}]},
        {"journey__stages__won__winProbability": 1.5},
        {"scope": {"field": "email", "op": "matches", "value": ".*"}},
        {"scope": {"all": {"field": "email", "op": "exists"}}},
        {"reviewOn": 20270630},
    ],
)
def test_what_the_models_refuse_does_not_fit(changes: dict[str, Any]) -> None:
    """An editor underlines it before it is sent."""
    assert fits(small(), document_schema())
    assert not fits(small(**changes), document_schema())


def test_operators_come_from_the_table() -> None:
    """An editor offers the operators that there are."""
    assert document_schema()["$defs"]["Comparison"]["properties"]["op"]["enum"] == list(OPERATORS)


def test_every_property_is_described() -> None:
    """An editor shows what each property means."""
    schema = document_schema()
    lacking = [
        f"{name}.{prop}"
        for name, definition in [("", schema), *schema["$defs"].items()]
        for prop, content in definition.get("properties", {}).items()
        if not content.get("description")
    ]
    assert lacking == []


def test_the_snapshot_is_the_schema() -> None:
    """schema.json is what the code says: `make schema` renews it."""
    assert SNAPSHOT.read_text() == schema_text()
    assert json.loads(schema_text()) == document_schema()
