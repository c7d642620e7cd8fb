"""The whole document."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from domain.document.base import Day, Key, Keyed, Label, Part, Person, Rank
from domain.document.conditions import Condition
from domain.document.sections.after_sales import AfterSales
from domain.document.sections.calendars import Calendar
from domain.document.sections.channels import Channel
from domain.document.sections.contact import ContactSection
from domain.document.sections.feedback import Feedback
from domain.document.sections.fields import ActivityType, FieldDefinition
from domain.document.sections.handover import HandoverSection
from domain.document.sections.journey import Journey
from domain.document.sections.material import MaterialItem
from domain.document.sections.notices import Notices
from domain.document.sections.nurturing import Nurturing
from domain.document.sections.obligations import ObligationRule
from domain.document.sections.replaced import Replaced
from domain.document.sections.scoring import Scoring
from domain.document.sections.segments import Persona, Segment
from domain.document.sections.signatories import Signatories
from domain.document.sections.systems import System
from domain.document.sections.targets import Target

FORMAT = 1


class SlaDocument(Part):
    """A Marketing-Sales SLA: what both parties agree on."""

    title: Label
    """The name of the agreement."""
    accountable: Person
    """The one person accountable for the whole lead process."""
    scope: Condition | None = None
    """The leads it governs; absent for all."""
    priority: Rank = 0
    """Of several agreements whose scope holds, the highest governs."""
    signatories: Signatories | None = None
    """The persons who sign the next version; absent, any person of a party signs for it."""
    review_on: Day | None = None
    """When the agreement is to be looked at again."""
    calendars: Keyed[Calendar] = Field(min_length=1)
    """Business calendars."""
    default_calendar: Key
    """The calendar that counts where none is named."""
    fields: Keyed[FieldDefinition] = ()
    """The fields of leads and accounts."""
    activity_types: Keyed[ActivityType] = ()
    """The types of activities."""
    channels: Keyed[Channel] = ()
    """The channels of contact; those that the rest of the document names are known without standing here."""
    journey: Journey
    """The lead's stages."""
    personas: Keyed[Persona] = ()
    """The kinds of buyers."""
    segments: Keyed[Segment] = ()
    """The groups of customers, with journeys of their own."""
    scoring: Scoring
    """Fit, interest and exclusions."""
    nurturing: Nurturing = Nurturing()
    """The content for leads that are not ready."""
    handover: HandoverSection
    """When and how leads are handed over."""
    notices: Notices = Notices()
    """The rules by which people are told of what falls due."""
    contact: ContactSection = ContactSection()
    """Who may contact a lead, and how often."""
    systems: Keyed[System] = ()
    """The systems of both parties, and how fast a change of one must reach the other."""
    material: Keyed[MaterialItem] = ()
    """The material that is owed by a day."""
    feedback: Feedback = Feedback()
    """The obligations after the handover, and the standing meetings."""
    after_sales: AfterSales = AfterSales()
    """The obligations after the order."""
    obligations: Keyed[ObligationRule] = ()
    """The rules for watching single kinds of obligations, each under its word such as first-contact."""
    targets: Keyed[Target] = ()
    """The numbers both parties sign."""
    replaced: Replaced = Replaced()
    """The destinations of keys of the version before, for leads that carry them."""

    def to_json(self) -> dict[str, Any]:
        """The document as it is exchanged and stored: keyed lists as lists of objects with key."""
        return self.model_dump(mode="json", exclude_none=True)
