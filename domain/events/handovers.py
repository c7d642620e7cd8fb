"""Events about handovers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.events.event import UNSET, Event, Payload, Stream


@dataclass(frozen=True, kw_only=True)
class HandoverPayload(Payload):
    """The state of a handover after an event; what differed before stands under `before`."""

    state: str
    """Its state."""
    open: bool
    """True if it is open."""
    queued: bool
    """True if it waits for room."""
    team: str | None
    """The key of its team."""
    assignee: str | None
    """The person who has it."""
    agreement: str
    """The key of its agreement."""
    trigger: str | None
    """The key of the trigger that opened it."""
    grade: str | None
    """The grade of the lead when it was opened."""
    round: int
    """The how many-th of its lead it is, from 1."""
    offered_at: str
    """When it was offered, ISO 8601."""
    answer_due_at: str | None
    """When its answer is due, ISO 8601."""
    answered: bool
    """True if sales has answered it."""
    unattended: bool
    """True if the person who has it left and nobody took it over."""


class HandoverEvent(Event):
    """Something that happened to a handover."""

    subject_type: ClassVar[str] = "Handover"
    about: ClassVar[type[Payload] | None] = HandoverPayload
    streams: ClassVar[tuple[Stream, ...]] = (Stream.EVENTS, Stream.HANDOVERS)


@dataclass(frozen=True, kw_only=True)
class HandoverOffered(HandoverEvent, name="handover.offered"):
    """The handover was opened."""


@dataclass(frozen=True, kw_only=True)
class HandoverQueued(HandoverEvent, name="handover.queued"):
    """Nobody has room for it; it waits."""

    because: str
    """Why nobody could take it."""
    passed_over: list[dict[str, Any]]
    """The teams that could not take it, each with the obstacle and the persons."""


@dataclass(frozen=True, kw_only=True)
class HandoverAssigned(HandoverEvent, name="handover.assigned"):
    """It was given to a team and, unless it waits there, to a person."""

    because: str
    """Why to them: the rule of routing, or the words of whoever gave it."""
    passed_over: list[dict[str, Any]] = UNSET
    """The teams that could not take it, where routing decided."""


@dataclass(frozen=True, kw_only=True)
class _AboutObligation(HandoverEvent):
    obligation: str
    """The kind of what is owed."""
    obligation_id: str
    """Its id."""
    due_at: str | None
    """When it is due, ISO 8601."""
    recipients: list[Any]
    """Who is told: persons, leaders of teams, parties, management."""


@dataclass(frozen=True, kw_only=True)
class HandoverWarned(_AboutObligation, name="handover.warned"):
    """Something owed about it falls due soon; the payload names who is told."""


@dataclass(frozen=True, kw_only=True)
class HandoverEscalated(_AboutObligation, name="handover.escalated"):
    """An escalation step of the agreement was taken; the payload names who is told."""

    action: str
    """The act of the step."""
    audience: str | None
    """Whom it tells."""
    step: int
    """The how many-th step, from 1."""
    nobody_left: bool = UNSET
    """Told as true where it was to be given to somebody else, and nobody is left."""


@dataclass(frozen=True, kw_only=True)
class HandoverAccepted(HandoverEvent, name="handover.accepted"):
    """Sales accepted it."""

    comment: str | None
    """The comment with it."""


@dataclass(frozen=True, kw_only=True)
class _GivenBack(HandoverEvent):
    reason: str | None
    """The key of the reason; null where the clock returned it unanswered."""
    destination: str
    """Where the lead goes."""
    data_awaited: list[str]
    """The names of the fields that are asked for."""
    comment: str | None
    """The comment with it."""


@dataclass(frozen=True, kw_only=True)
class HandoverReturned(_GivenBack, name="handover.returned"):
    """Sales returned it to marketing."""


@dataclass(frozen=True, kw_only=True)
class HandoverReturnAnswered(HandoverEvent, name="handover.return_answered"):
    """Marketing answered its return."""

    comment: str
    """The answer."""


@dataclass(frozen=True, kw_only=True)
class HandoverDiscarded(_GivenBack, name="handover.discarded"):
    """Sales returned it for good."""


@dataclass(frozen=True, kw_only=True)
class HandoverWithdrawn(HandoverEvent, name="handover.withdrawn"):
    """Marketing took it back."""

    reason: str
    """Why."""


@dataclass(frozen=True, kw_only=True)
class HandoverAttempted(HandoverEvent, name="handover.attempted"):
    """Sales tried to reach the lead."""

    attempts: int
    """The number of attempts so far."""
    channels: int
    """The number of channels on which they were made."""


@dataclass(frozen=True, kw_only=True)
class HandoverContacted(HandoverEvent, name="handover.contacted"):
    """Sales first contacted the lead."""

    activity: str
    """The id of the activity."""


@dataclass(frozen=True, kw_only=True)
class HandoverReopened(HandoverEvent, name="handover.reopened"):
    """Its lead came back to sales after its end."""


@dataclass(frozen=True, kw_only=True)
class HandoverMoved(HandoverEvent, name="handover.moved"):
    """It passed to another version of the agreement."""

    from_version: str
    """The id of the version that it left."""
    version: str
    """The id of the version that it came to."""


@dataclass(frozen=True, kw_only=True)
class HandoverPaused(HandoverEvent, name="handover.paused"):
    """Its clocks stand still for a while."""

    reason: str
    """Why."""
    until: str
    """To when, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class HandoverResumed(HandoverEvent, name="handover.resumed"):
    """Its clocks go on: the pause ran out, or somebody ended it."""

    because: str
    """Which of the two."""


@dataclass(frozen=True, kw_only=True)
class HandoverClosed(HandoverEvent, name="handover.closed"):
    """Its lead was won, lost or disqualified."""
