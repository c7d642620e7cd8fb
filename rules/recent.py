"""The activities of a lead as a judgement counts them: by type, the latest first; and when time changes the count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.facts import FUTURE_TOLERANCE, ActivityFact
from rules.matching import Matcher
from rules.rows import ActivityRows

Occurred = tuple[ActivityFact, datetime]
"""An activity and when it occurred, in UTC."""
ByRule = Mapping[str, tuple[Matcher, ActivityRows]]
"""By activity type what matches the conditions over activities of it."""


class Recent:
    """The activities of one lead at one moment; lives as long as one judgement."""

    __slots__ = ("_by_rule", "_held", "_lead", "ahead", "by_type", "counted", "now", "seen", "until")

    def __init__(self, activities: Iterable[ActivityFact], types: Set[str], *, now: datetime) -> None:
        self.now = now
        self.until: datetime | None = None
        """The first moment at which time alone changes something; None: never."""
        self.counted: list[str | int] = []
        """What counted so far: by share the signal, the activity and the hundredths."""
        self.by_type: dict[str, list[Occurred]] = {}
        self.ahead: dict[str, list[Occurred]] = {}
        self._held: dict[str, set[int]] = {}
        horizon = now + FUTURE_TOLERANCE
        for activity in activities:
            kind = activity.type
            if kind in types:
                occurred = activity.occurred_at
                if occurred.tzinfo is not UTC:
                    occurred = occurred.astimezone(UTC)
                side = self.by_type if occurred <= horizon else self.ahead
                if kind in side:
                    side[kind].append((activity, occurred))
                else:
                    side[kind] = [(activity, occurred)]
        self.seen: Set[str] = self.by_type.keys() | self.ahead.keys() if self.ahead else self.by_type.keys()
        for found in self.by_type.values():
            if len(found) > 1:
                found.sort(key=_id)
                found.sort(key=_occurred, reverse=True)

    def beside(self, lead: dict[str, Any], by_rule: ByRule) -> None:
        """Say beside which fields of the lead conditions over activities are asked, and of whom."""
        self._lead, self._by_rule = lead, by_rule

    def held_for(self, activity: ActivityFact) -> set[int]:
        """The rules over activities that hold for one of them."""
        held = self._held.get(activity.id)
        if held is None:
            matcher, rows = self._by_rule[activity.type]
            held = self._held[activity.id] = matcher.match(rows.row(self._lead, activity))
        return held

    def changes(self, occurred: datetime, after: timedelta) -> None:
        """Note that something changes a while after an activity."""
        try:
            moment = occurred + after
        except OverflowError:
            return
        if self.until is None or moment < self.until:
            self.until = moment

    def begins(self, occurred: datetime) -> None:
        """Note that an activity that lies ahead begins to count."""
        self.at(occurred - FUTURE_TOLERANCE)

    def at(self, moment: datetime) -> None:
        """Note that something changes at a moment."""
        if self.until is None or moment < self.until:
            self.until = moment


def _id(occurred: Occurred) -> str:
    return occurred[0].id


def _occurred(occurred: Occurred) -> datetime:
    return occurred[1]
