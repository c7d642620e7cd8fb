"""Filters of followers: judged by what an event says of its moment."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.reading.event_filters import BREACHES, HANDOVERS, breach_events, handover_events
from application.reading.follow_events import StoredEvent
from application.reading.lists import BreachFilter, HandoverFilter
from domain.handovers.handover import HandoverState
from domain.obligation import BreachSeverity, BreachState
from domain.party import Party

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = UUID(int=7)
HANDOVER = {
    "state": "OFFERED",
    "open": True,
    "queued": False,
    "team": "inside",
    "assignee": "mia",
    "agreement": "main",
    "offeredAt": AT.isoformat(),
    "answerDueAt": (AT + timedelta(hours=2)).isoformat(),
    "answered": False,
}
BREACH = {
    "state": "OPEN",
    "kind": "answer",
    "severity": "HIGH",
    "party": "SALES",
    "team": "inside",
    "openedAt": AT.isoformat(),
}


def event(payload: dict[str, Any], *, at: datetime = AT, **changes: Any) -> StoredEvent:
    """An event about a handover or a breach."""
    return StoredEvent(
        position=1,
        id=UUID(int=1),
        type="handover.offered",
        at=at,
        recorded_at=at,
        subject_type="Handover",
        subject_id=UUID(int=2),
        lead_id=LEAD,
        visible_to=("inside",),
        person=None,
        payload=payload | changes,
        historical=False,
    )


def test_each_part_of_a_filter_is_judged() -> None:
    """No part of the filters of lists is forgotten for followers."""
    assert {field.name for field in fields(HandoverFilter)} == set(HANDOVERS)
    assert {field.name for field in fields(BreachFilter)} == set(BREACHES)


@pytest.mark.parametrize(
    ("wanted", "accepted"),
    [
        ({}, True),
        ({"state": [HandoverState.OFFERED, HandoverState.RETURNED]}, True),
        ({"state": [HandoverState.ACCEPTED]}, False),
        ({"state": []}, False),
        ({"open": True, "queued": False}, True),
        ({"open": False}, False),
        ({"queued": True}, False),
        ({"team": ["inside", "field"]}, True),
        ({"team": ["field"]}, False),
        ({"assignee": "mia"}, True),
        ({"assignee": "jonas"}, False),
        ({"lead": LEAD}, True),
        ({"lead": UUID(int=8)}, False),
        ({"agreement": "main"}, True),
        ({"agreement": "other"}, False),
        ({"offered_since": AT}, True),
        ({"offered_since": AT + timedelta(seconds=1)}, False),
        ({"state": [HandoverState.OFFERED], "team": ["field"]}, False),
    ],
)
def test_a_handover_is_wanted_as_it_stood(wanted: dict[str, Any], accepted: bool) -> None:
    """All parts of a filter have to hold for the handover as it stood at the event."""
    assert handover_events(HandoverFilter(**wanted))(event(HANDOVER)) is accepted


@pytest.mark.parametrize(
    ("hours", "changes", "overdue"),
    [
        (2, {}, False),
        (3, {}, True),
        (3, {"answered": True}, False),
        (3, {"open": False}, False),
        (3, {"answerDueAt": None}, False),
    ],
)
def test_an_answer_is_overdue_behind_its_due_instant(hours: int, changes: dict[str, Any], overdue: bool) -> None:
    """Overdue is an open handover without an answer behind its due instant, at the moment of the event."""
    told = event(HANDOVER, at=AT + timedelta(hours=hours), **changes)
    assert handover_events(HandoverFilter(overdue=True))(told) is overdue
    assert handover_events(HandoverFilter(overdue=False))(told) is not overdue


@pytest.mark.parametrize(
    ("wanted", "accepted"),
    [
        ({}, True),
        ({"state": [BreachState.OPEN], "kind": ["answer"], "party": Party.SALES, "team": ["inside"]}, True),
        ({"severity": [BreachSeverity.HIGH], "opened_since": AT}, True),
        ({"state": [BreachState.RESOLVED]}, False),
        ({"kind": ["no-capacity"]}, False),
        ({"party": Party.MARKETING}, False),
        ({"team": ["field"]}, False),
        ({"severity": [BreachSeverity.LOW]}, False),
        ({"opened_since": AT + timedelta(seconds=1)}, False),
    ],
)
def test_a_breach_is_wanted_as_it_stood(wanted: dict[str, Any], accepted: bool) -> None:
    """All parts of a filter have to hold for the breach as it stood at the event."""
    assert breach_events(BreachFilter(**wanted))(event(BREACH)) is accepted
