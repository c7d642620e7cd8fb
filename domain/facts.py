"""The facts about a lead at a moment: the input of a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.party import Party

Canonical = str | int | bool | Sequence[str]
"""A field's value as it is stored and exchanged: text, whole number, truth, list of texts; decimals as text of their
declared scale, days as YYYY-MM-DD, moments as RFC 3339 in UTC."""


def is_blank(value: object) -> bool:
    """True if a value carries nothing: it is missing, a text without a visible character, or a list of such texts."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, tuple | list) and all(map(is_blank, value)))


FUTURE_TOLERANCE = timedelta(minutes=5)
"""The most that a sender's clock may be ahead of ours; what happened within it counts as happening now."""


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """One activity as a judgement sees it."""

    id: str
    type: str
    occurred_at: datetime
    party: Party | None = None
    channel: str | None = None
    campaign: str | None = None
    content: str | None = None
    fields: Mapping[str, Canonical] = field(default_factory=dict)


class GivenConsent(NamedTuple):
    """The last word of a lead about being contacted for a purpose on a channel."""

    granted: bool
    until: datetime | None = None
    """When a consent ends by itself."""


@dataclass(frozen=True, slots=True)
class LastReturn:
    """The last time sales returned the lead."""

    at: datetime
    cool_off_until: datetime | None
    news: bool
    """True if something new happened since: an activity that is not a contact by sales, or a changed field."""
    awaited: tuple[str, ...] = ()
    """The fields that it was returned for and that have no new value yet: keys, account.KEY for the account's."""
    reason: str | None = None
    """The key of the return reason; None where nobody answered."""


@dataclass(frozen=True, slots=True)
class BuyingCentre:
    """The leads of an account together."""

    size: int = 1
    """The number of leads, this one included."""
    grades: tuple[str, ...] = ()
    """The grades that the others have, as they were last judged; each once."""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """All that a judgement may look at."""

    fields: Mapping[str, Canonical] = field(default_factory=dict)
    account: Mapping[str, Canonical] = field(default_factory=dict)
    stage: str | None = None
    """The key of the stage the lead is in; None before its first judgement."""
    stage_since: datetime | None = None
    """Since when it is there, where that is known."""
    activities: Sequence[ActivityFact] = ()
    """In any order."""
    open_handover: bool = False
    rounds: int = 0
    """The number of handovers so far."""
    last_return: LastReturn | None = None
    buying_centre: BuyingCentre | None = None
    """None where it is not known, as no version asks for it; everything about it is missing then."""
    created_at: datetime | None = None
    """When the lead came."""
    consents: Mapping[tuple[str, str], GivenConsent] = field(default_factory=dict)
    """Its last words, by purpose and channel; nothing where no version in force asks."""
    contact_owner: Party = Party.MARKETING
    """The party that owns contact with the lead."""
