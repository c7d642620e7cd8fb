"""The facts that a rule editor needs: the operators, and the names that conditions of a document may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.document.document import SlaDocument
from domain.document.sections.fields import FieldType
from rules.conditions.aggregates import ANY, Measure
from rules.conditions.editors import Editor, editor
from rules.conditions.operators import OPERATORS, Operand
from rules.conditions.vocabulary import ALLOWED, Origin, Place, Subject, vocabulary_of
from rules.explaining.phrases import LANGUAGES
from rules.explaining.rendering import Wording


@dataclass(frozen=True, slots=True)
class OperatorUse:
    """An operator on fields of one type."""

    field_type: FieldType
    editor: Editor


@dataclass(frozen=True, slots=True)
class RuleOperator:
    """An operator as a rule editor shows it."""

    name: str
    label: str
    operand: Operand
    uses: tuple[OperatorUse, ...]
    querybuilder: str
    """Its name in react-querybuilder."""


@dataclass(frozen=True, slots=True)
class ConditionSubject:
    """Something that a condition of a document may speak of."""

    name: str
    label: str
    type: FieldType
    scale: int | None
    values: tuple[str, ...]
    operators: tuple[str, ...]
    places: tuple[Place, ...]
    """Where a condition that speaks of it may stand."""
    activity: str | None
    """Of activity.KEY: the activity type; of activities.…: the type that is counted, * for any."""
    measured: bool
    """True if a comparison may say `within` and `where`."""


def types_of(documents: Iterable[SlaDocument]) -> dict[str, FieldType]:
    """The types of all that conditions of some documents may speak of; the first that knows a name says it."""
    found: dict[str, FieldType] = {}
    for document in documents:
        for subject in condition_subjects(document, LANGUAGES[0]):
            found.setdefault(subject.name, subject.type)
    return found


def rule_operators(language: str) -> list[RuleOperator]:
    """The operators, labels in a language (en, de)."""
    index = LANGUAGES.index(language) if language in LANGUAGES else 0
    return [
        RuleOperator(
            row.name,
            row.label[index],
            row.operand,
            tuple(OperatorUse(kind, editor(row, kind)) for kind in FieldType if kind in row.types),
            row.querybuilder,
        )
        for row in OPERATORS.values()
    ]


def condition_subjects(document: SlaDocument, language: str) -> list[ConditionSubject]:
    """The names that conditions of a document may use, labels in a language (en, de)."""
    words, wording = vocabulary_of(document), Wording(document, language)
    shared = [_described(s, None, wording) for s in words.shared.values() if s.origin is not Origin.COUNT]
    of_activities = [
        _described(subject, kind, wording) for kind, own in words.by_activity.items() for subject in own.values()
    ]
    measured = [_described(s, kind, wording) for kind, own in words.by_activity.items() for s in _measures(kind, own)]
    return [*shared, *of_activities, *measured]


def _measures(kind: str, attributes: dict[str, Subject]) -> Iterator[Subject]:
    for measure in (Measure.COUNT, Measure.LAST_DAYS):
        yield Subject(f"activities.{kind}.{measure}", Origin.AGGREGATE, FieldType.INTEGER)
    for attribute in attributes.values():
        if attribute.type is not FieldType.LIST:
            name = f"activities.{kind}.{Measure.DISTINCT}.{attribute.key}"
            yield Subject(name, Origin.AGGREGATE, FieldType.INTEGER)


def _described(subject: Subject, activity: str | None, wording: Wording) -> ConditionSubject:
    return ConditionSubject(
        subject.name,
        wording.subject(subject.name, activity),
        subject.type,
        subject.scale,
        subject.values,
        tuple(name for name, row in OPERATORS.items() if subject.type in row.types),
        tuple(
            place
            for place, origins in ALLOWED.items()
            if subject.origin in origins and not _lost(place, subject, activity)
        ),
        activity,
        subject.origin is Origin.AGGREGATE,
    )


def _lost(place: Place, subject: Subject, activity: str | None) -> bool:
    """Return whether nothing there is an activity of just any type: a signal names its own."""
    return place in {Place.SIGNAL, Place.EFFORT} and subject.origin is Origin.ACTIVITY and activity == ANY
