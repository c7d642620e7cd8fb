"""Business time: examples people can check by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.time.business_time import BusinessCalendar, NeverOpen
from domain.time.duration import Clock, Duration
from domain.time.openings import Interval
from domain.time.public_holidays import CalendarError

OFFICE = ((9 * 60, 17 * 60),)
SPLIT = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
Weekly = Mapping[int, tuple[Interval, ...]]
OFFICE_WEEK: Weekly = dict.fromkeys(range(5), OFFICE)
ALL_DAYS: Weekly = dict.fromkeys(range(7), ((0, 1440),))
NIGHT = ((0, 6 * 60), (22 * 60, 24 * 60))
TICK = timedelta(microseconds=1)


def berlin(text: str, fold: int = 0) -> datetime:
    """An instant by the wall clock of Berlin, the second of two with fold 1."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


def calendar(hours: Weekly = OFFICE_WEEK, **fields: Any) -> BusinessCalendar:
    """An office in North Rhine-Westphalia, open from nine to five unless told otherwise."""
    plain = {"time_zone": "Europe/Berlin", "hours": hours, "country": "DE", "subdivision": "NW"}
    return BusinessCalendar(**plain | fields)


EVERY_NIGHT = calendar(dict.fromkeys(range(7), NIGHT), country=None, subdivision=None)
ALWAYS = calendar(ALL_DAYS, country=None, subdivision=None)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-06-12 16:00", "PT4H", "2026-06-15 12:00"),  # Friday afternoon goes on on Monday
        ("2026-06-12 13:00", "PT4H", "2026-06-12 17:00"),  # ends at closing time: due at closing time
        ("2026-06-13 13:00", "PT4H", "2026-06-15 13:00"),  # a Saturday counts from Monday's opening
        ("2026-06-13 13:00", "PT0S", "2026-06-15 09:00"),
        ("2026-04-02 16:00", "PT4H", "2026-04-07 12:00"),  # Good Friday and Easter Monday are closed
        ("2026-04-02 16:00", "P3D", "2026-04-09 16:00"),
        ("2026-06-03 16:00", "P1D", "2026-06-05 16:00"),  # Corpus Christi is a holiday in NW
        ("2026-03-27 16:00", "PT4H", "2026-03-30 12:00"),  # the clock goes forward on Sunday
        ("2026-10-23 16:00", "P1D", "2026-10-26 16:00"),  # and back
        ("2026-10-26 16:00", "P1D", "2026-10-27 16:00"),
        ("2026-06-12 17:00", "P1D", "2026-06-15 17:00"),  # closing time belongs to its day
        ("2026-06-12 17:01", "P1D", "2026-06-16 09:00"),  # later counts from Monday's opening
        ("2026-06-13 12:00", "P1D", "2026-06-16 09:00"),
        ("2026-06-15 07:00", "P1D", "2026-06-16 09:00"),
        ("2026-06-12 16:00", "P1DT4H", "2026-06-16 12:00"),  # days first, then time
        ("2026-12-30 16:00", "PT4H", "2027-01-04 11:00"),  # over the turn of the year, the 31st open for an hour
    ],
)
def test_deadlines_of_an_office(start: str, duration: str, due: str) -> None:
    """A business deadline counts opening hours and working days, not nights, week ends and holidays [S3.1]."""
    office = calendar(opened={date(2026, 12, 31): ((540, 600),)})
    assert office.deadline(berlin(start), Duration.parse(duration), Clock.BUSINESS) == berlin(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-06-15 16:30", "2026-06-16 15:00"),  # after closing of the day: its closing time
        ("2026-06-16 14:00", "2026-06-17 14:00"),
        ("2026-06-16 12:30", "2026-06-17 13:00"),  # a break leads to the next opening of the day
        ("2026-06-15 12:30", "2026-06-16 12:30"),
        ("2026-06-17 12:00", "2026-06-18 12:00"),  # the end of the morning is closing time, too
        ("2026-06-17 12:01", "2026-06-18 13:00"),
        ("2026-06-17 08:00", "2026-06-18 09:00"),  # before opening counts from opening
    ],
)
def test_working_days_move_into_the_hours_of_the_day(start: str, due: str) -> None:
    """The same time of day on a later working day is moved into the hours of that day [S3.1]."""
    uneven = calendar({0: OFFICE, 1: ((600, 900),), 2: SPLIT, 3: SPLIT})
    assert uneven.add_days(berlin(start), 1) == berlin(due)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (berlin("2026-03-28 22:00"), 7, berlin("2026-03-29 06:00")),  # the night is an hour shorter
        (berlin("2026-10-24 22:00"), 9, berlin("2026-10-25 06:00")),  # the night is an hour longer
        (berlin("2026-10-25 02:30"), 1, berlin("2026-10-25 02:30", fold=1)),
        (berlin("2026-06-12 23:00"), 2, berlin("2026-06-13 01:00")),
        (berlin("2026-06-13 05:00"), 2, berlin("2026-06-13 23:00")),
    ],
)
def test_night_shifts_count_real_hours(start: datetime, hours: int, due: datetime) -> None:
    """A night shift over a change of the wall clock is as long as it really is [S3.1]."""
    assert EVERY_NIGHT.add(start, timedelta(hours=hours)).astimezone(UTC) == due.astimezone(UTC)
    assert EVERY_NIGHT.open_between(start, due.astimezone(UTC)) == timedelta(hours=hours)


