"""CLIPS: a rule for each condition over one fact; each that fires notes its number.

The conditions can stand in a `test` behind the pattern, as they are mostly written, or as constraints within the
pattern, whose network CLIPS shares between rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import clips

_FIELDS = [f"n{i}" for i in range(5)] + [f"t{i}" for i in range(4)] + ["money"]


def clips_rules(conditions: list[dict[str, Any]], *, in_pattern: bool) -> Callable[[dict[str, Any]], set[int]]:
    """Finds the rules that hold for a lead's fields."""
    environment = clips.Environment()
    environment.build("(defglobal ?*held* = (create$))")
    slots = " ".join(f"(slot {name})" for name in _FIELDS)
    environment.build(f"(deftemplate lead {slots} (multislot tags))")
    for number, condition in enumerate(conditions):
        note = f"(bind ?*held* (create$ ?*held* {number}))"
        when = _pattern(condition) if in_pattern else _behind(condition)
        environment.build(f"(defrule r{number} {when} => {note})")
    template, held = environment.find_template("lead"), environment.find_global("held")

    def match(lead: dict[str, Any]) -> set[int]:
        fact = template.assert_fact(**lead)
        environment.run()
        found = set(held.value)
        held.value = ()
        fact.retract()
        return found

    return match


def _behind(condition: dict[str, Any]) -> str:
    read = " ".join(f"({name} {'$' if name == 'tags' else ''}?{name})" for name in sorted(_names(condition)))
    return f"(lead {read}) (test {_expression(condition)})"


def _names(condition: dict[str, Any]) -> set[str]:
    if "field" in condition:
        return {condition["field"]}
    parts = condition.get("all") or condition.get("any") or [condition["not"]]
    return set().union(*(_names(part) for part in parts))


def _expression(condition: dict[str, Any]) -> str:
    for word, joined in (("all", "and"), ("any", "or")):
        if word in condition:
            return f"({joined} {' '.join(_expression(part) for part in condition[word])})"
    if "not" in condition:
        return f"(not {_expression(condition['not'])})"
    return _test(condition, f"?{condition['field']}")


def _pattern(condition: dict[str, Any]) -> str:
    if "any" in condition:
        names = [part["field"] for part in condition["any"]]
        read = " ".join(f"({name} ?{name})" for name in names)
        tests = " ".join(_test(part, f"?{part['field']}") for part in condition["any"])
        return f"(lead {read}) (test (or {tests}))"
    return f"(lead {' '.join(_slot(part) for part in condition.get('all', [condition]))})"


def _slot(condition: dict[str, Any]) -> str:
    if "not" in condition:
        part = condition["not"]
        return f"({part['field']} ?x&:(not {_test(part, '?x')}))"
    if condition["op"] == "contains":
        return f"({condition['field']} $? {json.dumps(condition['value'])} $?)"
    if condition["op"] in {"eq", "in"}:
        values = condition["value"] if condition["op"] == "in" else [condition["value"]]
        return f"({condition['field']} {'|'.join(json.dumps(value) for value in values)})"
    return f"({condition['field']} ?x&:{_test(condition, '?x')})"


def _test(comparison: dict[str, Any], name: str) -> str:
    value, written = comparison["value"], json.dumps(comparison["value"])
    tests: dict[str, Callable[[], str]] = {
        "eq": lambda: f"(eq {name} {written})",
        "in": lambda: f"(or {' '.join(f'(eq {name} {json.dumps(each)})' for each in value)})",
        "contains": lambda: f"(member$ {written} {name})",
        "gt": lambda: f"(and (numberp {name}) (> {name} {written}))",
        "gte": lambda: f"(and (numberp {name}) (>= {name} {written}))",
        "lt": lambda: f"(and (numberp {name}) (< {name} {written}))",
        "between": lambda: f"(and (numberp {name}) (<= {value[0]} {name} {value[1]}))",
        "startsWith": lambda: f"(and (stringp {name}) (eq (sub-string 1 {len(value)} {name}) {written}))",
    }
    return tests[comparison["op"]]()
