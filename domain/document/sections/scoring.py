"""Section 5: fit, interest, grade and exclusions."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Amount, Key, Keyed, KeyedPart, Label, Part, Period, Several
from domain.document.conditions import Condition

Points = Annotated[Amount, Field(ge=-100000, le=100000)]


class PointBand(Part):
    """Points for a condition; of a criterion's bands the first that holds counts."""

    when: Condition
    """The condition."""
    points: Points
    """The points, before the criterion's weight."""


class Criterion(KeyedPart):
    """A criterion of fit."""

    label: Label
    """The name that people use."""
    weight: Annotated[Amount, Field(gt=0, le=1000)] = Decimal(1)
    """The factor of its points."""
    bands: Annotated[Several[PointBand], Field(min_length=1)]
    """Its bands, in order; the first that holds counts."""


class GradeBand(KeyedPart):
    """A band of a score: its key is one half of the grade."""

    from_: Annotated[Amount, Field(alias="from")]
    """The lowest value that belongs to the band; percent for fit, points for interest."""


def _descending(bands: tuple[GradeBand, ...]) -> None:
    starts = [band.from_ for band in bands]
    if any(later >= earlier for earlier, later in pairwise(starts)):
        raise PydanticCustomError("bands_order", "Bands stand from the highest to the lowest.")


class FitScoring(Part):
    """The fit of a lead: criteria over what it is."""

    criteria: Keyed[Criterion] = ()
    """The criteria."""
    bands: Annotated[Keyed[GradeBand], Field(min_length=1)]
    """The bands of the grade by percent of the reachable maximum, from the highest."""

    @model_validator(mode="after")
    def _ordered(self) -> FitScoring:
        _descending(self.bands)
        return self


class Signal(KeyedPart):
    """Points for an activity."""

    label: Label
    """The name that people use."""
    activity: Key
    """The activity type that counts."""
    when: Condition | None = None
    """A further condition on the activity (activity.KEY) or the lead."""
    points: Points
    """The points for each activity."""
    max_count: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The most activities that count, the latest first."""
    window: Period | None = None
    """The time that an activity counts."""
    half_life: Period | None = None
    """After how many days its points are half; they fade in whole days."""
    group: Key | None = None
    """The group whose maximum its points share."""

    @model_validator(mode="after")
    def _whole_days(self) -> Signal:
        for period in (self.window, self.half_life):
            if period is not None and (period.days < 1 or period.seconds):
                raise PydanticCustomError("whole_days", "Windows and half-lives are whole days, such as P30D.")
        return self


class SignalGroup(KeyedPart):
    """Signals that together give no more than so many points."""

    maximum: Annotated[Amount, Field(gt=0)]
    """The most points of its signals together; what exceeds it is not counted."""


class InterestScoring(Part):
    """The interest of a lead: signals over what it does."""

    signals: Keyed[Signal] = ()
    """The signals."""
    groups: Keyed[SignalGroup] = ()
    """Groups of signals with a maximum of their own."""
    maximum: Annotated[Amount, Field(gt=0)] | None = None
    """The highest score; what exceeds it is not counted."""
    bands: Annotated[Keyed[GradeBand], Field(min_length=1)]
    """The bands of the grade by points, from the highest."""

    @model_validator(mode="after")
    def _ordered(self) -> InterestScoring:
        _descending(self.bands)
        return self


class Exclusion(KeyedPart):
    """A condition that screens a lead out before sales sees it."""

    reason: Label
    """Why it is screened out."""
    when: Condition
    """The condition."""


class Scoring(Part):
    """Fit and interest, never mixed; together they give the grade."""

    fit: FitScoring
    """The fit of the lead."""
    interest: InterestScoring
    """The interest of the lead."""
    exclusions: Keyed[Exclusion] = ()
    """The rules that screen a lead out."""
