"""Days of a document as instants: what is owed by a day is owed until the day is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.document.document import SlaDocument
from domain.document.working_calendars import business_calendar
from domain.time.business_time import BusinessCalendar
from domain.time.wall_clock import day_begins


def calendar_of(document: SlaDocument, key: str | None = None) -> BusinessCalendar:
    """A calendar of a document, the default one if none is named."""
    wanted = key or document.default_calendar
    return business_calendar(next(calendar for calendar in document.calendars if calendar.key == wanted))


def end_of(document: SlaDocument, day: date) -> datetime:
    """Return when a day is over in the time zone of the default calendar."""
    return day_begins(calendar_of(document).time_zone, day + timedelta(days=1))
