"""Conditions in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from domain.document.base import text_in
from domain.document.conditions import AllOf, AnyOf, Comparison, Condition, ConditionValue, NotOf
from domain.document.document import SlaDocument
from domain.document.sections.fields import FieldType
from domain.time.duration import Duration
from rules.conditions.aggregates import AggregateName
from rules.conditions.operators import OPERATORS, Operand
from rules.conditions.vocabulary import vocabulary_of
from rules.explaining.phrases import WORDS, in_language, phrase

_UNITS = {
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}
"""The units of time by the phrases that name them, the largest first."""


class Wording:
    """Says conditions of a document in a language."""

    def __init__(self, document: SlaDocument, language: str) -> None:
        self._language = language
        self._fields = vocabulary_of(document).shared
        self._kinds = {kind.key: kind for kind in document.activity_types}

    def condition(self, condition: Condition, activity: str | None = None) -> str:
        """A condition in words; of a signal, with its activity type."""
        match condition:
            case Comparison():
                subject = self.subject(condition.field, activity, condition.within, condition.where)
                return self.compared(subject, condition.op, condition.value)
            case NotOf():
                return phrase("not", self._language, condition=self.condition(condition.not_, activity))
            case AllOf():
                return self._joined(condition.all, "all", "nothing", activity)
            case AnyOf():
                return self._joined(condition.any, "any", "never", activity)

    def _joined(self, parts: Sequence[Condition], joint: str, empty: str, activity: str | None) -> str:
        words = [self.condition(part, activity) for part in parts]
        nested = [
            f"({text})" if len(parts) > 1 and isinstance(part, AllOf | AnyOf) else text
            for part, text in zip(parts, words, strict=True)
        ]
        return phrase(joint, self._language).join(nested) or phrase(empty, self._language)

    def compared(self, subject: str, op: str, value: ConditionValue) -> str:
        """A comparison in words: Employees 50–70."""
        operator = OPERATORS.get(op)
        if operator is None:  # a draft may name one that there is not: it is told as it is written
            return phrase("operator.unknown", self._language, subject=subject, operator=op, value=self._listed(value))
        shown = self._range(value) if operator.operand is Operand.RANGE else self._listed(value)
        return in_language(operator.sentence, self._language, subject=subject, value=shown)

    def is_number(self, field: str) -> bool:
        """Return whether the values of a subject are numbers that languages write differently."""
        known = self._fields.get(field)
        return known is not None and known.type is FieldType.DECIMAL

    def subject(
        self,
        field: str,
        activity: str | None = None,
        within: Duration | None = None,
        where: Condition | None = None,
    ) -> str:
        """Return what people call the thing that a comparison is about."""
        known = self._fields.get(field)
        if known and known.definition:
            return text_in(known.definition.label, self._language)
        start, dot, key = field.partition(".")
        if start == "activity" and activity in self._kinds:
            own = next((f for f in self._kinds[activity].fields if f.key == key), None)
            if own is not None:
                return text_in(own.label, self._language)
        if field in WORDS and (dot or known):
            return phrase(field, self._language)
        if start == "activities":
            name = AggregateName.parse(field)
            return self._measured(name, within, where) if name else field
        return field

    def _measured(self, name: AggregateName, within: Duration | None, where: Condition | None) -> str:
        """A number over activities: Webinar attended with Campaign is fair (number in 30 days)."""
        kind = self._kinds.get(name.kind)
        called = text_in(kind.label, self._language) if kind else phrase("any.activity", self._language)
        if where is not None:
            condition = self.condition(where, name.kind)
            called = phrase("where", self._language, activity=called, condition=condition)
        span = within.elapsed if within is not None else name.within
        words = name.measure.value if span is not None else f"{name.measure}.ever"
        attribute = self.subject(f"activity.{name.attribute}", name.kind)
        shown = "" if span is None else self._span(span)
        return phrase(words, self._language, activity=called, attribute=attribute, span=shown)

    def _span(self, span: timedelta) -> str:
        """A length of time in its largest whole unit: 30 days."""
        for unit, length in _UNITS.items():
            if span % length == timedelta(0):
                count = span // length
                return phrase(f"{unit}.one" if count == 1 else unit, self._language, count=count)
        return str(span)

    def _range(self, value: ConditionValue) -> str:
        is_pair = isinstance(value, tuple) and len(value) == 2
        return "–".join(self._items(value)) if is_pair else self._listed(value)

    def _items(self, value: ConditionValue) -> list[str]:
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        return [self._one(item) for item in values]

    def _listed(self, value: ConditionValue) -> str:
        items = self._items(value)
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])}{phrase('any', self._language)}{items[-1]}"

    def _one(self, value: object) -> str:
        if isinstance(value, bool):
            return phrase("true" if value else "false", self._language)
        return self.number(value) if isinstance(value, int | Decimal) else str(value)

    def number(self, value: int | Decimal) -> str:
        """A number as it is written in the language: 12.5, in German 12,5."""
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return text.replace(".", ",") if self._language == "de" else text

    def points(self, value: Decimal) -> str:
        """A number of points."""
        return (
            phrase("point", self._language)
            if value == 1
            else phrase("points", self._language, points=self.number(value))
        )
