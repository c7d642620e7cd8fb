"""A comparison over `activities.…` as it is written, made a subject; all faults at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from domain.document.conditions import MAX_WHERE, Comparison, Condition, condition_json
from domain.document.findings import Finding, error
from domain.document.sections.fields import FieldType
from rules.conditions.aggregates import Aggregate, AggregateName
from rules.conditions.syntax import Expression, checks_in
from rules.conditions.vocabulary import Origin, Subject, Vocabulary

ReadWhere = Callable[[Condition, str, str], tuple[Expression, tuple[Finding, ...]]]
"""Reads a condition over activities of a type, at a path."""

_WRITTEN = "Written: activities.TYPE.count, activities.TYPE.lastDays or activities.TYPE.distinct.ATTRIBUTE."
_NO_TYPE = "The document defines no such activity type."


@dataclass(frozen=True, slots=True)
class AggregateReader:
    """Reads subjects over activities."""

    vocabulary: Vocabulary
    read_where: ReadWhere

    def subject(self, written: Comparison, path: str, faults: list[Finding]) -> Subject | None:
        """The subject of a comparison that stands at a path, or None and its faults."""
        name = AggregateName.parse(written.field)
        if name is None or name.kind not in self.vocabulary.by_activity:
            faults.append(error("UNKNOWN_FIELD", f"{path}.field", _NO_TYPE if name else _WRITTEN))
            return None
        attributes = self.vocabulary.by_activity[name.kind]
        if name.attribute is not None and not _told_apart(attributes.get(f"activity.{name.attribute}")):
            message = f"Activities of {name.kind} have no attribute '{name.attribute}' that can be told apart."
            faults.append(error("UNKNOWN_FIELD", f"{path}.field", message))
            return None
        where = None
        if written.where is not None:
            where, wrong = self._where(written.where, f"{path}.where", name.kind)
            faults.extend(wrong)
            if wrong:
                return None
        return self._made(name, written, where)

    def _where(self, where: Condition, path: str, kind: str) -> tuple[Expression, tuple[Finding, ...]]:
        expression, faults = self.read_where(where, path, kind)
        if sum(1 for _ in checks_in(expression)) > MAX_WHERE:
            message = f"`where` has at most {MAX_WHERE} comparisons."
            return expression, (*faults, error("CONDITION_TOO_LARGE", path, message))
        return expression, faults

    def _made(self, name: AggregateName, written: Comparison, where: Expression | None) -> Subject:
        within = written.within.elapsed if written.within is not None else name.within
        aggregate = Aggregate(name.kind, name.measure, name.attribute, within, where)
        short = self.vocabulary.shared.get(f"activities.{name.kind}")
        if short is not None and short.aggregate == aggregate:
            return short
        called = name.written
        if within != name.within:
            called += f" within {written.within}"
        if written.where is not None:
            called += " where " + json.dumps(condition_json(written.where), ensure_ascii=False, sort_keys=True)
        return Subject(called, Origin.AGGREGATE, FieldType.INTEGER, aggregate=aggregate)


def _told_apart(attribute: Subject | None) -> bool:
    return attribute is not None and attribute.type is not FieldType.LIST


def refuse_extras(written: Comparison, path: str, faults: list[Finding]) -> None:
    """Refuse `within` and `where` where nothing is measured over activities."""
    for name in ("within", "where"):
        if getattr(written, name) is not None:
            message = f"Only activities.… takes `{name}`."
            faults.append(error("NOT_FOR_THIS_FIELD", f"{path}.{name}", message))
