"""Rhythms: on which days something comes again, by business calendars, over holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.document.sections.rhythm import Rhythm, RhythmUnit, Weekday
from domain.obligations.rhythm import next_occurrence, occurrence
from domain.time.business_time import BusinessCalendar

WEEKDAYS: dict[int, tuple[tuple[int, int], ...]] = dict.fromkeys(range(5), ((540, 1020),))
OFFICE = BusinessCalendar("Europe/Berlin", WEEKDAYS, country="DE", subdivision="NW")


def berlin(*parts: int) -> datetime:
    """A moment on the wall clock of Berlin."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


THIRD = Rhythm(every=RhythmUnit.MONTH, working_day=3, begins_at="10:00")
SUNDAY = Rhythm(every=RhythmUnit.WEEK, weekday=Weekday.SUN, begins_at="02:30")


@pytest.mark.parametrize(
    ("rhythm", "after", "begins"),
    [
        (THIRD, berlin(2026, 11, 22), berlin(2026, 12, 3, 10)),
        (THIRD, berlin(2026, 12, 3, 9), berlin(2026, 12, 3, 10)),
        (THIRD, berlin(2026, 12, 3, 10), berlin(2027, 1, 6, 10)),
        (Rhythm(every=RhythmUnit.MONTH, working_day=-1), berlin(2026, 12, 1), berlin(2026, 12, 31)),
        (Rhythm(every=RhythmUnit.QUARTER, working_day=1), berlin(2026, 11, 22), berlin(2027, 1, 4)),
        (Rhythm(every=RhythmUnit.YEAR, working_day=2), berlin(2026, 11, 22), berlin(2027, 1, 5)),
        (Rhythm(every=RhythmUnit.WEEK, weekday=Weekday.FRI), berlin(2026, 12, 20), berlin(2026, 12, 28)),
        (SUNDAY, berlin(2027, 3, 21), berlin(2027, 3, 22, 2, 30)),
    ],
)
def test_the_next_occurrence_is_the_one_people_expect(rhythm: Rhythm, after: datetime, begins: datetime) -> None:
    """Holidays and week ends are no working days; a closed weekday gives way to the next open day [S3.1]."""
    assert next_occurrence(rhythm, OFFICE, after=after).begins_at == begins


def test_a_day_lasts_as_long_as_the_wall_clock_says() -> None:
    """When the clock changes, the day has 23 or 25 hours, and a skipped time is the moment of the change [S3.1]."""
    everyday = BusinessCalendar("Europe/Berlin", dict.fromkeys(range(7), ((0, 1440),)))
    rhythm = Rhythm(every=RhythmUnit.WEEK, weekday=Weekday.SUN, begins_at="02:30")
    spring, autumn = occurrence(rhythm, everyday, date(2027, 3, 28)), occurrence(rhythm, everyday, date(2026, 10, 25))
    assert spring.begins_at == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert spring.ends_at == datetime(2027, 3, 28, 22, tzinfo=UTC)
    assert autumn.begins_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert autumn.ends_at == datetime(2026, 10, 25, 23, tzinfo=UTC)
