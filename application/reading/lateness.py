"""The time by which something owed is late, or was done late."""

from __future__ import annotations

from datetime import datetime, timedelta

from application.runtime.compiled_versions import CompiledVersion
from domain.obligation import Obligation, ObligationState


def late_span(obligation: Obligation, *, now: datetime) -> tuple[datetime, datetime] | None:
    """From the due instant to when it was met, or to now while it is missed; None when it is not late."""
    if obligation.due_at is None:
        return None
    until = now if obligation.state is ObligationState.BREACHED else obligation.met_at
    return (obligation.due_at, until) if until is not None and until > obligation.due_at else None


def late_by(obligation: Obligation, *, now: datetime) -> timedelta | None:
    """Return how late, on the elapsed clock."""
    span = late_span(obligation, now=now)
    return None if span is None else span[1] - span[0]


def late_by_business(obligation: Obligation, compiled_version: CompiledVersion, *, now: datetime) -> timedelta | None:
    """Return how late, in open time of the calendar by which the obligation counts."""
    span = late_span(obligation, now=now)
    calendar = compiled_version.calendars.get(obligation.calendar)
    return None if span is None or calendar is None else calendar.open_between(*span)
