"""The consents that a lead must have given to be handed over; time ends those that expire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from domain.document.document import SlaDocument
from domain.facts import GivenConsent
from domain.leads.decision import Missing, MissingKind
from rules.activities.activity_window import ActivityWindow

Given = Mapping[tuple[str, str], GivenConsent]
"""The last word of a lead, by purpose and channel."""


@dataclass(frozen=True, slots=True)
class ConsentPlan:
    """The consents that a document's handovers require."""

    required: tuple[tuple[str, tuple[str, str]], ...]
    """The purpose and channel of each, under the name that a row has for it."""

    @classmethod
    def of(cls, document: SlaDocument) -> ConsentPlan:
        """The plan for a document; each is named once."""
        asked = dict.fromkeys((c.purpose, c.channel) for c in document.handover.required_consents)
        return cls(tuple((consent_name(*key), key) for key in asked))

    def missing(self) -> tuple[tuple[str, Missing], ...]:
        """Return what is missing without each, under the name that a row has for it."""
        return tuple(
            (name, Missing(MissingKind.CONSENT, name, {"purpose": purpose, "channel": channel}))
            for name, (purpose, channel) in self.required
        )

    def add(self, given: Given, row: dict[str, Any], window: ActivityWindow) -> None:
        """Add to a row whether each is given, and note when one ends."""
        for name, key in self.required:
            row[name] = True if holds(given.get(key), window) else None


def consent_name(purpose: str, channel: str) -> str:
    """Return what a consent is called in a row, and where it is missing."""
    return f"consent.{purpose}.{channel}"


def holds(said: GivenConsent | None, window: ActivityWindow) -> bool:
    """Return whether a consent was given and has not ended; when it ends by itself is noted."""
    if said is None or not said.granted:
        return False
    if said.until is None:
        return True
    until = said.until.astimezone(UTC)
    if until <= window.now:
        return False
    window.at(until)
    return True
