"""The signs of customers: the signs that hold, the case studies asked of them, and who has gone quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.document.document import SlaDocument
from domain.document.sections.fields import ActivityType
from rules.activities.activity_window import ActivityWindow
from rules.activities.measuring import Measured, measured_of
from rules.conditions.aggregates import ANY, Aggregate, Measure
from rules.conditions.conditions import Holds, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import subjects_of
from rules.conditions.vocabulary import Place, Vocabulary


@dataclass(frozen=True, slots=True)
class Silence:
    """The time without any event after which a customer counts as gone quiet."""

    key: str
    lasts: timedelta
    contacts: Measured
    """The number of activities in that time."""


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """The conditions of a document that are judged about customers only."""

    asked: tuple[tuple[str, Holds], ...]
    """Conditions of signs and case studies by key."""
    silences: tuple[Silence, ...]
    measured: tuple[Measured, ...]
    """The numbers over activities that only these conditions compare."""

    @classmethod
    def of(
        cls,
        document: SlaDocument,
        clauses: Iterable[TypedClause],
        kinds: Mapping[str, ActivityType],
        words: Vocabulary,
    ) -> CustomerPlan:
        """The plan for a document."""
        typed = list(clauses)
        mine = [one for one in typed if one.clause.place is Place.CUSTOMER]
        elsewhere = subjects_of(one.expression for one in typed if one.clause.place is not Place.CUSTOMER)
        own = [s for name, s in subjects_of(one.expression for one in mine).items() if name not in elsewhere]
        return cls(
            asked=tuple((one.clause.key, predicate(one.expression)) for one in mine),
            silences=tuple(_silences(document, kinds)),
            measured=measured_of(own, kinds, words, [one.expression for one in mine]),
        )

    @property
    def aggregates(self) -> Iterator[Aggregate]:
        """All that is counted for it."""
        yield from (measured.aggregate for measured in self.measured)
        yield from (silence.contacts.aggregate for silence in self.silences)

    def matched(self, row: Mapping[str, Any], window: ActivityWindow, *, since: datetime | None) -> tuple[str, ...]:
        """The keys of what holds for a customer since a moment; `recent` learns when time changes it."""
        whole = {**row, **{measured.name: measured.of(window) for measured in self.measured}}
        asked = [key for key, holds in self.asked if holds(whole)]
        quiet = [silence.key for silence in self.silences if _is_quiet(silence, window, since)]
        return (*asked, *quiet)


def _silences(document: SlaDocument, kinds: Mapping[str, ActivityType]) -> Iterator[Silence]:
    for rule in document.after_sales.reactivations:
        lasts = timedelta(days=rule.silent_for.days, seconds=rule.silent_for.seconds)
        counted = Aggregate(ANY, Measure.COUNT, within=lasts)
        yield Silence(rule.key, lasts, Measured(rule.key, counted, tuple(kinds), {}, {}))


def _is_quiet(silence: Silence, window: ActivityWindow, since: datetime | None) -> bool:
    """Return whether there was no activity for as long as a silence lasts, as a customer."""
    if silence.contacts.of(window):
        return False
    begins = since + silence.lasts if since is not None else window.now
    if begins > window.now:
        window.at(begins)
    return begins <= window.now
