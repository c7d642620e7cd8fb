"""Section 11: what is owed to a customer: touchpoints, the case study, re-activation, and the answer to signs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.document.base import Key, Keyed, KeyedPart, Label, Part, Period, Several
from domain.document.conditions import Condition
from domain.document.sections.limits import TimeLimit
from domain.document.sections.owners import Owner
from domain.time.duration import Duration


class TouchpointRule(KeyedPart):
    """A touchpoint that every new customer is owed."""

    label: Label
    """What people call it."""
    after: Period = Duration(0, 0)
    """How long after the order its time begins; absent for at once."""
    within: TimeLimit
    """How long its time is."""
    owner: Owner
    """Who owes it."""
    activities: Several[Key] = ()
    """The activity types that are this touchpoint; empty for every outbound activity of the party that owes it."""


class CaseStudyRule(KeyedPart):
    """A case study that is owed about a customer."""

    label: Label
    """What people call it."""
    when: Condition | None = None
    """Which customers it is asked of, by fields of the lead and of its account; absent for all."""
    within: TimeLimit
    """How long after the order it is there."""
    owner: Owner
    """Who owes it."""


class Reactivation(KeyedPart):
    """A touchpoint that is owed to a customer gone quiet."""

    label: Label
    """What people call it."""
    silent_for: Period
    """How long there was no activity in either direction."""
    within: TimeLimit
    """How fast somebody turns to the customer then."""
    owner: Owner
    """Who owes it."""


class SignAnswer(StrEnum):
    """What a sign calls for."""

    OFFER = "OFFER"
    """An offer."""
    TOUCHPOINT = "TOUCHPOINT"
    """A touchpoint."""
    CONTACT = "CONTACT"
    """Prompt contact, because something went wrong."""


class CustomerSign(KeyedPart):
    """A sign in an existing customer that somebody must answer."""

    label: Label
    """What people call it."""
    when: Condition
    """The sign, by fields of the customer and numbers over its activities; answered each time it begins to hold."""
    calls_for: Annotated[SignAnswer, Field(strict=False)]
    """What it calls for."""
    within: TimeLimit
    """How fast that is owed."""
    owner: Owner
    """Who owes it."""
    activities: Several[Key] = ()
    """The activity types that answer it; empty for every outbound activity of the party that owes it, but an offer, of
    which a person says that it was made."""


class AfterSales(Part):
    """What is owed to customers."""

    touchpoints: Keyed[TouchpointRule] = ()
    """The touchpoints during and after delivery."""
    case_studies: Keyed[CaseStudyRule] = ()
    """The case studies with reference customers."""
    reactivations: Keyed[Reactivation] = ()
    """What is done when a customer has gone quiet."""
    signs: Keyed[CustomerSign] = ()
    """The signs that call for something."""
