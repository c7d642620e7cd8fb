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
    """The name that people use."""
    after: Period = Duration(0, 0)
    """The time after the order at which its time begins; absent for at once."""
    within: TimeLimit
    """The length of its time."""
    owner: Owner
    """Who owes it."""
    activities: Several[Key] = ()
    """The activity types that are this touchpoint; empty for every outbound activity of the party that owes it."""


class CaseStudyRule(KeyedPart):
    """A case study that is owed about a customer."""

    label: Label
    """The name that people use."""
    when: Condition | None = None
    """Which customers it is asked of, by fields of the lead and of its account; absent for all."""
    within: TimeLimit
    """The time after the order it is there."""
    owner: Owner
    """Who owes it."""


class Reactivation(KeyedPart):
    """A touchpoint that is owed to a customer gone quiet."""

    label: Label
    """The name that people use."""
    silent_for: Period
    """The time without activity in either direction."""
    within: TimeLimit
    """The time within which somebody turns to the customer then."""
    owner: Owner
    """Who owes it."""


class SignAnswer(StrEnum):
    """The duty that a sign calls for."""

    OFFER = "OFFER"
    """An offer."""
    TOUCHPOINT = "TOUCHPOINT"
    """A touchpoint."""
    CONTACT = "CONTACT"
    """Prompt contact, because something went wrong."""


class CustomerSign(KeyedPart):
    """A sign in an existing customer that somebody must answer."""

    label: Label
    """The name that people use."""
    when: Condition
    """The sign, by fields of the customer and numbers over its activities; answered each time it begins to hold."""
    calls_for: Annotated[SignAnswer, Field(strict=False)]
    """The duty that it calls for."""
    within: TimeLimit
    """The time within which that is owed."""
    owner: Owner
    """Who owes it."""
    activities: Several[Key] = ()
    """The activity types that answer it; empty for every outbound activity of the party that owes it, but an offer, of
    which a person says that it was made."""


class AfterSales(Part):
    """The obligations to customers."""

    touchpoints: Keyed[TouchpointRule] = ()
    """The touchpoints during and after delivery."""
    case_studies: Keyed[CaseStudyRule] = ()
    """The case studies with reference customers."""
    reactivations: Keyed[Reactivation] = ()
    """The reaction when a customer has gone quiet."""
    signs: Keyed[CustomerSign] = ()
    """The signs that call for something."""
