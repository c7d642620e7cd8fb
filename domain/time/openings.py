"""Opening hours of a day, and the openings within a year."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from domain.time.public_holidays import CalendarError

Interval = tuple[int, int]
"""Opening and closing in minutes of the local day, 0 to 1440."""


@dataclass(frozen=True, slots=True)
class Openings:
    """The openings within one year of UTC, with the open time of the year up to the end of each."""

    starts: array[int]
    ends: array[int]
    sums: array[int]
    total: int

    @classmethod
    def of(cls, openings: Sequence[tuple[int, int]]) -> Openings:
        """The openings of a year, in order."""
        sums = array("q", accumulate(closing - opening for opening, closing in openings))
        starts, ends = (array("q", (pair[side] for pair in openings)) for side in (0, 1))
        return cls(starts, ends, sums, sums[-1] if sums else 0)

    def before(self, at: int) -> int:
        """Open time of the year until `at`."""
        index = bisect_right(self.starts, at)
        return self.sums[index - 1] - max(0, self.ends[index - 1] - at) if index else 0

    def reaching(self, open_time: int) -> int:
        """First instant at which this much open time of the year has passed."""
        index = bisect_left(self.sums, open_time)
        return self.ends[index] - (self.sums[index] - open_time)


def check_intervals(intervals: tuple[Interval, ...]) -> None:
    """Raise CalendarError unless the intervals of a day are in order and do not overlap."""
    minutes = [minute for interval in intervals for minute in interval]
    in_order = all(opening < closing for opening, closing in intervals) and minutes == sorted(minutes)
    if not in_order or any(not 0 <= minute <= 1440 for minute in minutes):
        raise CalendarError("Opening hours of a day are intervals in order, without overlap, within minutes 0 to 1440.")
