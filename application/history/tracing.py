"""Every rule of a judgement in words: what became of it, what its comparisons saw, and which of them failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.facts import LeadFacts
from rules.conditions.vocabulary import Place
from rules.explaining.trace import trace
from rules.explaining.trace_words import TraceWords
from rules.explaining.traced import Outcome, TracedTest
from rules.judging.compiled_rules import CompiledRules


@dataclass(frozen=True, slots=True)
class ToldTest:
    """A comparison as it came out, in words."""

    path: str
    subject: str
    op: str
    holds: bool
    failed: bool
    observed: Any
    message: str


@dataclass(frozen=True, slots=True)
class ToldActivity:
    """An activity under a signal, in words."""

    activity: str
    outcome: Outcome
    message: str
    points: Decimal
    tests: tuple[ToldTest, ...]


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule as it came out, in words."""

    place: Place
    key: str
    index: int
    path: str
    label: str
    outcome: Outcome
    message: str
    points: Decimal | None
    tests: tuple[ToldTest, ...]
    activities: tuple[ToldActivity, ...]


def told_trace(compiled_rules: CompiledRules, facts: LeadFacts, language: str, *, now: datetime) -> list[ToldRule]:
    """All rules of a document as a judgement of these facts at this moment found them, in a language (en, de)."""
    words = TraceWords(compiled_rules.document, language)

    def told(tests: tuple[TracedTest, ...], kind: str | None) -> tuple[ToldTest, ...]:
        return tuple(_test(test, words.test(test, kind)) for test in tests)

    found = []
    for rule in trace(compiled_rules, facts, now=now):
        text, kind = words.rule(rule), words.activity_of(rule)
        done = tuple(
            ToldActivity(one.activity, one.outcome, words.outcome(one.outcome), one.points, told(one.tests, kind))
            for one in rule.activities
        )
        about = (rule.place, rule.key, rule.index, rule.path, text.label, rule.outcome, text.outcome, rule.points)
        found.append(ToldRule(*about, told(rule.tests, kind), done))
    return found


def _test(test: TracedTest, message: str) -> ToldTest:
    check = test.check
    return ToldTest(
        check.path, check.subject.name, check.operator.name, test.holds, test.failed, test.observed, message
    )
