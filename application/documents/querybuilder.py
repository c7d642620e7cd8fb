"""Conditions in the shape of react-querybuilder and back, without loss.

A group is `{combinator: and|or, not, rules}`, a rule `{field, operator, value}`; `within` and `where` of a comparison
stand beside them. Each operator says what it is called there; our own names are read, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.document.conditions import AllOf, AnyOf, Comparison, Condition, NotOf, condition_json, read_condition
from domain.document.reading.fault_words import words_for
from domain.document.sections.fields import FieldType
from rules.conditions.operators import OPERATORS, Operand

_JOINTS = {"and": "all", "or": "any"}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})
"""The types whose values are numbers."""
MAX_NESTING = 40
"""Groups stand in groups at most so deep; conditions are not nested as deeply."""
MOST_FAULTS = 100
"""The number of faults of a query told."""


class QueryFault(NamedTuple):
    """Where in a query something is wrong, what, and a code."""

    path: str
    message: str
    code: str = "WRONG_TYPE"


class UnreadableQuery(Exception):
    """A query that has no condition, with everything that is wrong with it."""

    def __init__(self, *faults: QueryFault) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults


def to_querybuilder(condition: Condition) -> dict[str, Any]:
    """A condition as a query: always a group, as react-querybuilder wants it."""
    written = _written(condition)
    lone = "rules" not in written or _stands_for_its_rule(written)
    return _group("and", [written]) if lone else written


def from_querybuilder(query: object, types: Mapping[str, FieldType] | None = None) -> Condition:
    """The condition of a query, or an UnreadableQuery; an outermost `and` around one rule is that rule alone.

    By the types of its fields what was written with commas becomes numbers or stays text.
    """
    if not isinstance(query, Mapping) or "rules" not in query:
        raise UnreadableQuery(QueryFault("", "Wanted: a group, {combinator, not, rules}."))
    reading = _Reading(types or {})
    lone = _stands_for_its_rule(query)
    read = reading.part(query["rules"][0], "rules[0]", 1) if lone else reading.part(query, "", 1)
    if reading.faults:
        raise UnreadableQuery(*reading.faults)
    return condition_of(read)


def condition_of(data: object) -> Condition:
    """The condition of JSON data, or an UnreadableQuery."""
    try:
        return read_condition(data)
    except RecursionError:
        too_deep = QueryFault("", "The condition is nested too deeply.", "CONDITION_TOO_DEEP")
        raise UnreadableQuery(too_deep) from None
    except ValidationError as invalid:
        raise UnreadableQuery(*map(_fault_of, invalid.errors(include_url=False, include_input=False))) from None


def _fault_of(fault: ErrorDetails) -> QueryFault:
    code, message = words_for(fault["type"], fault["msg"], fault.get("ctx", {}))
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"] if step != "comparison")
    return QueryFault("".join(steps).strip("."), message, code)


def _written(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf():
            return _group("and", [_written(part) for part in condition.all])
        case AnyOf():
            return _group("or", [_written(part) for part in condition.any])
        case Comparison():
            return _rule(condition, _name_of(condition.op))
        case NotOf(not_=Comparison() as inner) if opposite := _opposite_of(inner.op):
            return _rule(inner, opposite)
        case NotOf():
            inner_group = _written(condition.not_)
            if "rules" not in inner_group or inner_group["not"] or _stands_for_its_rule(inner_group):
                inner_group = _group("and", [inner_group])
            return inner_group | {"not": True}


def _name_of(op: str) -> str:
    """Return what react-querybuilder calls an operator; one that there is not, in a draft, stays as it is written."""
    return OPERATORS[op].querybuilder if op in OPERATORS else op


def _opposite_of(op: str) -> str | None:
    return OPERATORS[op].opposite if op in OPERATORS else None


def _operators_there() -> tuple[dict[str, str], dict[str, str]]:
    """By its names for them our operators, and those of which it has the opposite.

    Unlike `!=` and `notIn` the opposites hold where the value is missing.
    """
    same = {row.querybuilder: row.name for row in OPERATORS.values()}
    return same, {row.opposite: row.name for row in OPERATORS.values() if row.opposite is not None}


def _stands_for_its_rule(group: Mapping[str, Any]) -> bool:
    """Return whether a group says no more than the one rule in it, where it is outermost or negated."""
    rules = group["rules"]
    return group.get("combinator") == "and" and not group.get("not") and isinstance(rules, list) and len(rules) == 1


def _group(combinator: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"combinator": combinator, "not": False, "rules": rules}


def _rule(comparison: Comparison, operator: str) -> dict[str, Any]:
    written = condition_json(comparison)
    rule = {"field": written.pop("field"), "operator": operator, "value": written.pop("value", None)}
    del written["op"]
    return rule | written


class _Reading:
    """Reads groups and rules, and keeps everything that is wrong with them."""

    def __init__(self, types: Mapping[str, FieldType]) -> None:
        self._types = types
        self._same, self._opposite = _operators_there()
        self.faults: list[QueryFault] = []

    def _fault(self, path: str, message: str, code: str = "WRONG_TYPE") -> dict[str, Any]:
        self.faults.append(QueryFault(path.strip("."), message, code))
        return {}

    def part(self, query: object, path: str, depth: int) -> dict[str, Any]:
        """The condition of a group or a rule; nothing that can be used where there is a fault."""
        if len(self.faults) >= MOST_FAULTS:
            return {}
        if not isinstance(query, Mapping):
            return self._fault(path, "Wanted: a rule or a group.")
        if depth > MAX_NESTING:
            return self._fault(path, f"Groups are nested at most {MAX_NESTING} deep.", "CONDITION_TOO_DEEP")
        return self._group(query, path, depth) if "rules" in query else self._rule(query, path)

    def _group(self, group: Mapping[str, Any], path: str, depth: int) -> dict[str, Any]:
        joint = _JOINTS.get(str(group.get("combinator")).lower())
        rules, negated = group["rules"], group.get("not") or False
        if joint is None:
            self._fault(f"{path}.combinator", "Wanted: and, or.", "VALUE_NOT_ALLOWED")
        if not isinstance(rules, list) or not isinstance(negated, bool):
            return self._fault(path, "Wanted: a list of rules, and true or false for `not`.")
        parts = [self.part(rule, f"{path}.rules[{index}]".strip("."), depth + 1) for index, rule in enumerate(rules)]
        if negated and joint == "all" and len(parts) == 1:
            return {"not": parts[0]}
        joined = {joint or "all": parts}
        return {"not": joined} if negated else joined

    def _rule(self, rule: Mapping[str, Any], path: str) -> dict[str, Any]:
        if rule.get("valueSource", "value") != "value":
            message = "A field is compared with a value, not with another field."
            return self._fault(f"{path}.valueSource", message, "VALUE_NOT_ALLOWED")
        theirs = rule.get("operator")
        if not isinstance(rule.get("field"), str) or not isinstance(theirs, str):
            return self._fault(path, "A rule names its field and its operator.", "MISSING")
        op = self._opposite.get(theirs) or self._same.get(theirs, theirs)
        if op not in OPERATORS:
            known = ", ".join([*self._same, *self._opposite])
            return self._fault(
                f"{path}.operator", f"There is no such operator; there are: {known}.", "UNKNOWN_OPERATOR"
            )
        value = _value(op, rule.get("value"), self._types.get(rule["field"]))
        comparison = {"field": rule["field"], "op": op} | ({} if value is None else {"value": value})
        comparison |= {name: rule[name] for name in ("within", "where") if rule.get(name) is not None}
        try:
            condition_of(comparison)
        except UnreadableQuery as unreadable:
            for fault in unreadable.faults:
                self._fault(f"{path}.{fault.path}", fault.message, fault.code)
        return {"not": comparison} if theirs in self._opposite else comparison


def _value(op: str, value: object, kind: FieldType | None) -> object:
    """The value as our operator takes it: nothing for none, a list where it was written with commas.

    What is not known to be of a type: bounds that look like numbers are numbers, words of a list are texts.
    """
    operand = OPERATORS[op].operand
    if operand is Operand.NONE:
        return True if value is True else None
    if operand is Operand.ONE or not isinstance(value, str):
        return value
    items = [item.strip() for item in value.split(",") if item.strip()]
    numbers = operand is Operand.RANGE if kind is None else kind in NUMBERS
    return [_number(item) for item in items] if numbers else items


def _number(text: str) -> object:
    return Decimal(text) if _NUMBER.fullmatch(text) else text
