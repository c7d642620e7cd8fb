"""How long judging takes beside the bare loop of the engine over the same rules: `python -m tests.rules.measure`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import durable_rules_engine as engine

from domain.document.document import SlaDocument
from domain.document.reading import read_document
from domain.facts import ActivityFact, LeadFacts
from rules.columns import encoder
from rules.conditions import Row
from rules.durable_form import DurableForm, durable_form
from rules.judge import judge
from rules.matching import DurableMatcher, PlainMatcher
from rules.rulebook import Rulebook, rule_sets
from tests.rules.samples import NOW, document_data, when

COUNTRIES = ["DE", "AT", "CH", "FR", "IT", "NL", "PL", "ES"]
TYPES = ["form", "webinar", "download", "visit", "call"]


@dataclass(frozen=True)
class Load:
    """A document of so many rules, and leads to judge by it."""

    document: SlaDocument
    leads: list[LeadFacts]


@dataclass(frozen=True)
class Shape:
    """How many of each."""

    criteria: int
    bands: int
    signals: int
    exclusions: int
    triggers: int
    routes: int

    @property
    def rules(self) -> int:
        """How many conditions the document has."""
        return self.criteria * self.bands + self.exclusions + self.triggers + self.routes


SHAPES = {30: Shape(6, 3, 5, 4, 4, 4), 100: Shape(17, 4, 10, 12, 10, 10)}


def load(rules: int, *, leads: int = 400, activities: int = 4, seed: int = 7) -> Load:
    """A document with that many conditions and leads that have most of their fields."""
    chance = random.Random(seed)
    return Load(_document(SHAPES[rules], chance), [_lead(chance, activities) for _ in range(leads)])


def _document(shape: Shape, chance: random.Random) -> SlaDocument:
    label = {"label": "x"}
    fields: dict[str, Any] = {f"n{i}": {**label, "type": "INTEGER"} for i in range(5)}
    fields |= {f"t{i}": {**label, "type": "TEXT"} for i in range(4)}
    fields |= {"tags": {**label, "type": "LIST"}, "flag": {**label, "type": "BOOLEAN"}}
    fields |= {"money": {**label, "type": "DECIMAL", "scale": 2}}
    conditions = iter(
        [_condition(chance) for _ in range(shape.criteria * shape.bands + shape.exclusions + shape.routes)]
    )
    criteria = {
        f"c{i}": {**label, "bands": [{"when": next(conditions), "points": 10 * (b + 1)} for b in range(shape.bands)]}
        for i in range(shape.criteria)
    }
    signals = {
        f"s{i}": {
            **label,
            "activity": TYPES[i % 5],
            "points": 5 + i,
            "maxCount": 5,
            "window": "P90D",
            "halfLife": "P30D",
        }
        for i in range(shape.signals)
    }
    exclusions = {
        f"x{i}": {"reason": "x", "when": {"all": [next(conditions), when("t3", "eq", "student")]}}
        for i in range(shape.exclusions)
    }
    triggers = {
        f"g{i}": {
            **label,
            "priority": i,
            "when": {"all": [when("fit.percent", "gte", 40 + 2 * i), when("interest.points", "gte", 20 + i)]},
        }
        for i in range(shape.triggers)
    }
    loaded = read_document(
        document_data(
            fields=fields,
            activityTypes={t: {**label, "direction": "INBOUND"} for t in TYPES},
            scoring__fit__criteria=criteria,
            scoring__interest__signals=signals,
            scoring__exclusions=exclusions,
            handover__triggers=triggers,
            handover__required=["t0", "t1"],
            handover__routing=[{"team": f"team{i}", "when": next(conditions)} for i in range(shape.routes)],
        )
    )
    assert loaded.document, loaded.findings
    return loaded.document


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
    fields |= {
        "tags": chance.sample(COUNTRIES, 2),
        "flag": chance.random() < 0.5,
        "money": f"{chance.randrange(900)}.25",
    }
    fields = {key: value for key, value in fields.items() if chance.random() > 0.15}
    done = [
        ActivityFact(f"a{i}", chance.choice(TYPES), NOW - timedelta(hours=chance.randrange(2400)))
        for i in range(activities)
    ]
    return LeadFacts(fields=fields, activities=done)


def bare_loop(form: DurableForm) -> Callable[[Row], set[str]]:
    """The engine's loop with nothing around it, over all the rules in one rule set."""
    conditions = {str(n): {"all": [{"m": term.condition}]} for n, (term, _) in enumerate(form.terms)}
    handle = engine.create_ruleset("s", json.dumps({"w": {"all": [{"m": {"k": 0}}]}, **conditions}, ensure_ascii=False))
    _, state = engine.assert_fact(handle, '{"id":"x","sid":"1","k":0}')
    engine.start_action_for_state(handle, state)
    engine.complete_and_start_action(handle, state)
    engine.retract_fact(handle, '{"id":"x","sid":"1"}')
    encode = encoder(form.columns)

    def match(row: Row) -> set[str]:
        held = set()
        code, state = engine.assert_fact(handle, encode(row))
        if code == 0:
            message = engine.start_action_for_state(handle, state)[1]
            while message:
                held.add(message[2 : message.index('"', 2)])
                message = engine.complete_and_start_action(handle, state)
            engine.retract_fact(handle, '{"id":"x","sid":"1"}')
        return held

    return match


def ratios(works: dict[str, Callable[[], object]], *, rounds: int = 300) -> dict[str, float]:
    """How long each work takes beside the first: the median over rounds in which all run one after the other."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        times = {name: _seconds(work) for name, work in works.items()}
        first = next(iter(times.values()))
        for name, taken in times.items():
            found[name].append(taken / first)
    return {name: median(each) for name, each in found.items()}


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def measured(rules: int) -> dict[str, float]:
    """Our matching, the whole judgement and the plain form beside the bare loop."""
    given = load(rules, leads=40)
    book = Rulebook.of(given.document, version="measure")
    sets = rule_sets(given.document)
    everything = dict(enumerate(e for rules_ in sets.values() for e in rules_.values()))
    rows = [_row(book, lead) for lead in given.leads]
    bare = bare_loop(durable_form(everything))
    ours, plain = DurableMatcher(everything), PlainMatcher(everything)
    first, second = DurableMatcher(sets["first"]), DurableMatcher(sets["second"])
    works: dict[str, Callable[[], object]] = {
        "bare": lambda: [bare(row) for row in rows],
        "matching": lambda: [ours.match(row) for row in rows],
        "two rule sets": lambda: [(first.match(row), second.match(row)) for row in rows],
        "plain": lambda: [plain.match(row) for row in rows],
        "judge": lambda: [judge(book, lead, now=NOW) for lead in given.leads],
    }
    return ratios(works)


def _row(book: Rulebook, lead: LeadFacts) -> dict[str, Any]:
    decision = judge(book, lead, now=NOW)
    scores = {
        "fit.points": decision.fit.points,
        "fit.percent": decision.fit.percent,
        "interest.points": decision.interest.points,
    }
    hundredths = {name: int((value or 0) * 100) for name, value in scores.items()}
    bands = {"fit.band": decision.fit.band, "interest.band": decision.interest.band, "grade": decision.grade}
    return {**book.rows.row(lead), **hundredths, **bands, "stage": decision.stage}


if __name__ == "__main__":
    for size in SHAPES:
        print(size, {name: round(ratio, 2) for name, ratio in measured(size).items()})
