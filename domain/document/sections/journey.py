"""Section 3: the customer's buying stages and the lead stages that answer them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.document.base import Amount, Day, Key, Keyed, KeyedPart, Label, Part, Several, TeamKey
from domain.document.conditions import Condition
from domain.document.sections.limits import TimeLimit
from domain.document.sections.owners import Owner
from domain.party import Party


class StageKind(StrEnum):
    """The meaning of a stage to the engine and the figures, whatever it is called."""

    PROSPECT = "PROSPECT"
    """Known, not yet qualified."""
    QUALIFIED = "QUALIFIED"
    """Marketing qualified (MQL)."""
    ACCEPTED = "ACCEPTED"
    """Sales accepted (SAL)."""
    SALES_QUALIFIED = "SALES_QUALIFIED"
    """Sales qualified (SQL)."""
    OPPORTUNITY = "OPPORTUNITY"
    """A concrete opportunity."""
    WON = "WON"
    """A customer."""
    LOST = "LOST"
    """Worked and lost."""
    DISQUALIFIED = "DISQUALIFIED"
    """Not to be worked, for good."""
    RECYCLED = "RECYCLED"
    """Returned, with marketing again."""


class BuyingStage(KeyedPart):
    """A stage of the customer's own way to a purchase."""

    label: Label
    """The name that people use."""


class MeasureDirection(StrEnum):
    """Which way a measure brings leads in."""

    PULL = "PULL"
    """Leads come by themselves, because something draws them."""
    PUSH = "PUSH"
    """Somebody turns to them."""


class StageMeasure(KeyedPart):
    """A measure that brings leads into a stage."""

    label: Label
    """The name that people use."""
    direction: Annotated[MeasureDirection, Field(strict=False)]
    """True if it draws leads, false if it turns to them."""
    owner: Owner
    """Who sees to it."""
    due_on: Day | None = None
    """The day by whose end it is done; absent for a standing measure, about which nothing is owed by a date."""


class Stage(KeyedPart):
    """A stage of the lead."""

    label: Label
    """The name that people use."""
    kind: Annotated[StageKind, Field(strict=False)]
    """The meaning of the stage to the engine and the figures."""
    owner: Annotated[Party, Field(strict=False)]
    """The party that owns leads in this stage."""
    team: TeamKey | None = None
    """The special team of that party to which a lead is passed here; absent where it stays with its team."""
    buying_stages: Several[Key] = ()
    """The buying stages that it answers."""
    win_probability: Annotated[Amount, Field(ge=0, le=1)] | None = None
    """The probability of an order, 0 to 1."""
    time_limit: TimeLimit | None = None
    """The longest time that a lead may stay in it."""
    entry: Condition | None = None
    """The condition on which a lead enters by itself; absent where a lead is moved by hand."""
    next: Several[Key] = ()
    """The stages that a lead may go to from here."""
    measures: Keyed[StageMeasure] = ()
    """The measures that bring leads into it, pull and push."""


class Journey(Part):
    """The way of a lead, in order."""

    buying_stages: Keyed[BuyingStage] = ()
    """The customer's buying stages, in order."""
    stages: Annotated[Keyed[Stage], Field(min_length=1)]
    """The lead's stages, in order."""

    def of_kind(self, kind: StageKind) -> Stage | None:
        """The first stage of a kind, if the journey has one."""
        return next((s for s in self.stages if s.kind is kind), None)

    def stage(self, key: str) -> Stage | None:
        """The stage of that key, if the journey has it."""
        return next((s for s in self.stages if s.key == key), None)


def hands(journey: Journey | None, left: str, stage: Stage, worked_by: str | None) -> tuple[str | None, str | None]:
    """Return the teams between which a lead passes with its stage; `worked_by` has its handover."""
    before = journey.stage(left) if journey else None
    if before is None or before.owner is not stage.owner:
        return None, stage.team
    present = (worked_by if stage.owner is Party.SALES else None) or before.team
    return present, stage.team or present