def test_a_skipped_time_of_day_is_the_instant_of_the_change() -> None:
    """A working-day deadline at a skipped time of day is due when the wall clock jumps [S3.1]."""
    for skipped in ("02:00", "02:30", "03:00"):
        assert EVERY_NIGHT.add_days(berlin(f"2026-03-28 {skipped}"), 1) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_the_second_pass_of_an_hour_counts_as_its_end() -> None:
    """From a repeated hour, working days are counted as if the wall clock stood still at its end [S3.1]."""
    passes = (berlin("2026-10-25 02:30"), berlin("2026-10-25 02:30", fold=1), berlin("2026-10-25 03:30"))
    days = [EVERY_NIGHT.add_days(start, 1) for start in passes]
    assert days == [berlin(f"2026-10-26 {clock_time}") for clock_time in ("02:30", "03:00", "03:30")]
    assert EVERY_NIGHT.add_days(berlin("2026-10-24 02:30"), 1) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_the_zone_skips_is_no_working_day() -> None:
    """The Friday on which Samoa crossed the date line is not counted [S3.1]."""
    samoa = calendar(time_zone="Pacific/Apia", country=None, subdivision=None)
    zone = ZoneInfo("Pacific/Apia")
    assert samoa.add_days(datetime(2011, 12, 29, 10, tzinfo=zone), 1) == datetime(2012, 1, 2, 10, tzinfo=zone)


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Pacific/Kiritimati"])
def test_years_join_without_a_seam(zone: str) -> None:
    """A place that never closes is open for all of the time around the turn of a year [S3.1]."""
    shop = calendar(ALL_DAYS, time_zone=zone, country=None, subdivision=None)
    start, end = datetime(2025, 12, 20, tzinfo=UTC), datetime(2027, 1, 10, tzinfo=UTC)
    assert shop.open_between(start, end) == end - start
    assert shop.add(start, end - start) == end


def test_hours_swallowed_by_the_change_do_not_exist() -> None:
    """Hours that the wall clock skips are no opening hours, so a day without others is no working day [S3.1]."""
    short = calendar(dict.fromkeys(range(7), ((120, 180),)), country=None, subdivision=None)
    assert short.open_between(berlin("2026-03-28 12:00"), berlin("2026-03-29 12:00")) == timedelta(0)
    assert short.open_between(berlin("2026-10-25 00:00"), berlin("2026-10-25 12:00")) == timedelta(hours=2)
    assert short.add_days(berlin("2026-03-28 02:30"), 1) == berlin("2026-03-30 02:30")


