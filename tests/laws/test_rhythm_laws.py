"""Rhythms: on which days something comes again, by business calendars, over holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.rhythm import Rhythm, RhythmUnit, Weekday
from domain.obligations.rhythm import next_occurrence
from domain.time.business_time import BusinessCalendar

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo", "America/Santiago"]


weekly = st.builds(
    lambda weekday, at: Rhythm(every=RhythmUnit.WEEK, weekday=weekday, begins_at=at),
    st.sampled_from(list(Weekday)),
    st.sampled_from([None, "00:00", "02:30", "10:00", "23:59"]),
)


longer = st.builds(
    lambda every, day, at: Rhythm(every=every, working_day=day, begins_at=at),
    st.sampled_from([RhythmUnit.MONTH, RhythmUnit.QUARTER, RhythmUnit.YEAR]),
    st.integers(1, 23) | st.integers(-23, -1),
    st.sampled_from([None, "10:00"]),
)


rhythms = weekly | longer


calendars = st.builds(
    lambda zone, days: BusinessCalendar(zone, dict.fromkeys(days, ((540, 1020),)), country="DE"),
    st.sampled_from(ZONES),
    st.sets(st.integers(0, 6), min_size=1),
)


moments = st.integers(0, 15 * 366 * 86_400).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@given(rhythms, calendars, moments)
def test_occurrences_follow_each_other_on_working_days(
    rhythm: Rhythm, calendar: BusinessCalendar, after: datetime
) -> None:
    """Each begins after the moment asked about, on a working day, within its day, and the next is a later day."""
    first = next_occurrence(rhythm, calendar, after=after)
    second = next_occurrence(rhythm, calendar, after=first.begins_at)
    assert after < first.begins_at < first.ends_at <= second.ends_at
    assert first.day < second.day
    assert calendar.is_working_day(first.day)
    assert calendar.is_working_day(second.day)


@given(rhythms, calendars, moments, st.integers(0, 400))
def test_nothing_comes_between_a_moment_and_the_next_occurrence(
    rhythm: Rhythm, calendar: BusinessCalendar, after: datetime, hours: int
) -> None:
    """Asked at any moment before it, the next occurrence is the same: it does not depend on who looks when."""
    first = next_occurrence(rhythm, calendar, after=after)
    later = min(after + timedelta(hours=hours), first.begins_at - timedelta(microseconds=1))
    assert next_occurrence(rhythm, calendar, after=later) == first


@given(longer, calendars, moments)
def test_every_period_has_its_occurrence(rhythm: Rhythm, calendar: BusinessCalendar, after: datetime) -> None:
    """Against a count by hand: the n-th working day of the period that its day lies in."""
    found = next_occurrence(rhythm, calendar, after=after)
    months = {RhythmUnit.MONTH: 1, RhythmUnit.QUARTER: 3, RhythmUnit.YEAR: 12}[rhythm.every]
    period = (found.day.month - 1) // months
    days = [date(found.day.year, 1, 1) + timedelta(days=n) for n in range(366)]
    inside = [d for d in days if d.year == found.day.year and (d.month - 1) // months == period]
    working = [d for d in inside if calendar.is_working_day(d)]
    wanted = rhythm.working_day or 0
    index = min(wanted, len(working)) - 1 if wanted > 0 else max(wanted, -len(working))
    assert found.day == working[index]
