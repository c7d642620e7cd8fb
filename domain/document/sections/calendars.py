"""Section 1: named business calendars."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import available_timezones

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Day, KeyedPart, Part, Several

_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
Minutes = tuple[int, int]


def minutes_of(interval: str) -> Minutes:
    """An interval such as 08:00-12:00 in minutes of the day: (480, 720)."""
    match = _INTERVAL.fullmatch(interval)
    if match is None:
        raise PydanticCustomError("interval_format", "Opening hours are written HH:MM-HH:MM.")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if not start < end <= 24 * 60:
        raise PydanticCustomError("interval_order", "Opening hours end after they begin, by 24:00 at the latest.")
    return start, end


def _well_formed(interval: str) -> str:
    minutes_of(interval)
    return interval


def _apart(intervals: tuple[str, ...]) -> tuple[str, ...]:
    spans = [minutes_of(i) for i in intervals]
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise PydanticCustomError("interval_overlap", "The intervals of a day are in order and do not overlap.")
    return intervals


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("time_zone_unknown", "Not a time zone of the IANA list, such as Europe/Berlin.")
    return name


Interval = Annotated[str, AfterValidator(_well_formed)]
Intervals = Annotated[tuple[Interval, ...], Field(strict=False, max_length=24), AfterValidator(_apart)]


class WeeklyHours(Part):
    """The opening hours of each weekday; a weekday without intervals is closed."""

    mon: Intervals = ()
    """Monday's opening hours, each HH:MM-HH:MM, in order."""
    tue: Intervals = ()
    """Tuesday's opening hours."""
    wed: Intervals = ()
    """Wednesday's opening hours."""
    thu: Intervals = ()
    """Thursday's opening hours."""
    fri: Intervals = ()
    """Friday's opening hours."""
    sat: Intervals = ()
    """Saturday's opening hours."""
    sun: Intervals = ()
    """Sunday's opening hours."""

    @model_validator(mode="after")
    def _opens(self) -> WeeklyHours:
        if not any(self.by_weekday().values()):
            raise PydanticCustomError("never_open", "A calendar is open on at least one weekday.")
        return self

    def by_weekday(self) -> dict[int, tuple[Minutes, ...]]:
        """The opening hours in minutes of the day, by weekday (Monday is 0)."""
        days = (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)
        return {weekday: tuple(minutes_of(i) for i in hours) for weekday, hours in enumerate(days)}


class PublicHolidays(Part):
    """The public holidays of a country, or of one of its subdivisions."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    """ISO 3166 country code, such as DE."""
    subdivision: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """The subdivision's code inside the country, such as NW; absent for the holidays of the whole country."""

    @model_validator(mode="after")
    def _known(self) -> PublicHolidays:
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            raise PydanticCustomError("holidays_unknown", "No holidays are known for this place.") from None
        return self


def _opening(value: Any) -> Any:
    return {"day": value} if isinstance(value, str | date) else value


class ExtraOpening(Part):
    """A day that is open although the week or a holiday says otherwise."""

    day: Day
    """The day."""
    hours: Intervals = ()
    """Its opening hours; when absent those of its weekday, else those of the first weekday that has any."""


class Calendar(KeyedPart):
    """A business calendar: time zone, weekly hours, holidays, extra closed and extra open days."""

    time_zone: Annotated[str, AfterValidator(_zone)]
    """IANA time zone, such as Europe/Berlin."""
    hours: WeeklyHours
    """Opening hours by weekday."""
    holidays: PublicHolidays | None = None
    """The public holidays on which it is closed."""
    closed: Several[Day] = ()
    """Further days on which it is closed; wins over everything else."""
    open: Several[Annotated[ExtraOpening, BeforeValidator(_opening)]] = ()
    """Further days on which it is open; wins over holidays and the week."""
