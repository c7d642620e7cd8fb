"""Events: all that the log tells, in one table with a row for each type."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stream(StrEnum):
    """What can be followed."""

    EVENTS = "events"
    """The whole log, as far as the follower may read it."""
    HANDOVERS = "handovers"
    """What happens to handovers."""
    BREACHES = "breaches"
    """What happens to breaches."""


@dataclass(frozen=True, slots=True)
class EventType:
    """Something that can happen."""

    name: str
    """Its name in the log."""
    subject: str
    """The type of what it is about."""
    streams: tuple[Stream, ...]
    """Where it is told."""
    meaning: str
    """What happened, in a sentence."""


_OWN_STREAM = {"Handover": Stream.HANDOVERS, "Breach": Stream.BREACHES}
"""What has a stream of its own beside the whole log."""
_ROWS: dict[str, dict[str, str]] = {
    "Lead": {
        "lead.created": "A lead was sent for the first time.",
        "lead.changed": "A sender changed fields, keys or the company of a lead.",
        "lead.conflict": "A system wrote into a field that another one owns; its value was kept aside.",
        "lead.agreement": "Another agreement governs the lead, or none any more.",
        "lead.stage": "The lead moved to another stage.",
        "lead.reason": "A reason or a value was added to the stage that the lead is in.",
        "consent.recorded": "A consent was given or withdrawn.",
        "decision.changed": "The lead is judged differently than before; the decision is stored.",
    },
    "Activity": {
        "activity.recorded": "A lead, or somebody with a lead, did something.",
    },
    "Handover": {
        "handover.offered": "The handover was opened.",
        "handover.queued": "Nobody has room for it; it waits.",
        "handover.assigned": "It was given to a team and, unless it waits there, to a person.",
        "handover.warned": "Something owed about it falls due soon; the payload names who is told.",
        "handover.escalated": "An escalation step of the agreement was taken; the payload names who is told.",
        "handover.accepted": "Sales accepted it.",
        "handover.returned": "Sales returned it to marketing.",
        "handover.return_answered": "Marketing answered its return.",
        "handover.discarded": "Sales returned it for good.",
        "handover.withdrawn": "Marketing took it back.",
        "handover.contacted": "Sales first contacted the lead.",
        "handover.moved": "It passed to another version of the agreement.",
        "handover.paused": "Its clocks stand still for a while.",
        "handover.resumed": "Its clocks go on: the pause ran out, or somebody ended it.",
        "handover.closed": "Its lead was won, lost or disqualified.",
    },
    "Obligation": {
        "obligation.opened": "Something is owed.",
        "obligation.moved": "What is owed passed to another version of the agreement.",
        "obligation.warned": "Something owed that is about no handover falls due soon.",
        "obligation.escalated": "An escalation step was taken for something owed that is about no handover.",
        "obligation.met": "What was owed was done.",
        "obligation.waived": "The party that is owed forgave it.",
        "obligation.cancelled": "It is no longer owed.",
    },
    "Breach": {
        "breach.opened": "Something was not kept.",
        "breach.acknowledged": "A person of the party in breach explained it.",
        "breach.resolved": "What was owed is done, forgiven or no longer owed.",
    },
    "Agreement": {
        "notice.digest": "What one recipient has to be told of a stretch of time, in one message.",
    },
    "SlaVersion": {
        "version.submitted": "A draft was submitted for signing.",
        "version.commented": "Somebody commented on a section.",
        "version.signed": "A party signed, or refused to.",
        "version.approved": "Both parties signed; or an earlier version was chosen again.",
        "version.rejected": "A party refused to sign.",
        "version.withdrawn": "The version was given up before it came into force.",
        "version.activated": "The version came into force.",
        "version.superseded": "Another version took its place.",
        "version.unscheduled": "Its planned activation was dropped.",
        "version.activation-refused": "It could not come into force when its time came.",
        "version.moving": "Open work begins to pass to the version.",
        "version.moved": "All open work has passed to the version.",
    },
    "Team": {
        "team.changed": "A team was added or changed, or one of its members is absent.",
    },
    "ApiKey": {
        "key.created": "A key was made.",
        "key.revoked": "A key was revoked.",
    },
}

EVENT_TYPES: dict[str, EventType] = {
    name: EventType(name, subject, (Stream.EVENTS, *filter(None, [_OWN_STREAM.get(subject)])), meaning)
    for subject, rows in _ROWS.items()
    for name, meaning in rows.items()
}
"""The table, by name."""
