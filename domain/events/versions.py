"""Events about versions of agreements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from domain.events.event import UNSET, Event, Payload


@dataclass(frozen=True, kw_only=True)
class VersionPayload(Payload):
    """Which version an event is about."""

    agreement: str | None
    """The key of the agreement."""
    number: int | None
    """Its number."""
    digest: str | None
    """The digest of its document."""


class VersionEvent(Event):
    """Something that happened to a version."""

    subject_type: ClassVar[str] = "SlaVersion"
    open_to_all: ClassVar[bool] = True
    about: ClassVar[type[Payload] | None] = VersionPayload


@dataclass(frozen=True, kw_only=True)
class VersionSubmitted(VersionEvent, name="version.submitted"):
    """A draft was submitted for signing."""


@dataclass(frozen=True, kw_only=True)
class VersionCommented(VersionEvent, name="version.commented"):
    """Somebody commented on a section."""

    section: str
    """The name of the section."""
    comment: str
    """The id of the comment."""


@dataclass(frozen=True, kw_only=True)
class VersionSigned(VersionEvent, name="version.signed"):
    """A party signed, or refused to."""

    party: str
    """The party."""
    approved: bool
    """True if it signed."""


@dataclass(frozen=True, kw_only=True)
class VersionApproved(VersionEvent, name="version.approved"):
    """Both parties signed; or an earlier version was chosen again."""

    taken_over_from: str = UNSET
    """The id of the earlier version that was chosen again."""


@dataclass(frozen=True, kw_only=True)
class VersionRejected(VersionEvent, name="version.rejected"):
    """A party refused to sign."""


@dataclass(frozen=True, kw_only=True)
class VersionWithdrawn(VersionEvent, name="version.withdrawn"):
    """The version was given up before it came into force."""

    reason: str | None
    """Why."""


@dataclass(frozen=True, kw_only=True)
class VersionActivated(VersionEvent, name="version.activated"):
    """The version came into force."""


@dataclass(frozen=True, kw_only=True)
class VersionSuperseded(VersionEvent, name="version.superseded"):
    """Another version took its place."""

    by: str
    """The id of that version."""


@dataclass(frozen=True, kw_only=True)
class VersionUnscheduled(VersionEvent, name="version.unscheduled"):
    """Its planned activation was dropped."""

    reason: str
    """Why."""
    at: str | None
    """When it had been planned, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class VersionActivationRefused(VersionEvent, name="version.activation-refused"):
    """It could not come into force when its time came."""

    code: str
    """The code of the refusal."""
    reason: str
    """The refusal in words."""
    findings: list[dict[str, Any]]
    """The errors of the document: `code`, `path` and `message` of each."""


@dataclass(frozen=True, kw_only=True)
class VersionMoving(VersionEvent, name="version.moving"):
    """Open work begins to pass to the version."""

    from_version: str
    """The id of the version that it leaves."""


@dataclass(frozen=True, kw_only=True)
class VersionMoved(Event, name="version.moved"):
    """All open work has passed to the version."""

    subject_type: ClassVar[str] = "SlaVersion"
    open_to_all: ClassVar[bool] = True

    agreement: str
    """The key of the agreement."""
    handovers: int
    """The number of handovers that passed."""
    leads: int
    """The number of leads looked at."""
    clocks_shorter: int = field(metadata={"wire": "clocks_shorter"})
    """The number of clocks due earlier than before."""
    clocks_longer: int = field(metadata={"wire": "clocks_longer"})
    """The number due later."""
    clocks_unchanged: int = field(metadata={"wire": "clocks_unchanged"})
    """The number due as before."""
    due_at_once: int = field(metadata={"wire": "due_at_once"})
    """The number that are overdue now and were not before; counted as shorter or as opened too."""
    opened: int = field(metadata={"wire": "opened"})
    """The number that began by it."""
    cancelled: int = field(metadata={"wire": "cancelled"})
    """The number that ended by it."""
