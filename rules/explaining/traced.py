"""The parts of a trace: rules, activities and comparisons as they came out for a lead."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rules.conditions.syntax import Check
from rules.conditions.vocabulary import Place


class Outcome(StrEnum):
    """The result of a rule."""

    COUNTED = "COUNTED"
    """It holds and counts."""
    NOT_MET = "NOT_MET"
    """Its condition does not hold."""
    ANOTHER_FIRST = "ANOTHER_FIRST"
    """It holds, but another one stands before it: an earlier band, a trigger of higher priority."""
    NO_ACTIVITY = "NO_ACTIVITY"
    """There was no activity of its type."""
    NOTHING_COUNTS = "NOTHING_COUNTS"
    """There were activities of its type, none of which counts."""
    OFTEN_ENOUGH = "OFTEN_ENOUGH"
    """Later activities count already, as many as may."""
    TOO_OLD = "TOO_OLD"
    """The activity lies before the window."""
    FADED = "FADED"
    """Nothing is left of its points."""
    AHEAD = "AHEAD"
    """The activity lies ahead."""
    NO_WAY = "NO_WAY"
    """Its condition holds, but no transition leads to the stage from where the lead is."""
    HELD_BACK = "HELD_BACK"
    """Its condition holds, but an open handover holds the lead where it is."""
    NOT_USED = "NOT_USED"
    """Leads enter the stage by sales' answer only."""
    OTHER_LEADS = "OTHER_LEADS"
    """The nurture track is for leads of other stages or personas, or this one has left it."""
    NOT_NURTURED = "NOT_NURTURED"
    """The nurture track would take the lead, but it is handed over or screened out."""


@dataclass(frozen=True, slots=True)
class TracedTest:
    """One comparison of a rule, as it came out."""

    check: Check
    holds: bool
    needed: bool
    """The result it should have for the rule to hold: false under `not`."""
    observed: Any
    """The value that was compared, as people know it; None where it is missing."""

    @property
    def failed(self) -> bool:
        """Return whether it stands in the rule's way."""
        return self.holds is not self.needed


@dataclass(frozen=True, slots=True)
class TracedActivity:
    """One activity under a signal."""

    activity: str
    outcome: Outcome
    points: Decimal = Decimal(0)
    tests: tuple[TracedTest, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedRule:
    """One rule of the document, as it came out."""

    place: Place
    key: str
    """The key of what it belongs to: criterion, signal, exclusion, trigger, stage; of a route its team."""
    index: int
    """Of a band its place under the criterion, else the place in the section."""
    path: str
    outcome: Outcome
    points: Decimal | None = None
    """The points that it gave to a score; None where it gives to none."""
    tests: tuple[TracedTest, ...] = ()
    """Its comparisons in the order they are written; of a signal those that are about the lead."""
    activities: tuple[TracedActivity, ...] = ()

    @property
    def counted(self) -> bool:
        """Return whether it counted."""
        return self.outcome is Outcome.COUNTED
