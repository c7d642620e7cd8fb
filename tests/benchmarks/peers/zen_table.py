"""zen-engine: a decision table with a row for each rule and a column for each field, all hits collected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import zen

_ANYWHERE = "anywhere"
"""The column for conditions that are more than one test of each field."""


def zen_table(conditions: list[dict[str, Any]]) -> Callable[[dict[str, Any]], set[int]]:
    """Finds the rules that hold for a lead's fields."""
    rules = [{"_id": str(number), "rule": str(number), **_cells(each)} for number, each in enumerate(conditions)]
    columns = sorted({name for rule in rules for name in rule} - {"_id", "rule"})
    inputs = [{"id": c, "name": c} | ({} if c == _ANYWHERE else {"field": c}) for c in columns]
    outputs = [{"id": "rule", "name": "rule", "field": "rule"}]
    table = {"hitPolicy": "collect", "inputs": inputs, "outputs": outputs, "rules": rules}
    decision = zen.ZenEngine().create_decision(json.dumps(_graph(table)))

    def match(lead: dict[str, Any]) -> set[int]:
        return {hit["rule"] for hit in decision.evaluate(lead)["result"]}

    return match


def _graph(table: dict[str, Any]) -> dict[str, Any]:
    at = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": at},
        {"id": "table", "name": "table", "type": "decisionTableNode", "position": at, "content": table},
        {"id": "out", "name": "out", "type": "outputNode", "position": at},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cells(condition: dict[str, Any]) -> dict[str, str]:
    if "all" in condition:
        return {name: cell for part in condition["all"] for name, cell in _cells(part).items()}
    if "any" in condition:
        return {_ANYWHERE: " or ".join(f"({_anywhere(part)})" for part in condition["any"])}
    if "not" in condition:
        part = condition["not"]
        return {part["field"]: f"$ == null or not({_test(part)})"}
    return {condition["field"]: _test(condition)}


def _test(comparison: dict[str, Any]) -> str:
    value, written = comparison["value"], json.dumps(comparison["value"])
    tests: dict[str, Callable[[], str]] = {
        "eq": lambda: written,
        "gte": lambda: f">= {written}",
        "gt": lambda: f"$ > {written}",
        "between": lambda: f"[{value[0]}..{value[1]}]",
        "in": lambda: ", ".join(json.dumps(each) for each in value),
        "contains": lambda: f"contains($, {written})",
        "startsWith": lambda: f"startsWith($, {written})",
    }
    return tests[comparison["op"]]()


def _anywhere(comparison: dict[str, Any]) -> str:
    sign = {"lt": "<", "eq": "=="}[comparison["op"]]
    field, value = comparison["field"], json.dumps(comparison["value"])
    return f"{field} != null and {field} {sign} {value}"
