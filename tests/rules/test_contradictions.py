"""Conditions that contradict themselves or each other are found, and no others [X.1]."""

from __future__ import annotations

import time
from typing import Any

import pytest

from application.documents.templates import templates
from domain.document.findings import Severity
from rules.checking.checking import check_conditions
from tests.rules.samples import HOT, SIZE, STAGES, document, when


def _trigger(condition: dict[str, Any]) -> dict[str, Any]:
    return {"handover__triggers": {"hot": {**HOT, "when": condition}}}


def _triggers(*conditions: dict[str, Any]) -> dict[str, Any]:
    found = {f"t{n}": {"label": "x", "priority": 9 - n, "when": one} for n, one in enumerate(conditions)}
    return {"handover__triggers": found}


def _exclusions(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"scoring__exclusions": {f"e{n}": {"reason": "x", "when": one} for n, one in enumerate(conditions)}}


def _bands(*conditions: dict[str, Any]) -> dict[str, Any]:
    bands = [{"when": one, "points": 10} for one in conditions]
    return {"scoring__fit__criteria": {"size": SIZE, "c": {"label": "x", "bands": bands}}}


def _routes(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"handover__routing": [*({"team": "t", "when": one} for one in conditions), {"team": "inside"}]}


def _entries(**changes: dict[str, Any]) -> dict[str, Any]:
    return {"journey__stages": {key: {**stage, **changes.get(key, {})} for key, stage in STAGES.items()}}


WHEN = "handover.triggers[hot].when"
FOUND: list[tuple[dict[str, Any], str, str]] = [
    (_trigger({"all": [when("whole", "gt", 5), when("whole", "lt", 6)]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("whole", "gte", 5), {"not": when("whole", "exists")}]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("amount", "gt", 1), when("amount", "lt", 1.01)]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("text", "eq", "a"), when("text", "startsWith", "b")]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("text", "startsWith", "ab"), when("text", "startsWith", "ac")]}), "CONTRADICTION", WHEN),
    (
        _trigger({"all": [when("text", "startsWith", "ab"), {"not": when("text", "contains", "b")}]}),
        "CONTRADICTION",
        WHEN,
    ),
    (_trigger({"all": [when("choice", "eq", "red"), when("choice", "in", ["green", "blue"])]}), "CONTRADICTION", WHEN),
    (_trigger(when("choice", "notIn", ["red", "green", "blue"])), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("truth", "eq", True), when("truth", "eq", False)]}), "CONTRADICTION", WHEN),
    (
        _trigger({"all": [when("tags", "contains", "a"), {"not": when("tags", "contains", "a")}]}),
        "CONTRADICTION",
        WHEN,
    ),
    (_trigger({"all": [when("day", "lt", "2026-01-01"), when("day", "gt", "2026-02-01")]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("grade", "eq", "A1"), when("fit.band", "eq", "B")]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("fit.band", "eq", "A"), when("fit.percent", "lt", 50)]}), "CONTRADICTION", WHEN),
    (_trigger({"all": [when("grade", "eq", "A1"), when("interest.points", "lt", 20)]}), "CONTRADICTION", WHEN),
    (_trigger(when("activities.form.count", "lt", 0)), "CONTRADICTION", WHEN),
    (_trigger(when("buyingCentre.size", "lt", 1)), "CONTRADICTION", WHEN),
    (
        _trigger({"any": [when("truth", "exists"), {"all": [when("whole", "eq", 1), when("whole", "eq", 2)]}]}),
        "CONTRADICTION",
        f"{WHEN}.any[1]",
    ),
    (
        _bands(when("whole", "gte", 50), when("whole", "gte", 25), when("whole", "between", [30, 60])),
        "BAND_NEVER_COUNTS",
        "scoring.fit.criteria[c].bands[2].when",
    ),
    (
        _routes(when("choice", "in", ["red", "blue"]), when("choice", "eq", "red")),
        "ROUTE_UNREACHABLE",
        "handover.routing[1].when",
    ),
    (
        _triggers(when("interest.points", "gte", 10), when("interest.points", "gte", 20)),
        "TRIGGER_NEVER_COUNTS",
        "handover.triggers[t1].when",
    ),
    (
        _exclusions(when("whole", "lt", 10)) | _trigger(when("whole", "lt", 5)),
        "TRIGGER_EXCLUDED",
        WHEN,
    ),
    (_trigger({"any": [when("whole", "lt", 5), {"not": when("whole", "lt", 5)}]}), "ALWAYS_HOLDS", WHEN),
    (
        _exclusions({"any": [when("truth", "exists"), {"not": when("truth", "eq", True)}]}),
        "ALWAYS_HOLDS",
        "scoring.exclusions[e0].when",
    ),
    (
        _entries(
            engaged={"entry": when("interest.points", "gte", 10), "next": ["mql"]},
            mql={"entry": when("interest.points", "gte", 20), "next": ["sal", "engaged"]},
        ),
        "STAGE_LOOP",
        "journey.stages[engaged].entry",
    ),
    (
        {"scoring__fit__bands": [{"key": "A", "from": 50}, {"key": "B", "from": 0}, {"key": "C", "from": -1}]},
        "BAND_UNREACHABLE",
        "scoring.fit.bands[C].from",
    ),
]


