"""The enums of the API: those of the domain, published as they are, and those of the streams."""

from __future__ import annotations

from enum import StrEnum

from api.graphql.parts.published import publish_enum
from application.handovers.reassign_work import WorkKind
from application.reading.efforts import ActivityEffort
from application.reading.lists import LeadOrder
from application.runtime.incoming import ItemStatus, OnFault
from domain.agreements.open_work import ClockChange
from domain.agreements.version import SlaVersionState
from domain.document.findings import Severity
from domain.document.sections.handover import Audience, Destination, EscalationAction
from domain.document.sections.journey import StageKind
from domain.handovers.evidence import EvidenceKind
from domain.handovers.handover import HandoverState
from domain.handovers.handover_end import HandoverEnd
from domain.handovers.routing import Obstacle, QueueReason
from domain.leads.decision import Dimension, MissingKind
from domain.obligation import Act, BreachSeverity, BreachState, ObligationState
from domain.party import Party
from domain.people.principal import Role
from domain.time.duration import Clock


class HandoverEventType(StrEnum):
    """The kind of event about a handover."""

    OFFERED = "OFFERED"
    """It was opened."""
    QUEUED = "QUEUED"
    """Nobody has room for it; it waits."""
    ASSIGNED = "ASSIGNED"
    """It was given to a person."""
    WARNED = "WARNED"
    """Something owed about it falls due soon."""
    ESCALATED = "ESCALATED"
    """An escalation step of the agreement was taken."""
    ACCEPTED = "ACCEPTED"
    """Sales accepted it."""
    RETURNED = "RETURNED"
    """Sales returned it."""
    DISCARDED = "DISCARDED"
    """Sales returned it for good."""
    WITHDRAWN = "WITHDRAWN"
    """Marketing took it back."""
    ATTEMPTED = "ATTEMPTED"
    """Sales tried to reach the lead."""
    CONTACTED = "CONTACTED"
    """Sales first contacted the lead."""
    MOVED = "MOVED"
    """It passed to another version of the agreement."""
    CLOSED = "CLOSED"
    """Its lead was won, lost or disqualified."""
    REOPENED = "REOPENED"
    """Its lead came back to sales after its end."""
    PAUSED = "PAUSED"
    """Its clocks stand still for a while."""
    RESUMED = "RESUMED"
    """Its clocks go on: the pause ran out, or somebody ended it."""
    RETURN_ANSWERED = "RETURN_ANSWERED"
    """Marketing answered its return."""
    LEFT = "LEFT"
    """It no longer fits the filter, or is no longer the subscriber's to see."""
    CHECKPOINT = "CHECKPOINT"
    """Nothing happened; the cursor moved on."""


class BreachEventType(StrEnum):
    """The kind of event about a breach."""

    OPENED = "OPENED"
    """It was found."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """A person explained it."""
    RESOLVED = "RESOLVED"
    """The obligation is done."""
    LEFT = "LEFT"
    """It no longer fits the filter, or is no longer the subscriber's to see."""
    CHECKPOINT = "CHECKPOINT"
    """Nothing happened; the cursor moved on."""


PLAIN = (
    Party,
    Role,
    SlaVersionState,
    HandoverState,
    ObligationState,
    BreachState,
    BreachSeverity,
    StageKind,
    Dimension,
    MissingKind,
    Clock,
    ItemStatus,
    OnFault,
    LeadOrder,
    HandoverEventType,
    BreachEventType,
    QueueReason,
    Obstacle,
    Act,
    ClockChange,
    Destination,
    Audience,
    EscalationAction,
    HandoverEnd,
    EvidenceKind,
    ActivityEffort,
    WorkKind,
)
for _enum in PLAIN:
    publish_enum(_enum)
publish_enum(Severity, "FindingSeverity")
