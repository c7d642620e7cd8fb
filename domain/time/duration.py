"""Durations as an agreement writes them, and the two clocks that read them [S3.1]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

MAX_DAYS = 36_500
_DAY_SECONDS = 86_400
_PATTERN = re.compile(
    r"P(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,10})S)?)?"
)


class Clock(StrEnum):
    """Which time counts: opening hours of a calendar, or all of it."""

    BUSINESS = "BUSINESS"
    ELAPSED = "ELAPSED"


class DurationError(Exception):
    """A duration that cannot be read or is out of bounds; the message says why."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in days and seconds, kept apart because three working days are not 72 opening hours.

    Both are whole and not negative, together at most 36,500 days of 24 hours; anything else raises DurationError.
    """

    days: int
    seconds: int

    def __post_init__(self) -> None:
        if self.days < 0 or self.seconds < 0:
            raise DurationError("A duration cannot be negative.")
        if self.days * _DAY_SECONDS + self.seconds > MAX_DAYS * _DAY_SECONDS:
            raise DurationError(f"A duration is at most {MAX_DAYS:,} days.")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ISO 8601 text of whole days, hours, minutes and seconds (`P1DT2H30M`), or raise DurationError."""
        match = _PATTERN.fullmatch(text)
        if match is None or text == "P":
            shown = text if len(text) <= 40 else f"{text[:40]}…"
            raise DurationError(f"'{shown}' is not a duration of whole days and time, such as P3D, PT4H or P1DT2H30M.")
        part = {name: int(digits or 0) for name, digits in match.groupdict().items()}
        return cls(part["days"], part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"])

    @property
    def elapsed(self) -> timedelta:
        """The same length on the elapsed clock, where a day has 24 hours."""
        return timedelta(days=self.days, seconds=self.seconds)

    def __str__(self) -> str:
        return _written(self.days, self.seconds)


def measured_text(measured: timedelta) -> str:
    """Write a measured time, however long, in hours and less; fractions of a second are cut off."""
    if measured < timedelta(0):
        return f"-{measured_text(-measured)}"
    return _written(0, measured // timedelta(seconds=1))


def _written(days: int, seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    day = f"{days}D" if days else ""
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    time = "".join(f"{count}{unit}" for count, unit in parts if count)
    if not day and not time:
        return "PT0S"
    return f"P{day}T{time}" if time else f"P{day}"


def elapsed_deadline(start: datetime, duration: Duration) -> datetime:
    """Return when `duration` after `start` is over on the elapsed clock, in UTC; needs no calendar."""
    return start.astimezone(UTC) + duration.elapsed


def elapsed_instant_at_share(start: datetime, due: datetime, share: Decimal | float) -> datetime:
    """Return when `share` (not negative, else ValueError) of all time from `start` to `due` has passed, in UTC."""
    begin = start.astimezone(UTC)
    return begin + part_of(due.astimezone(UTC) - begin, share)


def part_of(length: timedelta, share: Decimal | float) -> timedelta:
    """`share` of a length to the nearest microsecond; a negative share raises ValueError."""
    if share < 0:
        raise ValueError("A share of time cannot be negative.")
    return timedelta(microseconds=round(Fraction(share) * (length // timedelta(microseconds=1))))