@pytest.mark.parametrize(("changes", "code", "path"), FOUND)
def test_each_contradiction_is_found_at_its_path(changes: dict[str, Any], code: str, path: str) -> None:
    """One document, one finding."""
    assert [(f.code, f.path) for f in check_conditions(document(**changes))] == [(code, path)]


def test_a_trigger_that_can_never_hold_is_an_error() -> None:
    """A part of it, or another rule, is a warning."""
    never = {"all": [when("whole", "gt", 5), when("whole", "lt", 6)]}
    [found] = check_conditions(document(**_trigger(never)))
    assert found.severity is Severity.ERROR
    [found] = check_conditions(document(**_trigger({"any": [never, when("truth", "exists")]})))
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "changes",
    [
        _trigger({"all": [when("whole", "gte", 5), when("whole", "lte", 5)]}),
        _trigger({"all": [when("amount", "gt", 1), when("amount", "lt", 1.02)]}),
        _trigger({"all": [when("text", "startsWith", "ab"), when("text", "contains", "ca")]}),
        _trigger({"all": [when("text", "startsWith", "ab"), {"not": when("text", "eq", "ab")}]}),
        _trigger({"all": [when("tags", "contains", "a"), when("tags", "contains", "b")]}),
        _trigger({"all": [when("grade", "in", ["A1", "A2"]), when("fit.percent", "gte", 50)]}),
        _trigger({"all": [when("whole", "neq", n) for n in range(200)]}),
        _bands(when("whole", "gte", 50), when("whole", "gte", 25), when("whole", "between", [20, 60])),
        _routes(when("choice", "eq", "red"), when("choice", "in", ["red", "blue"])),
        _triggers(when("interest.points", "gte", 20), when("interest.points", "gte", 10)),
        _exclusions(when("whole", "lt", 5)) | _trigger(when("whole", "lt", 10)),
        _entries(
            engaged={"entry": when("interest.points", "lt", 10), "next": ["mql"]},
            mql={"entry": when("interest.points", "gte", 20), "next": ["sal", "engaged"]},
        ),
    ],
)
def test_what_can_hold_is_no_finding(changes: dict[str, Any]) -> None:
    """No false alarm."""
    assert check_conditions(document(**changes)) == []


def test_the_templates_have_no_findings() -> None:
    """What is shipped is sound."""
    for template in templates():
        assert check_conditions(template.document) == []


def test_hard_questions_are_given_up_in_time() -> None:
    """A document made to be hard to check is answered without delay and without a finding."""
    clause = {"any": [when("whole", "eq", n) for n in range(14)]}
    hard = {"all": [{"any": [when(f, "eq", str(n)) for f in ("text", "other", "phone")]} for n in range(60)]}
    started = time.perf_counter()
    check_conditions(document(**_triggers(*([{"all": [clause, hard]}] * 30))))
    assert time.perf_counter() - started < 20