def test_closed_days_win_over_opened_days_and_these_over_holidays() -> None:
    """An extra open day wins over holiday and week end, an extra closed day over everything [S3.1]."""
    saturday, new_year, monday = date(2027, 1, 2), date(2027, 1, 1), date(2027, 1, 4)
    office = calendar(opened={saturday: OFFICE, new_year: OFFICE}, closed=frozenset({saturday, monday}))
    assert office.is_open(berlin("2027-01-01 10:00"))
    assert office.next_opening(berlin("2027-01-01 17:00")) == berlin("2027-01-05 09:00")


def test_opening_is_open_and_closing_is_not() -> None:
    """Opening hours hold the instant of opening and not that of closing [S3.1]."""
    office, day = calendar(), "2026-06-15"
    times = ("08:59", "09:00", "16:59", "17:00")
    assert [office.is_open(berlin(f"{day} {time}")) for time in times] == [False, True, True, False]
    assert office.next_opening(berlin(f"{day} 10:00")) == berlin(f"{day} 10:00")
    assert office.open_between(berlin(f"{day} 12:00"), berlin(f"{day} 10:00")) == timedelta(0)


def test_shares_of_open_time() -> None:
    """A share of a time limit is reached after that part of its open time; all of it is the due instant [S3.1]."""
    office = calendar()
    start, due = berlin("2026-06-12 15:00"), berlin("2026-06-15 11:00")
    shares = {
        share: office.instant_at_share(start, due, Decimal(share), Clock.BUSINESS) for share in ("0.5", "1", "1.5")
    }
    assert shares["0.5"] == berlin("2026-06-12 17:00")
    assert shares["1"] == due
    assert shares["1.5"] == berlin("2026-06-15 13:00")
    assert office.instant_at_share(start, due, 0.5, Clock.ELAPSED) == berlin("2026-06-14 01:00")
    with pytest.raises(ValueError, match="negative"):
        office.instant_at_share(start, due, Decimal(-1), Clock.BUSINESS)


def test_a_share_never_passes_the_due_instant_early() -> None:
    """A deadline at an opening is not reached by all of its open time, which ended at closing time before [S3.1]."""
    office = calendar()
    start, due = berlin("2026-06-12 09:00"), berlin("2026-06-15 09:00")
    assert office.instant_at_share(start, due, Decimal("0.999999"), Clock.BUSINESS) < berlin("2026-06-12 17:00")
    assert office.instant_at_share(start, due, 1, Clock.BUSINESS) == due


def test_shares_of_a_limit_without_open_time_end_with_it() -> None:
    """When a time limit holds no open time, its shares up to the whole are not after its due instant [S3.1]."""
    office = calendar()
    start, due = berlin("2026-06-13 10:00"), berlin("2026-06-13 12:00")
    shares = [office.instant_at_share(start, due, share, Clock.BUSINESS) for share in (0.5, 1, 1.5)]
    assert shares == [due, due, berlin("2026-06-15 09:00")]


def test_midnight_may_be_closing_time() -> None:
    """A shift that ends at midnight ends on its own day [S3.1]."""
    late = calendar(dict.fromkeys(range(5), ((16 * 60, 24 * 60),)))
    assert late.add(berlin("2026-06-12 20:00"), timedelta(hours=4)) == berlin("2026-06-13 00:00")
    assert late.add_days(berlin("2026-06-13 00:00"), 1) == berlin("2026-06-16 00:00")
    assert late.add_days(berlin("2026-06-13 00:01"), 1) == berlin("2026-06-16 16:00")


