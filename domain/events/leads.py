"""Events about leads, their activities and consents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.events.event import UNSET, Event


class LeadEvent(Event):
    """Something that happened to a lead."""

    subject_type: ClassVar[str] = "Lead"


@dataclass(frozen=True, kw_only=True)
class LeadCreated(LeadEvent, name="lead.created"):
    """A lead was sent for the first time."""

    source: str
    """The sender."""
    fields: list[str]
    """The names of the fields that came with it."""


@dataclass(frozen=True, kw_only=True)
class LeadChanged(LeadEvent, name="lead.changed"):
    """A sender changed fields, keys or the company of a lead."""

    source: str
    """The sender."""
    fields: list[str]
    """The names of the fields that changed."""


@dataclass(frozen=True, kw_only=True)
class LeadConflict(LeadEvent, name="lead.conflict"):
    """A system wrote into a field that another one owns; its value was kept aside."""

    source: str
    """The system that wrote."""
    fields: list[str]
    """The names of the fields."""


@dataclass(frozen=True, kw_only=True)
class LeadAgreement(LeadEvent, name="lead.agreement"):
    """Another agreement governs the lead, or none any more."""

    before: str | None
    """The key of the agreement that governed it."""
    agreement: str | None
    """The key of the one that governs it now."""


@dataclass(frozen=True, kw_only=True)
class LeadStage(LeadEvent, name="lead.stage"):
    """The lead moved to another stage."""

    from_: str | None
    """The key of the stage that it left."""
    to: str
    """The key of the stage that it came to."""
    kind: str
    """The kind of that stage."""
    reason: str | None
    """Why, by key: the reason of an outcome or of a return, or entry where its conditions were met."""
    value: str | None
    """The value of what was won, a decimal number."""
    currency: str | None
    """Its currency."""
    from_team: str | None = UNSET
    """The key of the team that worked it."""
    to_team: str | None = UNSET
    """The key of the team that works it now."""
    kept_because: str = UNSET
    """Why the handover stayed where it was, though the stage belongs to another team."""


@dataclass(frozen=True, kw_only=True)
class LeadReason(LeadEvent, name="lead.reason"):
    """A reason or a value was added to the stage that the lead is in."""

    stage: str
    """The key of the stage."""
    kind: str
    """Its kind."""
    reason: str | None
    """The reason."""


@dataclass(frozen=True, kw_only=True)
class ConsentRecorded(LeadEvent, name="consent.recorded"):
    """A consent was given or withdrawn."""

    consent: UUID
    """The id of the record."""
    purpose: str
    """The key of the purpose."""
    channel: str
    """The key of the channel."""
    granted: bool
    """True if it was given."""
    expires_at: str | None
    """When it ends, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class DecisionChanged(LeadEvent, name="decision.changed"):
    """The lead is judged differently than before; the decision is stored."""

    decision: UUID
    """The id of the decision."""
    agreement: str
    """The key of the agreement."""
    grade: str | None
    """The grade."""
    stage: str | None
    """The key of the stage that the decision leads to."""
    fit: str
    """The points of fit, a decimal number."""
    interest: str
    """The points of interest, a decimal number."""
    due: bool
    """True if a handover is due."""
    trigger: str | None
    """The key of the trigger, where one is due."""


@dataclass(frozen=True, kw_only=True)
class ActivityRecorded(Event, name="activity.recorded"):
    """A lead, or somebody with a lead, did something."""

    subject_type: ClassVar[str] = "Activity"

    activity: UUID | str
    """The id of the activity."""
    type: str
    """The key of its type."""
    source: str
    """The sender."""
    key: str
    """The sender's key of it."""
    party: str | None
    """The party that did it."""
    party_unknown: bool = UNSET
    """True if it is of a type that a party does, and nobody knows which party did it."""
    channel: str | None
    """The key of the channel."""
    channel_told: str | None
    """The sender's word for the channel, where it is not the key."""
    campaign: str | None
    """The campaign."""
    content: str | None
    """The subject."""
