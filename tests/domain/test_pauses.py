"""Pauses: a clock stands still while they last; overlapping ones count once; nothing missed is undone [S3.3b]."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.time.business_time import BusinessCalendar
from domain.time.duration import Clock, Duration
from domain.time.pause import Interval, lasting_until, moved

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday at nine in Berlin."""
OFFICE = BusinessCalendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 720), (780, 1020))), country="DE")


def moved_due(start: datetime, length: Duration, clock: Clock, pauses: list[Interval]) -> datetime:
    """The due instant of a limit after its pauses."""
    plain = OFFICE.deadline(start, length, clock)
    return moved(plain, start=start, intervals=pauses, calendar=OFFICE, clock=clock)


def test_a_pause_over_a_week_end_takes_no_opening_hours() -> None:
    """What is paused while the office is closed anyway moves nothing on the business clock."""
    friday, monday = BEGIN + timedelta(days=4, hours=9), BEGIN + timedelta(days=7)
    due = moved_due(BEGIN + timedelta(days=4), Duration(0, 10 * 3600), Clock.BUSINESS, [])
    assert moved_due(BEGIN + timedelta(days=4), Duration(0, 10 * 3600), Clock.BUSINESS, [(friday, monday)]) == due


def test_a_clock_that_opens_inside_a_pause_starts_when_it_ends() -> None:
    """Four hours from within a pause are four hours from its end."""
    pause = (BEGIN, BEGIN + timedelta(hours=2))
    due = moved_due(BEGIN + timedelta(hours=1), Duration(0, 4 * 3600), Clock.ELAPSED, [pause])
    assert due == pause[1] + timedelta(hours=4)
    assert lasting_until([pause], now=BEGIN + timedelta(hours=1)) == pause[1]
    assert lasting_until([pause], now=pause[1]) is None
