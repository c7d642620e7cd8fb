"""A traced judgement in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.document.base import Translation, text_in
from domain.document.document import SlaDocument
from domain.document.sections.after_sales import AfterSales
from rules.conditions.vocabulary import Place
from rules.explaining.phrases import phrase
from rules.explaining.rendering import Wording
from rules.explaining.traced import Outcome, TracedRule, TracedTest


@dataclass(frozen=True, slots=True)
class TraceText:
    """A traced rule in words."""

    label: str
    """The people's name of the rule."""
    outcome: str
    """The result in a sentence."""
    tests: tuple[str, ...]
    """Its comparisons, each with what it saw."""
    failed: tuple[str, ...]
    """Those of them that stand in its way."""


class TraceWords:
    """Says traced judgements of a document in a language (`en`, `de`)."""

    def __init__(self, document: SlaDocument, language: str = "en") -> None:
        self._document, self._language = document, language
        self._words = Wording(document, language)
        scoring, handover = document.scoring, document.handover
        self._labels: dict[Place, dict[str, Iterable[Translation]]] = {
            Place.PERSONA: {p.key: p.label for p in document.personas},
            Place.SEGMENT: {s.key: s.label for s in document.segments},
            Place.FIT_BAND: {c.key: c.label for c in scoring.fit.criteria},
            Place.SIGNAL: {s.key: s.label for s in scoring.interest.signals},
            Place.EXCLUSION: {e.key: e.reason for e in scoring.exclusions},
            Place.TRIGGER: {t.key: t.label for t in handover.triggers},
            Place.STAGE_ENTRY: {s.key: s.label for s in document.journey.stages},
            Place.TRACK: {t.key: t.label for t in document.nurturing.tracks},
            Place.TRACK_LEAVE: {t.key: t.label for t in document.nurturing.tracks},
            Place.CUSTOMER: _customers(document.after_sales),
        }
        self._kinds = {s.key: s.activity for s in scoring.interest.signals}

    def rule(self, rule: TracedRule) -> TraceText:
        """A rule in words."""
        kind = self.activity_of(rule)
        texts = [(test.failed, self.test(test, kind)) for test in rule.tests]
        return TraceText(
            self._label(rule),
            self.outcome(rule.outcome),
            tuple(text for _, text in texts),
            tuple(text for failed, text in texts if failed),
        )

    def activity_of(self, rule: TracedRule) -> str | None:
        """The activity type that a signal's comparisons speak of."""
        return self._kinds.get(rule.key) if rule.place is Place.SIGNAL else None

    def outcome(self, outcome: Outcome) -> str:
        """Return what became of a rule or an activity."""
        return phrase(f"trace.{outcome}", self._language)

    def test(self, test: TracedTest, activity: str | None = None) -> str:
        """A comparison with what it saw: Employees at least 50: 20."""
        written = test.check.written
        words = self._words.condition(written, activity) if written else test.check.subject.name
        if not test.needed:
            words = phrase("not", self._language, condition=words)
        observed = phrase("trace.missing", self._language) if test.observed is None else self._seen(test.observed)
        return phrase("trace.test", self._language, condition=words, observed=observed)

    def _label(self, rule: TracedRule) -> str:
        if rule.place is Place.SCOPE:
            return text_in(self._document.title, self._language)
        label = self._labels.get(rule.place, {}).get(rule.key)
        return rule.key if label is None else text_in(label, self._language)

    def _seen(self, value: Any) -> str:
        if isinstance(value, bool):
            return phrase("true" if value else "false", self._language)
        if isinstance(value, int | Decimal):
            return self._words.number(value)
        return value if isinstance(value, str) else ", ".join(map(str, value))


def _customers(rules: AfterSales) -> dict[str, Iterable[Translation]]:
    studies: dict[str, Iterable[Translation]] = {study.key: study.label for study in rules.case_studies}
    return studies | {sign.key: sign.label for sign in rules.signs}
