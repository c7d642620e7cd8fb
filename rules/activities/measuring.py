"""Numbers over the activities of a lead, found for one moment, and when time changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.document.sections.fields import ActivityType
from domain.facts import FUTURE_TOLERANCE, ActivityFact
from rules.activities.activity_window import ActivityWindow, Occurred
from rules.activities.rows import ActivityRows
from rules.conditions.aggregates import ANY, Aggregate, Measure
from rules.conditions.conditions import predicate
from rules.conditions.syntax import Check, Expression, checks_in, subjects_of
from rules.conditions.vocabulary import Subject, Vocabulary

Values = Mapping[str, Callable[[ActivityFact], Any]]
"""By activity type, what is looked at of an activity."""
_LONGEST_AGE = 3_650_000
"""Days; no two moments are further apart."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A subject over activities, ready to be found for leads."""

    name: str
    aggregate: Aggregate
    kinds: tuple[str, ...]
    counts: Values
    """The test of whether an activity counts; empty where all do."""
    told_apart: Values
    """The property told apart, for DISTINCT."""
    ages: tuple[int, ...] = field(default=())
    """For LAST_DAYS: from which full days on comparisons come out differently. What lies between is the same to the
    document, so the day before stands for it, and time alone changes nothing there."""

    def of(self, window: ActivityWindow) -> int | None:
        """The number for a lead; `recent` learns when time changes it."""
        found = [o for kind in self.kinds for o in window.by_type.get(kind, ())]
        ahead = [o for kind in self.kinds for o in window.ahead.get(kind, ())]
        if self.counts:
            found = [o for o in found if self.counts[o[0].type](o[0])]
            ahead = [o for o in ahead if self.counts[o[0].type](o[0])]
        if not found and not ahead:
            return None if self.aggregate.measure is Measure.LAST_DAYS else 0
        everything = [*self._deciding(found), *ahead]
        now = self._at(everything, window.now)
        for moment in sorted({m for m in self._moments(everything, window.now) if m > window.now}):
            if self._at(everything, moment) != now:
                window.at(moment)
                break
        return now

    def _deciding(self, found: list[Occurred]) -> list[Occurred]:
        """Of what happened so far all that decides how the number changes: of each value the last one, where values are
        told apart, and the last one of all, where its age is asked."""
        measure = self.aggregate.measure
        if measure is Measure.COUNT:
            return found
        last: dict[Any, Occurred] = {}
        for one in found:
            value = self.told_apart[one[0].type](one[0]) if measure is Measure.DISTINCT else None
            if value not in last or one[1] > last[value][1]:
                last[value] = one
        return list(last.values())

    def exact(self, window: ActivityWindow) -> int | None:
        """The number as people would tell it: for LAST_DAYS the very day; `recent` learns nothing."""
        found = [o for kind in self.kinds for o in window.by_type.get(kind, ())]
        if self.counts:
            found = [o for o in found if self.counts[o[0].type](o[0])]
        return self._value(found, window.now)

    def changes(self, activities: Iterable[ActivityFact], *, now: datetime) -> list[datetime]:
        """The moments after now at which time alone may change the number."""
        asked = self._deciding([(a, a.occurred_at.astimezone(UTC)) for a in activities if a.type in self.kinds])
        return sorted({moment for moment in self._moments(asked, now) if moment > now})

    def _at(self, activities: Iterable[Occurred], moment: datetime) -> int | None:
        value = self._value(activities, moment)
        return value if value is None or self.aggregate.measure is not Measure.LAST_DAYS else self.days(value)

    def _value(self, activities: Iterable[Occurred], moment: datetime) -> int | None:
        horizon, within = moment + FUTURE_TOLERANCE, self.aggregate.within or timedelta.max
        observed = [o for o in activities if o[1] <= horizon and moment - o[1] < within]
        return _MEASURES[self.aggregate.measure](self, observed, moment)

    def _moments(self, activities: Iterable[Occurred], now: datetime) -> Iterator[datetime]:
        """The moments at which something may change."""
        spans = [timedelta(days=days) for days in self.ages]
        if self.aggregate.within is not None:
            spans.append(self.aggregate.within)
        for _, occurred in activities:
            if occurred > now + FUTURE_TOLERANCE:
                yield occurred - FUTURE_TOLERANCE
            for span in spans:
                if span < datetime.max.replace(tzinfo=occurred.tzinfo) - occurred:
                    yield occurred + span

    def days(self, exact: int) -> int:
        """The day that stands for an age in full days."""
        return max((age for age in self.ages if age <= exact), default=0)


