"""A document compiled for judging: done once per version, used for every lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from domain.document.document import SlaDocument
from domain.document.findings import Finding
from domain.facts import LeadFacts
from rules.activities.activity_window import ByRule
from rules.activities.measuring import measured_of
from rules.activities.rows import ActivityRows, LeadRows
from rules.conditions.conditions import predicate
from rules.conditions.expressions import Clause, TypedClause, typed_clauses
from rules.conditions.syntax import Expression, checks_in, subjects_of
from rules.conditions.vocabulary import Origin, Place, Subject, Vocabulary, vocabulary_of
from rules.contact.consents import ConsentPlan
from rules.engine.matching import DurableMatcher, Matcher, PlainMatcher
from rules.judging.buying_centre import CentrePlan
from rules.judging.customers import CustomerPlan
from rules.judging.effort import EffortPlan
from rules.judging.groups import GroupPlan
from rules.judging.needs import Needs, needs_of
from rules.judging.nurture import NurturePlan
from rules.judging.skills import SkillPlan
from rules.judging.stages import StagePlan, enterable
from rules.judging.verdict import VerdictPlan, required_subjects, without_scores
from rules.scoring.scoring import FitPlan, InterestPlan


class UnsoundDocument(Exception):
    """The document has faults and cannot be judged by."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{f.path}: {f.message}" for f in findings[:5]))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a document's conditions: what is asked first, of activities, and when the scores are known."""

    first: Matcher
    by_activity: ByRule
    second: Matcher

    def close(self) -> None:
        """Give back what the matchers hold."""
        for matcher in (self.first, self.second, *(matcher for matcher, _ in self.by_activity.values())):
            matcher.close()


class _Numbered:
    """The conditions of a document, each with a number, by the rule set that judges them.

    What speaks of scores, grade or stage is judged second, when those are known; all else is judged first, and what
    speaks of an activity, for each activity.
    """

    def __init__(self, document: SlaDocument, clauses: tuple[TypedClause, ...]) -> None:
        self.first: dict[int, Expression] = {}
        self.second: dict[int, Expression] = {}
        self.by_activity: dict[str, dict[int, Expression]] = {}
        self.scope: Expression | None = None
        self.numbers: dict[tuple[Place, str, int], int] = {}
        self.triggers: dict[str, Expression] = {}
        for typed in clauses:
            clause, expression = typed.clause, typed.expression
            if clause.place is Place.SCOPE:
                self.scope = expression
                continue
            if clause.place in _APART:
                continue
            if clause.place is Place.TRIGGER:
                if document.handover.triggers[clause.index].hand_raiser:
                    expression = without_scores(expression)
                self.triggers[clause.key] = expression
            elif clause.place is Place.STAGE_ENTRY and not enterable(document.journey.stages[clause.index]):
                continue
            self._add(clause, expression)

    def _add(self, clause: Clause, expression: Expression) -> None:
        number = self.numbers[clause.place, clause.key, clause.index] = len(self.numbers)
        origins = {subject.origin for subject in subjects_of([expression]).values()}
        if Origin.ACTIVITY in origins and clause.activity is not None:
            self.by_activity.setdefault(clause.activity, {})[number] = expression
        elif origins & _KNOWN_LATER:
            self.second[number] = expression
        else:
            self.first[number] = expression

    def of(self, place: Place) -> dict[str, int]:
        """The numbers of a place's conditions by key."""
        return {key: number for (found, key, _), number in self.numbers.items() if found is place}

    def at(self, place: Place) -> dict[tuple[str, int], int]:
        """The numbers of a place's conditions by key and index."""
        return {(key, index): number for (found, key, index), number in self.numbers.items() if found is place}


_APART = frozenset(
    {Place.PERSONA, Place.SEGMENT, Place.ROUTE_SKILL, Place.TRACK, Place.TRACK_LEAVE, Place.CUSTOMER, Place.EFFORT}
)
"""Who a lead is, what it gets meanwhile and what people do for it is found out apart from what is judged."""
_KNOWN_LATER = frozenset({Origin.SCORE, Origin.STAGE})


