"""The history of the values of leads and companies: of each field the word of the latest time holds, whenever it comes.

A word is a value with the time since when it holds; of two of one time the one that is told later counts. A word that
says again what is known is remembered too, so that no older one that comes late wins against it: with a time of its own
in the history of values, else as the moment at which it was last told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import Canonical
from persistence.as_of import past
from persistence.as_of.past import Timelines
from persistence.leads import field_history
from persistence.leads.field_history import FieldValue, ToldAgain

Word = tuple[datetime, Canonical | None]
"""A value, or none, with the time since when it holds."""
_Told = Mapping[str, Canonical | None]


def value_at(timeline: Sequence[Word], at: datetime) -> Canonical | None:
    """Return what held at a moment."""
    place = _behind(timeline, at)
    return timeline[place - 1][1] if place else None


def words_to_add(
    timeline: Sequence[Word], told_again: Sequence[datetime], value: Canonical | None, at: datetime
) -> list[Word]:
    """The additions to the history of a field by a word of a moment: itself, and after it what was told again since
    then.

    Nothing where that very word is known.
    """
    place = _behind(timeline, at)
    if place and timeline[place - 1] == (at, value):
        return []
    if value_at(timeline, at) == value:
        return [(at, value)]
    known = {since for since, _ in timeline}
    later = sorted(moment for moment in set(told_again) if moment > at and moment not in known)
    return [(at, value), *((moment, value_at(timeline, moment)) for moment in later)]


def _behind(timeline: Sequence[Word], at: datetime) -> int:
    return bisect_right(timeline, at, key=lambda word: word[0])


@dataclass
class Learning:
    """The words of one source's batch, and those of them that are to be remembered."""

    source: str
    now: datetime
    timelines: Timelines = field(default_factory=dict)
    """The history of each field of the subjects that words with a time of their own are about."""
    told_again: ToldAgain = field(default_factory=dict)
    """When each field of those was told again."""
    _dated: set[UUID] = field(default_factory=set)
    _values: list[FieldValue] = field(default_factory=list)
    _again: dict[UUID, set[str]] = field(default_factory=dict)

    async def look_up(self, connection: AsyncConnection, subjects: set[UUID], *, new: set[UUID]) -> None:
        """Read the histories of the subjects that words with a time of their own are about; new ones have none."""
        self._dated = subjects
        known = subjects - new
        if known:
            self.timelines = await past.values_of(connection, known)
            self.told_again = await field_history.told_again(connection, known)

    def learn(self, subject: UUID, known: _Told, told: _Told, at: datetime) -> tuple[dict[str, Canonical], list[str]]:
        """Return what is known of a subject after it was told something, and which fields changed."""
        merged = {name: value for name, value in known.items() if value is not None}
        changed = [name for name, value in told.items() if self._changes(subject, name, merged.get(name), value, at)]
        for name in changed:
            value = told[name]
            if value is None:
                del merged[name]
            else:
                merged[name] = value
        return merged, changed

    def _changes(
        self, subject: UUID, name: str, present: Canonical | None, value: Canonical | None, at: datetime
    ) -> bool:
        """Return whether a word changes what is known; it is noted either way."""
        if at < self.now:
            return self._learn_dated(subject, name, value, at) and present != value
        if present == value:
            self._again.setdefault(subject, set()).add(name)
            if subject in self._dated:
                self.told_again.setdefault((subject, name), []).append((at, self.source))
            return False
        self._note(subject, name, (at, value), self.source, self.now)
        return True

    def _learn_dated(self, subject: UUID, name: str, value: Canonical | None, at: datetime) -> bool:
        """Return whether a word with a time of its own is the newest of its field."""
        timeline = self.timelines.setdefault((subject, name), [])
        again = self.told_again.get((subject, name), [])
        added = words_to_add(timeline, [moment for moment, _ in again], value, at)
        newest = bool(added) and len(added) == 1 and _behind(timeline, at) == len(timeline)
        sources = dict(again)
        for word in added:
            moment = word[0]
            told = (self.source, self.now) if moment == at else (sources[moment], moment)
            self._note(subject, name, word, *told)
        return newest

    def _note(self, subject: UUID, name: str, word: Word, source: str, recorded_at: datetime) -> None:
        at, value = word
        self._values.append(FieldValue(subject, name, value, at, recorded_at, source))
        if subject in self._dated:
            timeline = self.timelines.setdefault((subject, name), [])
            timeline.insert(_behind(timeline, at), word)

    async def keep(self, connection: AsyncConnection) -> None:
        """Write down all that is to be remembered."""
        await field_history.remember_values(connection, self._values)
        await field_history.remember_told_again(connection, self.source, self._again, at=self.now)
