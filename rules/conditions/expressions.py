"""All conditions of a document as typed expressions, numbered for the rule sets that judge them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.document.conditions import Condition
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error
from rules.conditions.aggregates import MAX_AGGREGATES
from rules.conditions.reading import Reader
from rules.conditions.syntax import Expression, subjects_of
from rules.conditions.vocabulary import Place, Vocabulary, vocabulary_of


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of the document, with its place and path, and the key of what it belongs to."""

    place: Place
    key: str
    index: int
    path: str
    condition: Condition
    activity: str | None = None


@dataclass(frozen=True, slots=True)
class TypedClause:
    """A clause with its expression."""

    clause: Clause
    expression: Expression
    sound: bool
    """True if it has no fault; the expression means nothing otherwise."""


def clauses(document: SlaDocument) -> Iterator[Clause]:
    """Every condition of a document, in document order."""
    if document.scope is not None:
        yield Clause(Place.SCOPE, "", 0, "scope", document.scope)
    for index, kind in enumerate(document.activity_types):
        if kind.effort is not None and kind.effort.when is not None:
            yield Clause(
                Place.EFFORT, kind.key, index, f"activityTypes[{kind.key}].effort.when", kind.effort.when, kind.key
            )
    for index, stage in enumerate(document.journey.stages):
        if stage.entry is not None:
            yield Clause(Place.STAGE_ENTRY, stage.key, index, f"journey.stages[{stage.key}].entry", stage.entry)
    for index, persona in enumerate(document.personas):
        yield Clause(Place.PERSONA, persona.key, index, f"personas[{persona.key}].when", persona.when)
    for index, segment in enumerate(document.segments):
        yield Clause(Place.SEGMENT, segment.key, index, f"segments[{segment.key}].when", segment.when)
    yield from _scoring(document)
    yield from _nurturing(document)
    for index, trigger in enumerate(document.handover.triggers):
        yield Clause(Place.TRIGGER, trigger.key, index, f"handover.triggers[{trigger.key}].when", trigger.when)
    yield from _routing(document)


def _routing(document: SlaDocument) -> Iterator[Clause]:
    for index, route in enumerate(document.handover.routing):
        if route.when is not None:
            yield Clause(Place.ROUTE, route.team, index, f"handover.routing[{index}].when", route.when)
    for index, route in enumerate(document.handover.routing):
        for position, needed in enumerate(route.skills):
            if needed.when is not None:
                path = f"handover.routing[{index}].skills[{position}].when"
                yield Clause(Place.ROUTE_SKILL, f"{index}.{position}", index, path, needed.when)
    yield from _customers(document)


def _customers(document: SlaDocument) -> Iterator[Clause]:
    for index, study in enumerate(document.after_sales.case_studies):
        if study.when is not None:
            path = f"afterSales.caseStudies[{study.key}].when"
            yield Clause(Place.CUSTOMER, study.key, index, path, study.when)
    for index, sign in enumerate(document.after_sales.signs):
        yield Clause(Place.CUSTOMER, sign.key, index, f"afterSales.signs[{sign.key}].when", sign.when)


def _scoring(document: SlaDocument) -> Iterator[Clause]:
    for criterion in document.scoring.fit.criteria:
        for index, band in enumerate(criterion.bands):
            path = f"scoring.fit.criteria[{criterion.key}].bands[{index}].when"
            yield Clause(Place.FIT_BAND, criterion.key, index, path, band.when)
    for index, signal in enumerate(document.scoring.interest.signals):
        if signal.when is not None:
            path = f"scoring.interest.signals[{signal.key}].when"
            yield Clause(Place.SIGNAL, signal.key, index, path, signal.when, signal.activity)
    for index, exclusion in enumerate(document.scoring.exclusions):
        path = f"scoring.exclusions[{exclusion.key}].when"
        yield Clause(Place.EXCLUSION, exclusion.key, index, path, exclusion.when)


def _nurturing(document: SlaDocument) -> Iterator[Clause]:
    for index, track in enumerate(document.nurturing.tracks):
        path = f"nurturing.tracks[{track.key}]"
        if track.when is not None:
            yield Clause(Place.TRACK, track.key, index, f"{path}.when", track.when)
        if track.leave_when is not None:
            yield Clause(Place.TRACK_LEAVE, track.key, index, f"{path}.leaveWhen", track.leave_when)


def typed_clauses(
    document: SlaDocument, vocabulary: Vocabulary | None = None
) -> tuple[tuple[TypedClause, ...], tuple[Finding, ...]]:
    """Every condition of a document, typed, and all their faults."""
    words = vocabulary or vocabulary_of(document)
    typed: list[TypedClause] = []
    faults: list[Finding] = []
    for clause in clauses(document):
        reading = Reader(words, clause.place, clause.activity).read(clause.condition, clause.path)
        typed.append(TypedClause(clause, reading.expression, not reading.faults))
        faults.extend(reading.faults)
    return tuple(typed), (*faults, *_too_many(typed))


def _too_many(typed: list[TypedClause]) -> Iterator[Finding]:
    subjects = subjects_of(one.expression for one in typed if one.sound).values()
    if sum(subject.aggregate is not None for subject in subjects) > MAX_AGGREGATES:
        message = f"All conditions together speak of at most {MAX_AGGREGATES} different numbers over activities."
        yield error("TOO_MANY_AGGREGATES", "", message)
