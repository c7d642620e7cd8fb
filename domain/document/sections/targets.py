"""Section 13: the numbers both sides sign."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.document.base import Amount, Key, KeyedPart, Label, Person, TeamKey
from domain.party import Party


class TargetPeriod(StrEnum):
    """The period a target is for."""

    MONTH = "MONTH"
    """A calendar month."""
    QUARTER = "QUARTER"
    """A calendar quarter."""
    YEAR = "YEAR"
    """A calendar year."""


class Target(KeyedPart):
    """A number that a party, a team or a person is to reach in each period."""

    label: Label | None = None
    """The name that people use."""
    metric: Key
    """The metric's name."""
    party: Annotated[Party, Field(strict=False)] | None = None
    """The party it is for."""
    team: TeamKey | None = None
    """The team it is for."""
    person: Person | None = None
    """The person it is for."""
    period: Annotated[TargetPeriod, Field(strict=False)]
    """The period it is for."""
    value: Annotated[Amount, Field(ge=0)]
    """The number to reach."""
