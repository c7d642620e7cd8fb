"""The numbers over a lead's activities: how many, how long ago, how many different ones.

A subject is written `activities.TYPE.count`, `activities.TYPE.lastDays` or `activities.TYPE.distinct.ATTRIBUTE`; `*` in
the place of the type means activities of every type, and `activities.TYPE` alone the count of the last 90 days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.conditions.syntax import Expression

ANY = "*"
"""Stands for every activity type."""
COUNT_WINDOW = timedelta(days=90)
"""The time that is counted back where a condition names none."""
MAX_AGGREGATES = 200
"""The most different ones that a document may speak of: each is found for every lead."""

_NAME = re.compile(r"activities\.([^.]+)(?:\.(count|lastDays|distinct)(?:\.([^.]+))?)?")


class Measure(StrEnum):
    """The conditions on activities."""

    COUNT = "count"
    """The number of activities."""
    LAST_DAYS = "lastDays"
    """The number of full days since the last one; missing where there was none."""
    DISTINCT = "distinct"
    """The number of different values of an attribute."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number over the activities of a lead."""

    kind: str
    """The activity type, or ANY."""
    measure: Measure
    attribute: str | None = None
    """The property told apart, for DISTINCT: channel, campaign, content, or a field of the type."""
    within: timedelta | None = COUNT_WINDOW
    """The greatest age of an activity; None: as old as it likes."""
    where: Expression | None = None
    """Which activities count; None: all of the type."""

    @property
    def attributes(self) -> bool:
        """Return whether more than type and time of an activity is asked about."""
        return self.where is not None or self.attribute is not None


@dataclass(frozen=True, slots=True)
class AggregateName:
    """The parts of a name that begins with `activities.`."""

    kind: str
    measure: Measure
    attribute: str | None

    @classmethod
    def parse(cls, name: str) -> AggregateName | None:
        """The parts of a name; None where it has not the wanted form."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        kind, measure, attribute = match.groups()
        if (attribute is not None) != (measure == Measure.DISTINCT):
            return None
        return cls(kind, Measure(measure or Measure.COUNT), attribute)

    @property
    def within(self) -> timedelta | None:
        """Return how far back is looked where a condition does not say."""
        return None if self.measure is Measure.LAST_DAYS else COUNT_WINDOW

    @property
    def written(self) -> str:
        """The name in its full form."""
        return f"activities.{self.kind}.{self.measure}" + (f".{self.attribute}" if self.attribute else "")
