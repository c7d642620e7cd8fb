"""Frequency caps: how often a lead may be contacted within a span of time."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.document.base import Part, Period


class CapPer(StrEnum):
    """The unit that a frequency cap counts."""

    LEAD = "LEAD"
    """The contacts with one lead."""
    ACCOUNT = "ACCOUNT"
    """The contacts with all leads of the company."""


class FrequencyCap(Part):
    """At most so many contacts within a span, over all channels and by both parties."""

    contacts: Annotated[int, Field(ge=1, le=1000)]
    """The largest number of contacts."""
    within: Period
    """Within which span, in elapsed time; a contact exactly that long ago no longer counts."""

    @model_validator(mode="after")
    def _positive(self) -> FrequencyCap:
        if self.within.days == 0 and self.within.seconds == 0:
            raise PydanticCustomError("span_zero", "The span within which contacts count is longer than nothing.")
        return self


class ContactCap(FrequencyCap):
    """A frequency cap that the contact guard holds."""

    per: Annotated[CapPer, Field(strict=False)] = CapPer.LEAD
    """The unit of counting: each lead, or all leads of its company together."""
