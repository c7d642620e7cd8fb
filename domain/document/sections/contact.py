"""The contact guard: how often a lead may be contacted, and for which contacts it must have consented [S1.6]."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.document.base import Key, Keyed, KeyedPart, Label, Part, Several
from domain.document.sections.caps import ContactCap
from domain.party import Party


class ConsentRule(KeyedPart):
    """A purpose for which a lead must have consented before it is contacted; the key is the purpose."""

    label: Label
    """The name that people use."""
    party: Annotated[Party, Field(strict=False)] | None = None
    """Whose contacts need it; absent for both parties'."""
    channels: Several[Key] = ()
    """On which channels a contact needs it; empty for every channel. A consent counts for its own channel only."""


class ContactSection(Part):
    """Who may contact a lead, and how often; who owns contact follows from its handovers."""

    caps: Several[ContactCap] = ()
    """Frequency caps over all channels; outbound activities of both parties count."""
    consents: Keyed[ConsentRule] = ()
    """The purposes for which consent is needed."""
