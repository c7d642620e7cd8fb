"""A condition as it is written, checked against the vocabulary and made a typed expression; all faults at once."""

from __future__ import annotations

from dataclasses import dataclass

from domain.document.conditions import AllOf, AnyOf, Comparison, Condition, NotOf
from domain.document.findings import Finding, error
from domain.words.near_words import did_you_mean
from rules.conditions.aggregate_reading import AggregateReader, refuse_extras
from rules.conditions.literals import LiteralFault, compared
from rules.conditions.operators import OPERATORS
from rules.conditions.syntax import FALSE, Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import ALLOWED, Origin, Place, Subject, Vocabulary


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a condition: its expression, which means nothing while there are faults, and the faults."""

    expression: Expression
    faults: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads conditions of one place."""

    vocabulary: Vocabulary
    place: Place
    activity: str | None = None
    """In a signal: its activity type."""

    def read(self, condition: Condition, path: str) -> Reading:
        """Check a condition that stands at a path, and type it."""
        faults: list[Finding] = []
        return Reading(self._expression(condition, path, faults), tuple(faults))

    def _expression(self, condition: Condition, path: str, faults: list[Finding]) -> Expression:
        match condition:
            case AllOf():
                return Every(self._parts(condition.all, f"{path}.all", faults))
            case AnyOf():
                return Some(self._parts(condition.any, f"{path}.any", faults))
            case NotOf():
                return Not(self._expression(condition.not_, f"{path}.not", faults))
            case Comparison():
                return self._check(condition, path, faults)

    def _parts(self, parts: tuple[Condition, ...], path: str, faults: list[Finding]) -> tuple[Expression, ...]:
        return tuple(self._expression(part, f"{path}[{index}]", faults) for index, part in enumerate(parts))

    def _check(self, written: Comparison, path: str, faults: list[Finding]) -> Expression:
        subject = self._subject(written, path, faults)
        operator = OPERATORS.get(written.op)
        if operator is None:
            known = ", ".join(OPERATORS)
            faults.append(error("UNKNOWN_OPERATOR", f"{path}.op", f"There is no such operator; there are: {known}."))
        if subject is None or operator is None:
            return FALSE
        if subject.type not in operator.types:
            message = f"{subject.name} is {subject.type}, which {operator.name} does not take."
            faults.append(error("OPERATOR_NOT_FOR_TYPE", f"{path}.op", message))
            return FALSE
        try:
            return compared(Check(subject, operator, None, path, written), written.value)
        except LiteralFault as fault:
            at = f"{path}.value" if fault.index is None else f"{path}.value[{fault.index}]"
            faults.append(error(fault.code, at, fault.message))
            return FALSE

    def _subject(self, written: Comparison, path: str, faults: list[Finding]) -> Subject | None:
        name = written.field
        if name.startswith("activities."):
            subject = AggregateReader(self.vocabulary, self._where).subject(written, path, faults)
        else:
            refuse_extras(written, path, faults)
            subject = self.vocabulary.find(name, self.activity)
            if subject is None:
                faults.append(error("UNKNOWN_FIELD", f"{path}.field", self._unknown(name)))
        return subject and self._allowed(subject, f"{path}.field", faults)

    def _where(self, condition: Condition, path: str, kind: str) -> tuple[Expression, tuple[Finding, ...]]:
        reading = Reader(self.vocabulary, Place.ACTIVITY, kind).read(condition, path)
        return reading.expression, reading.faults

    def _allowed(self, subject: Subject, path: str, faults: list[Finding]) -> Subject | None:
        if subject.origin not in ALLOWED[self.place]:
            code = "SCORE_NOT_ALLOWED_HERE" if subject.origin is Origin.SCORE else "FIELD_NOT_ALLOWED_HERE"
            faults.append(error(code, path, f"{subject.name} cannot be used in a condition of this place."))
            return None
        return subject

    def _unknown(self, name: str) -> str:
        if name.startswith("activity."):
            if self.activity is None:
                return "activity.… can only be used in the condition of a signal."
            own = self.vocabulary.by_activity.get(self.activity, {})
            return f"The activity type has no field '{name}'.{did_you_mean(name, own)}"
        return f"The document defines no field '{name}'.{did_you_mean(name, self.vocabulary.shared)}"