def _count(_measured: Measured, observed: list[Occurred], _moment: datetime) -> int:
    return len(observed)


def _last_days(_measured: Measured, observed: list[Occurred], moment: datetime) -> int | None:
    if not observed:
        return None
    return max(0, (moment - max(occurred for _, occurred in observed)).days)


def _distinct(measured: Measured, observed: list[Occurred], _moment: datetime) -> int:
    values = {measured.told_apart[activity.type](activity) for activity, _ in observed}
    return len(values - {None})


_MEASURES: dict[Measure, Callable[[Measured, list[Occurred], datetime], int | None]] = {
    Measure.COUNT: _count,
    Measure.LAST_DAYS: _last_days,
    Measure.DISTINCT: _distinct,
}


def measured_of(
    subjects: Iterable[Subject],
    kinds: Mapping[str, ActivityType],
    words: Vocabulary,
    expressions: Iterable[Expression],
) -> tuple[Measured, ...]:
    """The subjects over activities of a document, as its expressions compare them."""
    compared: dict[str, list[Check]] = {}
    for expression in expressions:
        for check in checks_in(expression):
            compared.setdefault(check.subject.name, []).append(check)
    return tuple(
        _measured(subject.name, subject.aggregate, kinds, words, compared.get(subject.name, []))
        for subject in subjects
        if subject.aggregate is not None
    )


def _measured(
    name: str, aggregate: Aggregate, kinds: Mapping[str, ActivityType], words: Vocabulary, checks: list[Check]
) -> Measured:
    used = tuple(kinds) if aggregate.kind == ANY else (aggregate.kind,)
    attributes = words.by_activity[aggregate.kind]
    counts: Values = {}
    told_apart: Values = {}
    if aggregate.where is not None:
        holds, asked = predicate(aggregate.where), list(subjects_of([aggregate.where]).values())
        counts = {kind: _asking(holds, ActivityRows(kinds[kind], asked)) for kind in used}
    if aggregate.attribute is not None:
        subject = attributes[f"activity.{aggregate.attribute}"]
        told_apart = {kind: _value(subject.name, ActivityRows(kinds[kind], [subject])) for kind in used}
    ages = _ages(checks) if aggregate.measure is Measure.LAST_DAYS else ()
    return Measured(name, aggregate, used, counts, told_apart, ages)


def _asking(holds: Callable[[dict[str, Any]], bool], rows: ActivityRows) -> Callable[[ActivityFact], bool]:
    return lambda activity: holds(rows.row({}, activity))


def _value(name: str, rows: ActivityRows) -> Callable[[ActivityFact], Any]:
    return lambda activity: rows.row({}, activity)[name]


def _ages(checks: list[Check]) -> tuple[int, ...]:
    """The days at which some comparison comes out differently than the day before."""
    tests = [check.operator.plain(check.literal) for check in checks]
    literals = {literal for check in checks for literal in _whole(check.literal)}
    days = {day for literal in literals for day in (literal, literal + 1) if 0 < day <= _LONGEST_AGE}
    return tuple(sorted(day for day in days if any(test(day) != test(day - 1) for test in tests)))


def _whole(literal: Any) -> tuple[int, ...]:
    if isinstance(literal, tuple):
        return literal
    return () if literal is None else (literal,)
