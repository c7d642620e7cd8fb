"""Documents of so many rules and leads to judge by them, alike in every run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.document.document import SlaDocument
from domain.facts import ActivityFact, LeadFacts
from tests.rules.samples import NOW, document, when

COUNTRIES = ["DE", "AT", "CH", "FR", "IT", "NL", "PL", "ES"]
TYPES = ["form", "webinar", "download", "visit", "call"]
_LABEL = {"label": "x"}
_FIELDS: dict[str, Any] = {
    **{f"n{i}": {**_LABEL, "type": "INTEGER"} for i in range(5)},
    **{f"t{i}": {**_LABEL, "type": "TEXT"} for i in range(4)},
    "tags": {**_LABEL, "type": "LIST"},
    "flag": {**_LABEL, "type": "BOOLEAN"},
    "money": {**_LABEL, "type": "DECIMAL", "scale": 2},
}


@dataclass(frozen=True)
class Shape:
    """How many a document has of each kind of rule."""

    criteria: int
    bands: int
    signals: int
    exclusions: int
    triggers: int
    routes: int


SHAPES = {
    10: Shape(2, 2, 3, 2, 2, 2),
    30: Shape(6, 3, 5, 4, 4, 4),
    100: Shape(17, 4, 10, 12, 10, 10),
    500: Shape(80, 5, 20, 40, 30, 30),
}
"""By the number of conditions."""


def conditions(number: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """So many conditions over the fields of leads."""
    chance = random.Random(seed)
    return [_condition(chance) for _ in range(number)]


def leads(number: int, *, activities: int = 4, seed: int = 11) -> list[LeadFacts]:
    """Leads that have most of their fields."""
    chance = random.Random(seed)
    return [_lead(chance, activities) for _ in range(number)]


def empty_document() -> SlaDocument:
    """A document that knows the fields and asks for little."""
    return document(fields=_FIELDS, scoring__fit__criteria={})


def full_document(rules: int, *, seed: int = 7) -> SlaDocument:
    """A document with that many conditions, of all kinds."""
    shape, chance = SHAPES[rules], random.Random(seed)
    needed = shape.criteria * shape.bands + shape.exclusions + shape.routes
    given = iter([_condition(chance) for _ in range(needed)])
    criteria = {f"c{i}": {**_LABEL, "bands": _bands(given, shape.bands)} for i in range(shape.criteria)}
    excluded = {f"x{i}": {"reason": "x", "when": _and_student(next(given))} for i in range(shape.exclusions)}
    return document(
        fields=_FIELDS,
        activityTypes={kind: {**_LABEL, "direction": "INBOUND"} for kind in TYPES},
        scoring__fit__criteria=criteria,
        scoring__interest__signals={f"s{i}": _signal(i) for i in range(shape.signals)},
        scoring__exclusions=excluded,
        handover__triggers={f"g{i}": _trigger(i) for i in range(shape.triggers)},
        handover__required=["t0", "t1"],
        handover__routing=[{"team": f"team{i}", "when": next(given)} for i in range(shape.routes)],
    )


def _bands(given: Iterator[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [{"when": next(given), "points": 10 * (place + 1)} for place in range(number)]


def _and_student(condition: dict[str, Any]) -> dict[str, Any]:
    return {"all": [condition, when("t3", "eq", "student")]}


def _signal(number: int) -> dict[str, Any]:
    fading = {"maxCount": 5, "window": "P90D", "halfLife": "P30D"}
    return {**_LABEL, "activity": TYPES[number % len(TYPES)], "points": 5 + number, **fading}


def _trigger(number: int) -> dict[str, Any]:
    fits = when("fit.percent", "gte", 40 + number)
    return {**_LABEL, "priority": number, "when": {"all": [fits, when("interest.points", "gte", 20 + number)]}}


def _condition(chance: random.Random) -> dict[str, Any]:
    number, text = f"n{chance.randrange(5)}", f"t{chance.randrange(3)}"
    low = chance.randrange(900)
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: when(number, "between", [low, low + 200]),
        lambda: when(text, "in", chance.sample(COUNTRIES, 3)),
        lambda: {"all": [when(text, "eq", chance.choice(COUNTRIES)), when(number, "gte", low)]},
        lambda: when("tags", "contains", chance.choice(COUNTRIES)),
        lambda: {"not": when(number, "gt", low)},
        lambda: {"any": [when("money", "lt", low + 0.5), when(text, "eq", chance.choice(COUNTRIES))]},
        lambda: when(text, "startsWith", chance.choice("DACFI")),
    ]
    return chance.choice(kinds)()


def _lead(chance: random.Random, activities: int) -> LeadFacts:
    fields: dict[str, Any] = {f"n{i}": chance.randrange(1000) for i in range(5)}
    fields |= {f"t{i}": chance.choice(COUNTRIES) for i in range(4)}
    fields |= {"tags": chance.sample(COUNTRIES, 2), "flag": chance.random() < 0.5}
    fields |= {"money": f"{chance.randrange(900)}.25"}
    done = [
        ActivityFact(f"a{i}", chance.choice(TYPES), NOW - timedelta(hours=chance.randrange(2400)))
        for i in range(activities)
    ]
    return LeadFacts(fields={key: value for key, value in fields.items() if chance.random() > 0.15}, activities=done)
