"""Business time: opening hours as sums per year, so that far deadlines cost no more than near ones [S3.1].

A calendar is open while the wall clock of its zone shows a time within its hours. Over a change of the clock, open time
is the real time passed: a skipped hour does not count, a repeated one counts twice. Inside, instants, readings and days
are whole numbers as in `wall_clock`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from domain.time.duration import Clock, Duration, elapsed_deadline, elapsed_instant_at_share, part_of
from domain.time.openings import Interval, Openings, check_intervals
from domain.time.public_holidays import CalendarError, check_place, public_holidays
from domain.time.wall_clock import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    MINUTE,
    TICK,
    date_of,
    first_day_of,
    first_showing,
    instant_of,
    latest_reading,
    moment_of,
    offsets,
    skipped,
    year_of,
    zone_exists,
)

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class NeverOpen(CalendarError):
    """A calendar without any opening hours, or without enough of them before its last year ends."""


@dataclass(frozen=True, slots=True, eq=False)
class BusinessCalendar:
    """Opening hours of one place: weekly (0 is Monday), without its public holidays, with extra days either way.

    `opened` days win over weekday and holiday, `closed` days over everything. Intervals of a day are in order and do
    not overlap. Instants given are aware (else TypeError), instants returned are in UTC. Building it raises
    CalendarError, or NeverOpen when there are no hours at all.
    """

    time_zone: str
    hours: Mapping[int, tuple[Interval, ...]]
    country: str | None = None
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()
    opened: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    _openings: dict[int, Openings] = field(default_factory=dict, init=False, repr=False)
    _working: dict[int, array[int]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hours", MappingProxyType(dict(self.hours)))
        object.__setattr__(self, "opened", MappingProxyType(dict(self.opened)))
        object.__setattr__(self, "closed", frozenset(self.closed))
        if not zone_exists(self.time_zone):
            raise CalendarError(f"'{self.time_zone}' is not a time zone.")
        check_place(self.country, self.subdivision)
        if not self.hours.keys() <= set(range(7)):
            raise CalendarError("Weekdays are numbered from 0 (Monday) to 6 (Sunday).")
        for intervals in (*self.hours.values(), *self.opened.values()):
            check_intervals(intervals)
        if not any(self.hours.values()) and not any(self.opened[day] for day in self.opened.keys() - self.closed):
            raise NeverOpen("The calendar has no opening hours.")

    def is_open(self, at: datetime) -> bool:
        """Return whether `at` lies within opening hours; the instant of opening does, that of closing does not."""
        instant = instant_of(at)
        openings = self._openings_of(year_of(instant))
        index = bisect_right(openings.starts, instant)
        return index > 0 and instant < openings.ends[index - 1]

    def is_working_day(self, day: date) -> bool:
        """Return whether a local day has opening hours."""
        return bool(self._hours_on(day.toordinal() - _EPOCH_ORDINAL))

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant at or after `at`: itself when open; raises NeverOpen when there is none."""
        instant = instant_of(at)
        for year in self._years_from(year_of(instant)):
            openings = self._openings_of(year)
            index = bisect_right(openings.ends, instant)
            if index < len(openings.ends):
                return moment_of(max(instant, openings.starts[index]))
        raise NeverOpen(f"The calendar does not open after {at.isoformat()}.")

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`, nothing when `end` is not later."""
        first, last = instant_of(start), instant_of(end)
        if last <= first:
            return timedelta(0)
        first_year, last_year = year_of(first), year_of(last)
        whole_years = sum(self._openings_of(year).total for year in range(first_year, last_year))
        rest = self._openings_of(last_year).before(last) - self._openings_of(first_year).before(first)
        return timedelta(microseconds=whole_years + rest)

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """The first instant at which `open_time` has passed since `start`: at closing time, if it ends there.

        Without open time it is the next opening at or after `start`. Raises ValueError when `open_time` is negative and
        NeverOpen when the calendar does not open for so long.
        """
        wanted = open_time // TICK
        if wanted <= 0:
            _refuse_negative(wanted)
            return self.next_opening(start)
        instant = instant_of(start)
        first_year = year_of(instant)
        wanted += self._openings_of(first_year).before(instant)
        for year in self._years_from(first_year):
            openings = self._openings_of(year)
            if wanted <= openings.total:
                return moment_of(openings.reaching(wanted))
            wanted -= openings.total
        raise NeverOpen(f"The calendar does not open for {open_time} after {start.isoformat()}.")

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day on the working day `days` after that of `start`, moved into opening hours.

        A working day is a local date with opening hours. A start outside opening hours counts from the next opening,
        but one at closing time still belongs to its day. On the day due, a time before opening or in a break becomes
        the next opening of that day, one after closing its closing time. No days give the next opening at or after
        `start`. A later start is never due earlier: when an hour comes twice, its second pass counts as its end; times
        that the wall clock skips are no hours. Raises ValueError on negative days, NeverOpen as `add` does.
        """
        if days <= 0:
            _refuse_negative(days)
            return self.next_opening(start)
        day, time_of_day = self._within_hours(*divmod(latest_reading(self.time_zone, instant_of(start)), DAY))
        due_day = self._working_day(day, days)
        due = due_day * DAY + _moved(self._hours_on(due_day), time_of_day)
        return moment_of(first_showing(self.time_zone, due))

    def deadline(self, start: datetime, duration: Duration, clock: Clock) -> datetime:
        """When `duration` after `start` is over; on the business clock first its working days, then its open time."""
        if clock is Clock.ELAPSED:
            return elapsed_deadline(start, duration)
        if duration.days == 0:
            return self.add(start, duration.elapsed)
        due = self.add_days(start, duration.days)
        return self.add(due, timedelta(seconds=duration.seconds)) if duration.seconds else due

    def instant_at_share(self, start: datetime, due: datetime, share: Decimal | float, clock: Clock) -> datetime:
        """Return when `share` of the time from `start` to `due` has passed on `clock`; a share of 1 is `due` itself.

        A share below 1 is never after `due`, one above (more time than given) never before. Raises ValueError when it
        is negative.
        """
        if clock is Clock.ELAPSED:
            return elapsed_instant_at_share(start, due, share)
        if share == 1:
            return due.astimezone(UTC)
        passed = self.add(start, part_of(self.open_between(start, due), share))
        return min(passed, due.astimezone(UTC)) if share < 1 else max(passed, due.astimezone(UTC))

    def _within_hours(self, day: int, time_of_day: int) -> tuple[int, int]:
        """A wall-clock reading moved forward into opening hours; midnight may be the closing of the day before."""
        hours = self._hours_on(day)
        if time_of_day == 0 and not (hours and hours[0][0] == 0):
            yesterday = self._hours_on(day - 1)
            if yesterday and yesterday[-1][1] == DAY:
                return day - 1, DAY
        if hours and time_of_day <= hours[-1][1]:
            return day, _moved(hours, time_of_day)
        day = self._working_day(day, 1)
        return day, self._hours_on(day)[0][0]

    def _working_day(self, day: int, count: int) -> int:
        """The working day `count` working days after `day`."""
        year = max(FIRST_YEAR, date_of(day).year)
        count += bisect_right(self._working_days_of(year), day)
        for working_days in map(self._working_days_of, self._years_from(year)):
            if count <= len(working_days):
                return working_days[count - 1]
            count -= len(working_days)
        raise NeverOpen(f"The calendar has too few working days after {date_of(day)}.")

    def _years_from(self, year: int) -> range:
        """The years from `year` on in which the calendar may open."""
        last = LAST_YEAR if any(self.hours.values()) else min(LAST_YEAR, max(self.opened).year + 1)
        return range(year, last + 1)

    def _hours_on(self, day: int) -> list[tuple[int, int]]:
        """The hours of a local day as times of day, without what the wall clock skips."""
        on = date_of(day)
        hours = [(opening * MINUTE, closing * MINUTE) for opening, closing in self._planned(on)]
        for first, end in skipped(self.time_zone, on.year) if hours else ():
            since, until = first - day * DAY, end - day * DAY
            if since < DAY and until > 0:
                pieces = [piece for a, b in hours for piece in ((a, min(b, since)), (max(a, until), b))]
                hours = [(opening, closing) for opening, closing in pieces if opening < closing]
        return hours

    def _planned(self, on: date) -> tuple[Interval, ...]:
        if on in self.closed:
            return ()
        if on in self.opened:
            return self.opened[on]
        hours = self.hours.get(on.weekday(), ())
        return () if hours and on in public_holidays(self.country, self.subdivision, on.year) else hours

    def _openings_of(self, year: int) -> Openings:
        found = self._openings.get(year)
        if found is None:  # two threads may both build it, to the same result
            found = self._openings[year] = self._build_openings(year)
        return found

    def _working_days_of(self, year: int) -> array[int]:
        found = self._working.get(year)
        if found is None:
            days = range(first_day_of(year), first_day_of(year + 1))
            found = self._working[year] = array("q", (day for day in days if self._hours_on(day)))
        return found

    def _build_openings(self, year: int) -> Openings:
        first, end = first_day_of(year), first_day_of(year + 1)
        days = range(first - 1, end + 1)  # the local days that share an hour with this year of UTC
        wall = [(day * DAY + opening, day * DAY + closing) for day in days for opening, closing in self._hours_on(day)]
        openings = [
            (max(opening - offset, since, first * DAY), min(closing - offset, until, end * DAY))
            for since, until, offset in offsets(self.time_zone, year)
            for opening, closing in wall
        ]
        return Openings.of([(opening, closing) for opening, closing in openings if opening < closing])


def _moved(hours: list[tuple[int, int]], time_of_day: int) -> int:
    """The time of day moved forward to the next opening of the day, or back to its last closing."""
    for opening, closing in hours:
        if time_of_day <= closing:
            return max(time_of_day, opening)
    return hours[-1][1]


def _refuse_negative(amount: int) -> None:
    if amount < 0:
        raise ValueError("Time is added forwards only.")
