"""Events about obligations, breaches, and the digests of notices about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.events.event import UNSET, Event, Payload, Stream


@dataclass(frozen=True, kw_only=True)
class ObligationPayload(Payload):
    """The state of an obligation after an event."""

    kind: str
    """Its kind."""
    item: str | None
    """The key of the item of the document that it is about."""
    state: str
    """Its state."""
    party: str
    """The party that owes it."""
    team: str | None
    """The key of the team that owes it."""
    assignee: str | None
    """The person who owes it."""
    due_at: str | None
    """When it is due, ISO 8601."""
    reason: str | None
    """Why it was closed."""
    subject: dict[str, str]
    """The subject: `type` and `id`."""


class ObligationEvent(Event):
    """Something that happened to an obligation."""

    subject_type: ClassVar[str] = "Obligation"
    open_without_lead: ClassVar[bool] = True
    about: ClassVar[type[Payload] | None] = ObligationPayload


@dataclass(frozen=True, kw_only=True)
class ObligationOpened(ObligationEvent, name="obligation.opened"):
    """Something is owed."""


@dataclass(frozen=True, kw_only=True)
class ObligationMoved(ObligationEvent, name="obligation.moved"):
    """The passing of obligations to another version."""

    due_at_before: str | None
    """When it was due under the version before, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class ObligationWarned(ObligationEvent, name="obligation.warned"):
    """Something owed that is about no handover falls due soon."""

    recipients: list[Any]
    """Who is told."""


@dataclass(frozen=True, kw_only=True)
class ObligationEscalated(ObligationEvent, name="obligation.escalated"):
    """An escalation step was taken for something owed that is about no handover."""

    action: str
    """The act of the step."""
    audience: str | None
    """Whom it tells."""
    step: int
    """The how many-th step, from 1."""
    recipients: list[Any]
    """Who is told."""
    nobody_left: bool = UNSET
    """Told as true where it was to be given to somebody else, and nobody is left."""


@dataclass(frozen=True, kw_only=True)
class ObligationMet(ObligationEvent, name="obligation.met"):
    """The obligation was done."""

    evidence: str | None
    """The activities that show it."""
    corrected: bool = UNSET
    """Told as true where it counted as late before, and was only told late."""


@dataclass(frozen=True, kw_only=True)
class ObligationWaived(ObligationEvent, name="obligation.waived"):
    """The party that is owed forgave it."""


@dataclass(frozen=True, kw_only=True)
class ObligationCancelled(ObligationEvent, name="obligation.cancelled"):
    """It is no longer owed."""


@dataclass(frozen=True, kw_only=True)
class BreachPayload(Payload):
    """The state of a breach after an event; what differed before stands under `before`."""

    state: str
    """Its state."""
    kind: str
    """The duty that was not kept."""
    severity: str
    """Its severity."""
    party: str
    """The party in breach."""
    team: str | None
    """The key of the team in breach."""
    assignee: str | None
    """The person in breach."""
    opened_at: str
    """When the promise was broken, ISO 8601."""
    due_at: str | None
    """When it had been due, ISO 8601."""
    met_in_time: bool
    """True if it turned out to have been done in time."""


class BreachEvent(Event):
    """Something that happened to a breach."""

    subject_type: ClassVar[str] = "Breach"
    open_without_lead: ClassVar[bool] = True
    about: ClassVar[type[Payload] | None] = BreachPayload
    streams: ClassVar[tuple[Stream, ...]] = (Stream.EVENTS, Stream.BREACHES)


@dataclass(frozen=True, kw_only=True)
class BreachOpened(BreachEvent, name="breach.opened"):
    """Something was not kept."""


@dataclass(frozen=True, kw_only=True)
class BreachAcknowledged(BreachEvent, name="breach.acknowledged"):
    """A person of the party in breach explained it."""

    explanation: str
    """The explanation."""


@dataclass(frozen=True, kw_only=True)
class BreachResolved(BreachEvent, name="breach.resolved"):
    """The obligation is done, forgiven or no longer owed."""


@dataclass(frozen=True, kw_only=True)
class NoticeDigest(Event, name="notice.digest"):
    """The notice to one recipient about a stretch of time, in one message."""

    subject_type: ClassVar[str] = "Agreement"

    recipient: dict[str, Any]
    """Who is told."""
    count: int
    """The number of notices."""
    still_open: int
    """The number of them that are about something that is still open."""
    notices: list[dict[str, Any]]
    """The notices, the oldest first, as far as one message holds them."""