class CompiledRules:
    """A version's document, ready to judge leads by; safe to share between threads."""

    def __init__(self, document: SlaDocument, version: str) -> None:
        words = vocabulary_of(document)
        clauses, faults = typed_clauses(document, words)
        if faults:
            raise UnsoundDocument(faults)
        self.document = document
        self.version = version
        self.clauses, self.words = clauses, words
        self.conditions = {(t.clause.place, t.clause.key, _place_of(t.clause)): t.expression for t in clauses}
        numbered = _Numbered(document, clauses)
        self.subjects = subjects = _subjects(document, words, clauses)
        self.scope = numbered.scope
        self.rows = LeadRows(subjects)
        self.counts = tuple(s.key for s in subjects if s.origin is Origin.COUNT)
        kinds = {kind.key: kind for kind in document.activity_types}
        self.customers = CustomerPlan.of(document, clauses, kinds, words)
        apart = {measured.name for measured in self.customers.measured}
        judged = [subject for subject in subjects if subject.name not in apart]
        self._kinds, self._activity_rows = kinds, dict[str, ActivityRows]()
        self.measured = measured_of(judged, kinds, words, [typed.expression for typed in clauses])
        self.centre = CentrePlan.of(document, subjects)
        self.consents = ConsentPlan.of(document)
        signals = numbered.of(Place.SIGNAL)
        of_activities = {number for rules in numbered.by_activity.values() for number in rules}
        self.fit = FitPlan.of(document.scoring.fit, numbered.at(Place.FIT_BAND))
        self.interest = InterestPlan.of(document.scoring.interest, signals, of_activities, _compared(clauses))
        self.exclusions = tuple(numbered.of(Place.EXCLUSION).items())
        self.verdicts = VerdictPlan.of(document, numbered.of(Place.TRIGGER), numbered.triggers, self.consents.missing())
        self.stages = StagePlan.of(document.journey, numbered.of(Place.STAGE_ENTRY))
        self.groups = GroupPlan.of(document, clauses, numbered.of(Place.STAGE_ENTRY), self.stages, subjects)
        routes = {index: number for (_, index), number in numbered.at(Place.ROUTE).items()}
        self.routes = tuple((index, routes.get(index)) for index in range(len(document.handover.routing)))
        self.skills = SkillPlan.of(document, clauses)
        self.effort = EffortPlan.of(document, clauses)
        self.nurture = NurturePlan.of(document, clauses)
        self.asks_stage = "stage" in subjects_of(numbered.second.values())
        self.needs = self._needs(numbered)
        self._scope = predicate(numbered.scope) if numbered.scope is not None else None
        self.plain = _form(document, numbered, PlainMatcher)
        self.durable = _form(document, numbered, DurableMatcher)

    @cached_property
    def excluding(self) -> frozenset[int]:
        """The numbers of the exclusions' conditions."""
        return frozenset(rule for _, rule in self.exclusions)

    @cached_property
    def measured_names(self) -> frozenset[str]:
        """The numbers over activities that a row holds."""
        return frozenset(measured.name for measured in self.measured)

    def _needs(self, numbered: _Numbered) -> Needs:
        return needs_of(
            self.document,
            [*(measured.aggregate for measured in self.measured), *self.customers.aggregates],
            frozenset(numbered.by_activity),
            buying_centre=self.centre.asked,
            sent=None if self.nurture is None else (self.nurture.outbound, self.nurture.look_back),
        )

    @classmethod
    def of(cls, document: SlaDocument, *, version: str) -> CompiledRules:
        """Compile a document, or raise UnsoundDocument; the version goes into every decision's digest."""
        return cls(document, version)

    def governs(self, facts: LeadFacts) -> bool:
        """Return whether the agreement's scope holds for a lead."""
        return self._scope is None or self._scope(self.rows.row(facts))

    def in_scope(self, row: Mapping[str, Any]) -> bool:
        """The same of a lead whose row is made already."""
        return self._scope is None or self._scope(row)

    def segment_of(self, facts: LeadFacts) -> str | None:
        """The key of the segment that a lead belongs to."""
        return self.groups.segment(self.rows.row(facts))

    def activity_rows(self, kind: str) -> ActivityRows:
        """Reads all that can be asked of activities of a type; made when it is first asked for."""
        known = self._activity_rows.get(kind)
        if known is None:
            known = self._activity_rows[kind] = ActivityRows(self._kinds[kind], self.words.by_activity[kind].values())
        return known

    def close(self) -> None:
        """Give the engine's memory back; happens by itself when the rulebook is forgotten."""
        self.durable.close()


def _place_of(clause: Clause) -> int:
    """The place of a condition beside others of the same key: of a band under its criterion, else the first."""
    return clause.index if clause.place is Place.FIT_BAND else 0


def _compared(clauses: Iterable[TypedClause]) -> Iterator[int]:
    """The hundredths that conditions compare interest with."""
    for check in (check for typed in clauses for check in checks_in(typed.expression)):
        if check.subject.name == "interest.points" and check.literal is not None:
            yield from check.literal if isinstance(check.literal, tuple) else (check.literal,)


def rule_sets(document: SlaDocument) -> dict[str, dict[int, Expression]]:
    """The rules of a document without faults as the engine gets them, by rule set."""
    clauses, _ = typed_clauses(document)
    numbered = _Numbered(document, clauses)
    by_activity = {f"activity.{kind}": rules for kind, rules in numbered.by_activity.items()}
    return {"first": numbered.first, "second": numbered.second, **by_activity}


def _subjects(document: SlaDocument, words: Vocabulary, clauses: Iterable[TypedClause]) -> tuple[Subject, ...]:
    required = {name: words.shared[name] for name in required_subjects(document).values()}
    used = subjects_of(typed.expression for typed in clauses) | required
    return tuple(used[name] for name in sorted(used))


def _form(document: SlaDocument, numbered: _Numbered, make: type[PlainMatcher | DurableMatcher]) -> Form:
    kinds = {kind.key: kind for kind in document.activity_types}
    by_activity = {
        key: (make(rules), ActivityRows(kinds[key], subjects_of(rules.values()).values()))
        for key, rules in numbered.by_activity.items()
    }
    return Form(make(numbered.first), by_activity, make(numbered.second))
