"""Conditions in the shape of react-querybuilder and back, without loss.

A group is `{combinator: and|or, not, rules}`, a rule `{field, operator, value}`; `within` and `where` of a comparison
stand beside them. Its default operator names are mapped to ours by a table; what it has no name for keeps our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from domain.document.conditions import AllOf, AnyOf, Comparison, Condition, NotOf, condition_json, read_condition
from domain.document.fault_words import words_for
from rules.operators import OPERATORS, Operand

NAMES: dict[str, str] = {
    "eq": "=",
    "neq": "!=",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "in": "in",
    "notIn": "notIn",
    "between": "between",
    "exists": "notNull",
    "contains": "contains",
    "startsWith": "beginsWith",
}
"""Our operators' names, and what react-querybuilder calls them."""
OPPOSITES: dict[str, str] = {
    "null": "exists",
    "notBetween": "between",
    "doesNotContain": "contains",
    "doesNotBeginWith": "startsWith",
}
"""Its operators that are the opposite of one of ours; unlike `!=` and `notIn` they hold where the value is missing."""
_OURS = {theirs: ours for ours, theirs in NAMES.items()}
_NEGATED = {ours: theirs for theirs, ours in OPPOSITES.items()}
_JOINTS = {"and": "all", "or": "any"}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
MAX_NESTING = 40
"""Groups stand in groups at most so deep; conditions are not nested as deeply."""


class UnreadableQuery(Exception):
    """A query that has no condition: where in it, a code, and why."""

    def __init__(self, path: str, message: str, code: str = "WRONG_TYPE") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message
        self.code = code


def to_querybuilder(condition: Condition) -> dict[str, Any]:
    """A condition as a query: always a group, as react-querybuilder wants it."""
    written = _written(condition)
    lone = "rules" not in written or _stands_for_its_rule(written)
    return _group("and", [written]) if lone else written


def from_querybuilder(query: object) -> Condition:
    """The condition of a query, or an UnreadableQuery; an outermost `and` around one rule is that rule alone."""
    if not isinstance(query, Mapping) or "rules" not in query:
        raise UnreadableQuery("", "Wanted: a group, {combinator, not, rules}.")
    lone = _stands_for_its_rule(query)
    return condition_of(_read(query["rules"][0], "rules[0]", 1) if lone else _read(query, "", 1))


def condition_of(data: object) -> Condition:
    """The condition of JSON data, or an UnreadableQuery."""
    try:
        return read_condition(data)
    except RecursionError:
        raise UnreadableQuery("", "The condition is nested too deeply.", "CONDITION_TOO_DEEP") from None
    except ValidationError as invalid:
        fault = invalid.errors(include_url=False, include_input=False)[0]
        code, message = words_for(fault["type"], fault["msg"], fault.get("ctx", {}))
        raise UnreadableQuery(".".join(map(str, fault["loc"])), message, code) from None


def _written(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf():
            return _group("and", [_written(part) for part in condition.all])
        case AnyOf():
            return _group("or", [_written(part) for part in condition.any])
        case Comparison():
            return _rule(condition, NAMES.get(condition.op, condition.op))
        case NotOf(not_=Comparison() as inner) if inner.op in _NEGATED:
            return _rule(inner, _NEGATED[inner.op])
        case NotOf():
            inner_group = _written(condition.not_)
            if "rules" not in inner_group or inner_group["not"] or _stands_for_its_rule(inner_group):
                inner_group = _group("and", [inner_group])
            return inner_group | {"not": True}


def _stands_for_its_rule(group: Mapping[str, Any]) -> bool:
    """Whether a group says no more than the one rule in it, where it is outermost or negated."""
    rules = group["rules"]
    return group.get("combinator") == "and" and not group.get("not") and isinstance(rules, list) and len(rules) == 1


def _group(combinator: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"combinator": combinator, "not": False, "rules": rules}


def _rule(comparison: Comparison, operator: str) -> dict[str, Any]:
    written = condition_json(comparison)
    rule = {"field": written.pop("field"), "operator": operator, "value": written.pop("value", None)}
    del written["op"]
    return rule | written


def _read(query: object, path: str, depth: int) -> dict[str, Any]:
    if not isinstance(query, Mapping):
        raise UnreadableQuery(path, "Wanted: a rule or a group.")
    if depth > MAX_NESTING:
        raise UnreadableQuery(path, f"Groups are nested at most {MAX_NESTING} deep.", "CONDITION_TOO_DEEP")
    return _read_group(query, path, depth) if "rules" in query else _read_rule(query, path)


def _read_group(group: Mapping[str, Any], path: str, depth: int) -> dict[str, Any]:
    joint = _JOINTS.get(str(group.get("combinator")).lower())
    rules, negated = group["rules"], group.get("not") or False
    if joint is None:
        raise UnreadableQuery(f"{path}.combinator".strip("."), "Wanted: and, or.", "VALUE_NOT_ALLOWED")
    if not isinstance(rules, list) or not isinstance(negated, bool):
        raise UnreadableQuery(path, "Wanted: a list of rules, and true or false for `not`.")
    parts = [_read(rule, f"{path}.rules[{index}]".strip("."), depth + 1) for index, rule in enumerate(rules)]
    if negated and joint == "all" and len(parts) == 1:
        return {"not": parts[0]}
    return {"not": {joint: parts}} if negated else {joint: parts}


def _read_rule(rule: Mapping[str, Any], path: str) -> dict[str, Any]:
    if rule.get("valueSource", "value") != "value":
        message = "A field is compared with a value, not with another field."
        raise UnreadableQuery(f"{path}.valueSource", message, "VALUE_NOT_ALLOWED")
    theirs = rule.get("operator")
    if not isinstance(rule.get("field"), str) or not isinstance(theirs, str):
        raise UnreadableQuery(path, "A rule names its field and its operator.", "MISSING")
    op = OPPOSITES.get(theirs) or _OURS.get(theirs, theirs)
    value = _value(op, rule.get("value"))
    comparison = {"field": rule["field"], "op": op} | ({} if value is None else {"value": value})
    comparison |= {name: rule[name] for name in ("within", "where") if rule.get(name) is not None}
    return {"not": comparison} if theirs in OPPOSITES else comparison


def _value(op: str, value: object) -> object:
    """The value as our operator takes it: nothing for none, a list where it was written with commas."""
    operand = OPERATORS[op].operand if op in OPERATORS else Operand.ONE
    if operand is Operand.NONE:
        return True if value is True else None
    if operand is Operand.ONE or not isinstance(value, str):
        return value
    items = [item.strip() for item in value.split(",") if item.strip()]
    return [_number(item) for item in items] if operand is Operand.RANGE else items


def _number(text: str) -> object:
    return Decimal(text) if _NUMBER.fullmatch(text) else text
