"""Rhythms: on which days something comes again."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Part


class RhythmUnit(StrEnum):
    """The rhythm in which something comes again."""

    WEEK = "WEEK"
    """Every week."""
    MONTH = "MONTH"
    """Every calendar month."""
    QUARTER = "QUARTER"
    """Every calendar quarter."""
    YEAR = "YEAR"
    """Every calendar year."""


class Weekday(StrEnum):
    """A day of the week."""

    MON = "MON"
    """Monday."""
    TUE = "TUE"
    """Tuesday."""
    WED = "WED"
    """Wednesday."""
    THU = "THU"
    """Thursday."""
    FRI = "FRI"
    """Friday."""
    SAT = "SAT"
    """Saturday."""
    SUN = "SUN"
    """Sunday."""


def _time_of_day(written: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written) is None:
        raise PydanticCustomError("time_format", "A time of day is written HH:MM.")
    return written


class Rhythm(Part):
    """The days on which something comes again, by a business calendar."""

    every: Annotated[RhythmUnit, Field(strict=False)]
    """The rhythm."""
    weekday: Annotated[Weekday, Field(strict=False)] | None = None
    """Of a week: the day; where it is closed, the next open day."""
    working_day: Annotated[int, Field(ge=-23, le=23)] | None = None
    """Of a month, quarter or year: its n-th working day, counted from the end where negative."""
    begins_at: Annotated[str, AfterValidator(_time_of_day)] | None = None
    """The time of day at which it begins, HH:MM on the calendar's wall clock."""

    @model_validator(mode="after")
    def _one_day(self) -> Rhythm:
        weekly = self.every is RhythmUnit.WEEK
        if weekly != (self.weekday is not None) or weekly == bool(self.working_day):
            message = "Every WEEK names its weekday; every MONTH, QUARTER and YEAR its workingDay, from 1 or from -1."
            raise PydanticCustomError("rhythm_day", message)
        return self