def test_the_elapsed_clock_ignores_the_calendar() -> None:
    """On the elapsed clock a deadline may lie in closed time [S3.1]."""
    due = calendar().deadline(berlin("2026-06-12 16:00"), Duration.parse("P1D"), Clock.ELAPSED)
    assert due == berlin("2026-06-13 16:00")


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "America"},
        {"time_zone": "../etc"},
        {"country": "XX", "subdivision": None},
        {"subdivision": "ZZ"},
        {"hours": {7: OFFICE}},
        {"hours": {0: ((540, 540),)}},
        {"hours": {0: ((540, 1441),)}},
        {"hours": {0: ((540, 720), (700, 800))}},
        {"opened": {date(2026, 1, 1): ((900, 540),)}},
    ],
)
def test_a_senseless_calendar_is_refused(fields: dict[str, Any]) -> None:
    """Unknown places and hours out of order or out of the day are refused when the calendar is built [S3.1]."""
    with pytest.raises(CalendarError):
        calendar(**fields)


@pytest.mark.parametrize("opened", [{}, {date(2026, 1, 1): OFFICE}, {date(2026, 1, 2): ()}])
def test_a_calendar_without_hours_is_refused(opened: dict[date, tuple[Interval, ...]]) -> None:
    """A calendar that never opens is refused when it is built [S3.1]."""
    with pytest.raises(NeverOpen):
        calendar({}, opened=opened, closed=frozenset({date(2026, 1, 1)}))


def test_a_calendar_open_in_the_past_only_never_opens_again() -> None:
    """When no opening is left, asking for one is answered with an error instead of a search without end [S3.1]."""
    past = calendar({}, opened={date(2020, 1, 2): OFFICE})
    assert not past.is_open(berlin("2026-06-15 10:00"))
    assert past.add(berlin("2020-01-01 10:00"), timedelta(hours=8)) == berlin("2020-01-02 17:00")
    with pytest.raises(NeverOpen):
        past.next_opening(berlin("2026-06-15 10:00"))
    with pytest.raises(NeverOpen):
        past.add(berlin("2020-01-02 10:00"), timedelta(hours=8))
    with pytest.raises(NeverOpen):
        past.add_days(berlin("2020-01-02 10:00"), 1)


def test_instants_outside_the_known_years_are_closed() -> None:
    """The first and the last instants a datetime can hold are closed, and nothing opens after the last [S3.1]."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert not ALWAYS.is_open(first)
    assert not ALWAYS.is_open(last)
    assert ALWAYS.next_opening(first).year == 1900
    with pytest.raises(NeverOpen):
        ALWAYS.add_days(last, 1)


def test_naive_times_and_negative_amounts_are_refused() -> None:
    """Time without a zone and time added backwards are refused [S3.1]."""
    with pytest.raises(TypeError):
        ALWAYS.is_open(datetime(2026, 1, 1))  # noqa: DTZ001 (naive is the point)
    with pytest.raises(ValueError, match="forwards"):
        ALWAYS.add(berlin("2026-01-01 10:00"), -TICK)
    with pytest.raises(ValueError, match="forwards"):
        ALWAYS.add_days(berlin("2026-01-01 10:00"), -1)


def test_a_far_deadline_costs_no_walk() -> None:
    """A deadline five years away needs few steps, whatever lies between, once its years are known [S3.1]."""
    office, start, calls = calendar(dict.fromkeys(range(5), SPLIT)), berlin("2026-06-12 16:00"), 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    due = office.add(start, timedelta(hours=5 * 1750)), office.add_days(start, 5 * 250)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        again = office.add(start, timedelta(hours=5 * 1750)), office.add_days(start, 5 * 250)
    finally:
        sys.setprofile(before)
    assert again == due
    assert all(instant.year == 2031 for instant in due)
    assert calls < 100


def test_threads_share_a_calendar() -> None:
    """Threads that use one fresh calendar at once get what one alone gets [S3.1]."""
    office, start = calendar(), berlin("2026-06-12 16:00")
    with ThreadPoolExecutor(8) as threads:
        due = set(threads.map(lambda _: office.add(start, timedelta(hours=9000)), range(64)))
    assert due == {calendar().add(start, timedelta(hours=9000))}
