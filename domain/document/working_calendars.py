"""The calendars of a document, ready to count by."""

from __future__ import annotations

from functools import lru_cache

from domain.document.sections.calendars import Calendar, minutes_of
from domain.time.business_time import BusinessCalendar
from domain.time.openings import Interval


@lru_cache(maxsize=512)
def business_calendar(calendar: Calendar) -> BusinessCalendar:
    """The calendar that a document describes; equal ones are built once."""
    hours = calendar.hours.by_weekday()
    first: tuple[Interval, ...] = next(intervals for intervals in hours.values() if intervals)
    opened = {
        day.day: tuple(minutes_of(i) for i in day.hours) or hours[day.day.weekday()] or first for day in calendar.open
    }
    return BusinessCalendar(
        time_zone=calendar.time_zone,
        hours=hours,
        country=calendar.holidays.country if calendar.holidays else None,
        subdivision=calendar.holidays.subdivision if calendar.holidays else None,
        closed=frozenset(calendar.closed),
        opened=opened,
    )
