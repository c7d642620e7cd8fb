"""Filters of followers: judged by what an event says of that moment, not by how things stand when it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any

from application.reading.events import visible
from application.reading.follow_events import StoredEvent
from application.reading.lists import BreachFilter, HandoverFilter
from domain.events.sides import SEEN_BY, state_before
from domain.people.principal import Principal
from domain.words.persons import same_person

Accepts = Callable[[StoredEvent], bool]


class Side(Enum):
    """The concern of a follower with an event."""

    AFTER = "AFTER"
    """The subject is wanted and seen as it stands after the event."""
    BEFORE_ONLY = "BEFORE_ONLY"
    """It was wanted and seen before the event, and is not after it: it left."""


def side_of(event: StoredEvent, accepts: Accepts, principal: Principal) -> Side | None:
    """Return how an event concerns a follower with a filter and rights; None where it does not.

    Both sides are held against the rights that the follower has now. Events stored without what was before them, and
    the first of an object, have one side only.
    """
    if _sees(principal, event) and accepts(event):
        return Side.AFTER
    before = state_before(event.payload)
    if before is None:
        return None
    earlier = replace(event, payload=before)
    return Side.BEFORE_ONLY if _sees(principal, earlier) and accepts(earlier) else None


def _sees(principal: Principal, event: StoredEvent) -> bool:
    """Return whether a principal sees the object of an event, on the side that its payload tells of."""
    seen_by = event.payload.get(SEEN_BY)
    return visible(principal, event if seen_by is None else replace(event, visible_to=tuple(seen_by)))


Check = Callable[[Any], Accepts]


def handover_events(wanted: HandoverFilter) -> Accepts:
    """Return whether an event tells of a handover that was as wanted."""
    return _all(wanted, HANDOVERS)


def breach_events(wanted: BreachFilter) -> Accepts:
    """Return whether an event tells of a breach that was as wanted."""
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
    "unattended": _equal("unattended"),
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
