"""The tables. Ids are UUIDv7, times are UTC, what a lead's writer changes often is not indexed.

May import nothing else of this room.
Start with leads.py, then promises.py.
"""

from __future__ import annotations

from persistence.tables.agreements import (
    activation,
    agreement,
    movement,
    rejudgement,
    section_comment,
    signature,
    version,
    version_change,
)
from persistence.tables.columns import BUSY, metadata
from persistence.tables.events import consumer, event, event_audience, event_head, event_pending, event_position
from persistence.tables.leads import (
    account,
    activity,
    consent,
    contact_owner_change,
    decision,
    field_conflict,
    field_value,
    lead,
    lead_key,
    priority_pass,
    stage_change,
    told_again,
)
from persistence.tables.people import absence, api_key, idempotency, team, team_member
from persistence.tables.promises import (
    OBLIGATION_PARTITIONS,
    assignment,
    breach,
    fulfilment,
    handover,
    notice,
    obligation,
)
from persistence.tables.simulations import simulation, simulation_difference

__all__ = [
    "BUSY",
    "OBLIGATION_PARTITIONS",
    "absence",
    "account",
    "activation",
    "activity",
    "agreement",
    "api_key",
    "assignment",
    "breach",
    "consent",
    "consumer",
    "contact_owner_change",
    "decision",
    "event",
    "event_audience",
    "event_head",
    "event_pending",
    "event_position",
    "field_conflict",
    "field_value",
    "fulfilment",
    "handover",
    "idempotency",
    "lead",
    "lead_key",
    "metadata",
    "movement",
    "notice",
    "obligation",
    "priority_pass",
    "rejudgement",
    "section_comment",
    "signature",
    "simulation",
    "simulation_difference",
    "stage_change",
    "team",
    "team_member",
    "told_again",
    "version",
    "version_change",
]
