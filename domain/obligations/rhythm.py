"""On which days something comes again, by a business calendar and its wall clock [S3.1]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from domain.document.sections.calendars import minutes_of
from domain.document.sections.rhythm import Rhythm, RhythmUnit, Weekday
from domain.time.business_time import BusinessCalendar, NeverOpen
from domain.time.wall_clock import LAST_YEAR, day_begins, local_day

_DAY = timedelta(days=1)
_MONTHS = {RhythmUnit.MONTH: 1, RhythmUnit.QUARTER: 3, RhythmUnit.YEAR: 12}
_LONGEST_CLOSURE = 370
"""Days; a calendar that stays closed for longer has no next open day."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something comes again: its local day, when it begins and when that day is over."""

    day: date
    begins_at: datetime
    ends_at: datetime


def next_occurrence(rhythm: Rhythm, calendar: BusinessCalendar, *, after: datetime) -> Occurrence:
    """The first occurrence that begins after a moment; raises NeverOpen when there is none.

    The day of a week that is closed gives way to the next open day. Where a month, quarter or year has fewer working
    days than the rhythm counts, it is its last one, or from the end its first.
    """
    first = local_day(calendar.time_zone, after)
    for day in _days(rhythm, calendar, first):
        found = occurrence(rhythm, calendar, day)
        if found.begins_at > after:
            return found
    raise NeverOpen(f"Nothing comes again after {after.isoformat()}.")


def occurrence(rhythm: Rhythm, calendar: BusinessCalendar, day: date) -> Occurrence:
    """The occurrence on a day: from the time that the rhythm names, else from when the day begins, until it is over.

    A time of day that the wall clock skips is the moment of its change, one that it shows twice the first.
    """
    zone = calendar.time_zone
    minute = minutes_of(f"{rhythm.begins_at}-24:00")[0] if rhythm.begins_at else 0
    return Occurrence(day, day_begins(zone, day, minute), day_begins(zone, day + _DAY))


def _days(rhythm: Rhythm, calendar: BusinessCalendar, first: date) -> Iterator[date]:
    """The days of a rhythm from about `first` on, in order."""
    return _DAYS[rhythm.every](rhythm, calendar, first)


def _of_weeks(rhythm: Rhythm, calendar: BusinessCalendar, first: date) -> Iterator[date]:
    weekday = list(Weekday).index(rhythm.weekday or Weekday.MON)
    monday = first - timedelta(days=first.weekday() + 7)  # the week before may give way to a day of this one
    seen: date | None = None
    while monday.year < LAST_YEAR:
        day = _open_from(calendar, monday + timedelta(days=weekday))
        if day is None:
            return
        if seen is None or day > seen:  # weeks that are closed as a whole give way to one and the same day
            yield day
        seen, monday = day, monday + timedelta(days=7)


def _open_from(calendar: BusinessCalendar, day: date) -> date | None:
    days = (day + timedelta(days=ahead) for ahead in range(_LONGEST_CLOSURE))
    return next((found for found in days if calendar.is_working_day(found)), None)


def _of_months(rhythm: Rhythm, calendar: BusinessCalendar, first: date) -> Iterator[date]:
    months, wanted = _MONTHS[rhythm.every], rhythm.working_day or 1
    start = date(first.year, (first.month - 1) // months * months + 1, 1)
    while start.year < LAST_YEAR:
        following = _months_later(start, months)
        day = _working_day(calendar, start, following, wanted)
        if day is not None:
            yield day
        start = following


def _months_later(start: date, months: int) -> date:
    month = start.month - 1 + months
    return date(start.year + month // 12, month % 12 + 1, 1)


def _working_day(calendar: BusinessCalendar, start: date, end: date, wanted: int) -> date | None:
    """The n-th working day from `start` until before `end`, counted from the end where negative; None without any."""
    length = (end - start).days
    forwards = (start + timedelta(days=n) for n in range(length))
    backwards = (end - timedelta(days=n + 1) for n in range(length))
    days = forwards if wanted > 0 else backwards
    working = list(islice((day for day in days if calendar.is_working_day(day)), abs(wanted)))
    return working[-1] if working else None


_DAYS: dict[RhythmUnit, Callable[[Rhythm, BusinessCalendar, date], Iterator[date]]] = {
    RhythmUnit.WEEK: _of_weeks,
    RhythmUnit.MONTH: _of_months,
    RhythmUnit.QUARTER: _of_months,
    RhythmUnit.YEAR: _of_months,
}
