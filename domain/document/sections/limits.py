"""Time limits: a duration with the clock that counts it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Part, Period
from domain.time.duration import Clock


class TimeLimit(Part):
    """The longest time that something may take, and on which clock."""

    duration: Period
    """The length, ISO 8601; on the business clock PT4H is four opening hours, P3D three working days."""
    clock: Annotated[Clock, Field(strict=False)] = Clock.BUSINESS
    """The hours that count: opening hours or all hours."""

    @model_validator(mode="after")
    def _positive(self) -> TimeLimit:
        if self.duration.days == 0 and self.duration.seconds == 0:
            raise PydanticCustomError("limit_zero", "A time limit is longer than nothing.")
        return self
