"""The wall clock of a time zone, as whole numbers: which instants show which readings, over its changes [S3.1].

Instants are microseconds since 1970 in UTC, readings are microseconds since 1970 on the wall clock, days are counted
from 1970, too.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2399
"""The years (of UTC) a calendar knows; outside of them it is closed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
TICK = timedelta(microseconds=1)
_SECOND, MINUTE, DAY = 10**6, 60 * 10**6, 86_400 * 10**6
_BEFORE_KNOWN = (datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH) // TICK - 1
_EARLIEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_AFTER_KNOWN = (datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - _EPOCH) // TICK


def zone_exists(time_zone: str) -> bool:
    """Return whether the time zone database knows this name."""
    try:
        ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=4096)
def offsets(time_zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches (since, until, offset from UTC) of one offset, over the year of UTC and a day at both ends."""
    zone = ZoneInfo(time_zone)

    def offset(at: int) -> int:
        return (moment_of(at).astimezone(zone).utcoffset() or timedelta(0)) // TICK

    first, last = (first_day_of(year) - 1) * DAY, (first_day_of(year + 1) + 1) * DAY
    bounds = [first, last]
    for midnight in range(first, last, DAY):
        before = offset(midnight)
        if offset(midnight + DAY) != before:
            seconds = range(midnight, midnight + DAY + _SECOND, _SECOND)
            bounds.insert(-1, seconds[bisect_left(seconds, True, key=lambda at: offset(at) != before)])
    return tuple((since, until, offset(since)) for since, until in pairwise(bounds))


@lru_cache(maxsize=4096)
def skipped(time_zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """The wall-clock readings (from, to) that no instant of the year shows."""
    changes = pairwise(offsets(time_zone, year))
    return tuple((at + old, at + new) for (_, at, old), (_, _, new) in changes if new > old)


def latest_reading(time_zone: str, instant: int) -> int:
    """The latest time the wall clock has shown until `instant`, so that it never goes back in a repeated hour."""
    stretches = offsets(time_zone, year_of(instant))
    return max(min(instant, until) + offset for since, until, offset in stretches if since <= instant)


def first_showing(time_zone: str, reading: int) -> int:
    """The first instant at which the wall clock shows `reading`, or that of a change which skips it."""
    stretches = offsets(time_zone, date_of(reading // DAY).year)
    return next(max(reading - offset, since) for since, until, offset in stretches if reading - offset < until)


def instant_of(at: datetime) -> int:
    """Microseconds since 1970, with everything outside the known years just before or after them."""
    return min(max((at - _EPOCH) // TICK, _BEFORE_KNOWN), _AFTER_KNOWN)


def representable(at: datetime) -> bool:
    """The range of moments that people mean: what tools send for 'never' lies before, and databases end behind."""
    return _EARLIEST <= at <= _LATEST


def moment_of(instant: int) -> datetime:
    """The instant as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def date_of(day: int) -> date:
    """The day as a date."""
    return date.fromordinal(_EPOCH_ORDINAL + day)


def year_of(instant: int) -> int:
    """The known year of UTC in which an instant lies, or the nearest."""
    return min(max(moment_of(instant).year, FIRST_YEAR), LAST_YEAR)


def first_day_of(year: int) -> int:
    """The first of January."""
    return date(year, 1, 1).toordinal() - _EPOCH_ORDINAL


def local_day(time_zone: str, at: datetime) -> date:
    """The day that the wall clock shows at a moment."""
    return date_of(latest_reading(time_zone, instant_of(at)) // DAY)


def day_begins(time_zone: str, day: date, minute: int = 0) -> datetime:
    """The moment at which a local day begins, or a minute of it; a minute that is skipped is when the clock changes."""
    return moment_of(first_showing(time_zone, (day.toordinal() - _EPOCH_ORDINAL) * DAY + minute * MINUTE))
