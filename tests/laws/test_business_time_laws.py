"""Business time: laws that hold for every calendar, and walks that it agrees with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.time.business_time import BusinessCalendar
from domain.time.duration import Clock, Duration
from domain.time.openings import Interval
from tests.sizes import examples

OFFICE = ((9 * 60, 17 * 60),)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
PLACES = {  # zone: country, subdivision, days near which its wall clock changes or holidays fall
    "Europe/Berlin": ("DE", "NW", ["2026-03-29", "2026-10-25", "2026-12-30"]),
    "America/New_York": ("US", "NY", ["2026-03-08", "2026-11-01", "2026-07-03"]),
    "Asia/Kolkata": ("IN", "KA", ["2026-01-26", "2026-12-31"]),
    "Australia/Lord_Howe": ("AU", "NSW", ["2026-04-05", "2026-10-04"]),
    "America/Sao_Paulo": ("BR", "SP", ["2018-02-18", "2018-11-04"]),
}
Situation = tuple[BusinessCalendar, datetime, datetime]


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Up to two intervals of one day, on quarters of an hour."""
    quarters = sorted(draw(st.sets(st.integers(0, 96), max_size=4)))
    return tuple((a * 15, b * 15) for a, b in zip(quarters[::2], quarters[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[BusinessCalendar, date]:
    """Any calendar that opens on Wednesdays at least, with a day near which something happens."""
    zone = draw(st.sampled_from(sorted(PLACES)))
    country, subdivision, days = PLACES[zone]
    day = date.fromisoformat(draw(st.sampled_from(days)))
    near = st.integers(-4, 8).map(lambda distance: day + timedelta(days=distance))
    hours = draw(st.dictionaries(st.integers(0, 6), day_hours(), max_size=7)) | {2: draw(day_hours()) or OFFICE}
    closed = frozenset(draw(st.sets(near, max_size=2)))
    opened = draw(st.dictionaries(near, day_hours(), max_size=2))
    return BusinessCalendar(zone, hours, country, subdivision, closed, opened), day


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A calendar and two instants in order, often at round minutes, near a day on which something happens."""
    subject, day = draw(calendars())
    minutes = st.integers(-3 * 1440, 3 * 1440).map(lambda minute: minute * MINUTE)
    instants = st.one_of(minutes, st.timedeltas(timedelta(days=-2), timedelta(days=4)))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first, second = sorted((midnight + draw(instants), midnight + draw(instants)))
    return subject, first, second


lengths = st.one_of(
    st.integers(0, 300).map(lambda quarter: quarter * 15 * MINUTE), st.timedeltas(timedelta(0), timedelta(days=30))
)
laws = settings(max_examples=examples(60))


def shows_open(subject: BusinessCalendar, at: datetime) -> bool:
    """Whether the calendar is open, read from the wall clock in the plainest way."""
    local = at.astimezone(ZoneInfo(subject.time_zone))
    minute = local.hour * 60 + local.minute
    return any(opening <= minute < closing for opening, closing in hours_of(subject, local.date()))


def hours_of(subject: BusinessCalendar, day: date) -> tuple[Interval, ...]:
    """The hours of a local day, read from the calendar's plain values."""
    if day in subject.closed:
        return ()
    if day in subject.opened:
        return subject.opened[day]
    public = public_holidays(str(subject.country), subject.subdivision)
    return () if day in public else subject.hours.get(day.weekday(), ())


def open_on(subject: BusinessCalendar, day: date) -> bool:
    """Whether the wall clock shows any quarter of an hour of the day's hours."""
    zone = ZoneInfo(subject.time_zone)
    quarters = (datetime.combine(day, time.min) + index * 15 * MINUTE for index in range(96))
    instants = (quarter.replace(tzinfo=zone).astimezone(UTC) for quarter in quarters)
    return bool(hours_of(subject, day)) and any(
        instant.astimezone(zone).date() == day and shows_open(subject, instant) for instant in instants
    )


@cache
def public_holidays(country: str, subdivision: str | None) -> holidays.HolidayBase:
    """The public holidays of the years the examples lie in."""
    return holidays.country_holidays(country, subdiv=subdivision, years=range(2017, 2028), expand=False)


@laws
@given(situations(), lengths)
def test_measuring_after_adding_is_the_identity(situation: Situation, d: timedelta) -> None:
    """Between a start and the start plus an open time lies exactly that open time [S3.1]."""
    subject, start, _ = situation
    assert subject.open_between(start, subject.add(start, d)) == d


@laws
@given(situations(), lengths, lengths)
def test_adding_is_monotone(situation: Situation, d: timedelta, more: timedelta) -> None:
    """A later start or a longer open time never ends earlier [S3.1]."""
    subject, start, later = situation
    assert start <= subject.add(start, d) <= subject.add(later, d)
    assert subject.add(start, d) <= subject.add(start, d + more)
    assert subject.add(start, d) < subject.add(start, d + TICK)


@laws
@given(situations(), st.integers(0, 12))
def test_adding_days_is_monotone(situation: Situation, days: int) -> None:
    """A later start or more working days never end earlier, also within a repeated hour [S3.1]."""
    subject, start, later = situation
    assert start <= subject.add_days(start, days) <= subject.add_days(later, days)
    assert subject.add_days(start, days) <= subject.add_days(start, days + 1)


@laws
@given(situations(), lengths, lengths)
def test_adding_composes(situation: Situation, a: timedelta, b: timedelta) -> None:
    """Adding two open times one after the other is adding their sum [S3.1]."""
    subject, start, _ = situation
    assert subject.add(subject.add(start, a), b + TICK) == subject.add(start, a + b + TICK)


@laws
@given(situations(), st.integers(0, 12), lengths)
def test_nothing_is_due_within_closed_time(situation: Situation, days: int, d: timedelta) -> None:
    """A deadline lies in opening hours or at closing time [S3.1]."""
    subject, start, _ = situation
    duration = Duration(days, d // timedelta(seconds=1))
    for due in (subject.add(start, d), subject.deadline(start, duration, Clock.BUSINESS)):
        assert subject.is_open(due) or subject.is_open(due - TICK)
        assert due.tzinfo is UTC


@laws
@given(situations(), st.decimals(0, 3, places=3), st.decimals(0, 3, places=3), st.integers(0, 3))
def test_shares_are_in_order(situation: Situation, a: Decimal, b: Decimal, days: int) -> None:
    """A larger share of a time limit is never reached earlier, and only from the whole on is it due [S3.1]."""
    subject, start, _ = situation
    due = subject.deadline(start, Duration(days, 7200), Clock.BUSINESS)
    low, high = (subject.instant_at_share(start, due, share, Clock.BUSINESS) for share in sorted((a, b)))
    assert low <= high
    assert (low <= due) or max(a, b) > 1


@laws
@given(situations(), st.integers(0, 2000))
def test_the_sums_agree_with_a_walk_minute_by_minute(situation: Situation, wanted: int) -> None:
    """Opening, adding and measuring agree with looking at the wall clock every minute [S3.1]."""
    subject, start, _ = situation
    start = start.replace(second=0, microsecond=0)
    opened = [shows_open(subject, start + index * MINUTE) for index in range(4 * 1440)]
    assert [subject.is_open(start + index * MINUTE + 59 * timedelta(seconds=1)) for index in range(4 * 1440)] == opened
    assert subject.open_between(start, start + 4 * 1440 * MINUTE) == sum(opened) * MINUTE
    open_minutes = [index for index, is_open in enumerate(opened) if is_open]
    if open_minutes:
        assert subject.next_opening(start) == start + open_minutes[0] * MINUTE
        wanted %= len(open_minutes)
        assert subject.add(start, (wanted + 1) * MINUTE) == start + (open_minutes[wanted] + 1) * MINUTE


@laws
@given(situations(), st.integers(1, 12))
def test_working_days_agree_with_a_walk_day_by_day(situation: Situation, days: int) -> None:
    """Working days are counted by the local calendar and keep the time of day, moved into hours [S3.1]."""
    subject, start, _ = situation
    zone = ZoneInfo(subject.time_zone)
    at_closing = subject.is_open(start - TICK) and not subject.is_open(start)
    local = (start - TICK if at_closing else subject.next_opening(start)).astimezone(zone).replace(tzinfo=None)
    time_of_day = local - datetime.combine(local, time.min) + (TICK if at_closing else timedelta(0))
    walk = (datetime.combine(local, time.min) + timedelta(days=distance) for distance in range(1, 200))
    day = [later for later in walk if open_on(subject, later.date())][days - 1]
    hours = [(opening * MINUTE, closing * MINUTE) for opening, closing in hours_of(subject, day.date())]
    due = day + next((max(time_of_day, a) for a, b in hours if time_of_day <= b), hours[-1][1])
    assume(not start.astimezone(zone).fold)
    assume(due.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == due)  # not skipped
    assert subject.add_days(start, days) == due.replace(tzinfo=zone).astimezone(UTC)
