"""The activities of a lead as a judgement counts them: by type, the latest first; and when time changes the count."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from domain.facts import FUTURE_TOLERANCE, ActivityFact
from rules.activities.rows import ActivityRows
from rules.engine.matching import Matcher

Occurred = tuple[ActivityFact, datetime]
"""An activity and when it occurred, in UTC."""
ByRule = Mapping[str, tuple[Matcher, ActivityRows]]
"""By activity type what matches the conditions over activities of it."""


class ActivityWindow:
    """The activities of one lead at one moment; lives as long as one judgement."""

    __slots__ = ("_by_rule", "_held", "_lead", "ahead", "by_type", "counted", "crossing", "foreseeing", "now", "until")

    def __init__(
        self, activities: Iterable[ActivityFact], types: Container[str], *, now: datetime, foreseeing: bool = True
    ) -> None:
        """The activities of these types, of which those too far ahead do not count yet."""
        self.now = now
        self.foreseeing = foreseeing
        """True if it is asked when scores that fade come to mean something else."""
        self.until: datetime | None = None
        """The first moment at which time alone changes something; None: never."""
        self.crossing: datetime | None = None
        """The first moment at which time alone may change more than points; None: never."""
        self.counted: list[str | int] = []
        """The contributions so far: by share the signal, the activity and the hundredths."""
        self.by_type: dict[str, list[Occurred]] = {}
        self.ahead: dict[str, list[Occurred]] = {}
        by_type, ahead, in_order = self.by_type, self.ahead, True
        self._held: dict[str, set[int]] = {}
        horizon = now + FUTURE_TOLERANCE
        for activity in activities:
            kind = activity.type
            if kind in types:
                occurred = activity.occurred_at
                if occurred.tzinfo is not UTC:
                    occurred = occurred.astimezone(UTC)
                side = by_type if occurred <= horizon else ahead
                if kind not in side:
                    side[kind] = [(activity, occurred)]
                    continue
                found = side[kind]
                in_order = in_order and found[-1][1] > occurred
                found.append((activity, occurred))
        if not in_order:
            for found in by_type.values():
                if len(found) > 1:
                    found.sort(key=_id)
                    found.sort(key=_occurred, reverse=True)

    def beside(self, lead: dict[str, Any], by_rule: ByRule) -> None:
        """Say beside which fields of the lead conditions over activities are asked, and of whom."""
        self._lead, self._by_rule = lead, by_rule

    def held_for(self, activity: ActivityFact) -> set[int]:
        """The rules over activities that hold for one of them."""
        matched = self._held.get(activity.id)
        if matched is None:
            matcher, rows = self._by_rule[activity.type]
            matched = self._held[activity.id] = matcher.match(rows.row(self._lead, activity))
        return matched

    def shares(self) -> Iterator[tuple[str, str, int]]:
        """Return what counted: the signal, the activity and the hundredths of each."""
        parts: Any = iter(self.counted)
        return zip(parts, parts, parts, strict=True)

    @property
    def times(self) -> dict[str, datetime]:
        """When each activity that is not ahead occurred, by id."""
        return {activity.id: at for done in self.by_type.values() for activity, at in done}

    def changes(self, occurred: datetime, after: timedelta) -> None:
        """Note that something changes a while after an activity."""
        with suppress(OverflowError):
            self.at(occurred + after)

    def fades(self, after: timedelta) -> None:
        """Note that points fade a while from now."""
        with suppress(OverflowError):
            self.until = _sooner(self.until, self.now + after)

    def crosses(self, after: timedelta) -> None:
        """Note that a score may leave the span in which all its points mean the same, a while from now."""
        with suppress(OverflowError):
            self.crossing = _sooner(self.crossing, self.now + after)

    def begins(self, occurred: datetime) -> None:
        """Note that an activity that lies ahead begins to count."""
        self.at(occurred - FUTURE_TOLERANCE)

    def at(self, moment: datetime) -> None:
        """Note that something changes at a moment."""
        self.until = _sooner(self.until, moment)
        self.crossing = _sooner(self.crossing, moment)


def _sooner(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other < one else one


def _id(occurred: Occurred) -> str:
    return occurred[0].id


_occurred = itemgetter(1)
