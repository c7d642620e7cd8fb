"""Filters of followers: judged by what an event says of that moment, not by how things stand when it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from application.follow_events import StoredEvent
from application.reading.lists import BreachFilter, HandoverFilter
from domain.persons import same_person

Accepts = Callable[[StoredEvent], bool]
Check = Callable[[Any], Accepts]


def handover_events(wanted: HandoverFilter) -> Accepts:
    """Whether an event tells of a handover that was as wanted."""
    return _all(wanted, HANDOVERS)


def breach_events(wanted: BreachFilter) -> Accepts:
    """Whether an event tells of a breach that was as wanted."""
    return _all(wanted, BREACHES)


def _all(wanted: HandoverFilter | BreachFilter, checks: Mapping[str, Check]) -> Accepts:
    given = [check(value) for name, check in checks.items() if (value := getattr(wanted, name)) is not None]
    return lambda event: all(accepts(event) for accepts in given)


def _equal(key: str) -> Check:
    return lambda wanted: lambda event: bool(event.payload.get(key) == wanted)


def _person(key: str) -> Check:
    return lambda wanted: lambda event: same_person(event.payload.get(key), wanted)


def _one_of(key: str) -> Check:
    return lambda wanted: lambda event: event.payload.get(key) in wanted


def _since(key: str) -> Check:
    def check(wanted: datetime) -> Accepts:
        def accepts(event: StoredEvent) -> bool:
            moment = _moment(event, key)
            return moment is not None and moment >= wanted

        return accepts

    return check


def _moment(event: StoredEvent, key: str) -> datetime | None:
    text = event.payload.get(key)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _overdue(wanted: bool) -> Accepts:
    def accepts(event: StoredEvent) -> bool:
        due = _moment(event, "answerDueAt")
        waiting = bool(event.payload.get("open")) and not event.payload.get("answered")
        return (waiting and due is not None and due < event.at) is wanted

    return accepts


def _lead(wanted: Any) -> Accepts:
    return lambda event: bool(event.lead_id == wanted)


HANDOVERS: Mapping[str, Check] = {
    "state": _one_of("state"),
    "open": _equal("open"),
    "team": _one_of("team"),
    "assignee": _person("assignee"),
    "queued": _equal("queued"),
    "overdue": _overdue,
    "lead": _lead,
    "agreement": _equal("agreement"),
    "offered_since": _since("offeredAt"),
}
BREACHES: Mapping[str, Check] = {
    "state": _one_of("state"),
    "kind": _one_of("kind"),
    "party": _equal("party"),
    "team": _one_of("team"),
    "severity": _one_of("severity"),
    "opened_since": _since("openedAt"),
}
