"""Durations: what text is read, how it is written, and the elapsed clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from domain.time.duration import (
    Clock,
    Duration,
    DurationError,
    elapsed_deadline,
    elapsed_instant_at_share,
    measured_text,
    part_of,
)


@pytest.mark.parametrize(
    ("text", "days", "seconds", "canonical"),
    [
        ("P3D", 3, 0, "P3D"),
        ("PT4H", 0, 14_400, "PT4H"),
        ("P1DT2H30M", 1, 9_000, "P1DT2H30M"),
        ("PT90S", 0, 90, "PT1M30S"),
        ("PT90M", 0, 5_400, "PT1H30M"),
        ("PT72H", 0, 259_200, "PT72H"),
        ("P0D", 0, 0, "PT0S"),
        ("PT1H1S", 0, 3_601, "PT1H1S"),
        ("P36500D", 36_500, 0, "P36500D"),
    ],
)
def test_text_is_read_and_written_canonically(text: str, days: int, seconds: int, canonical: str) -> None:
    """A duration is read from ISO 8601 and written in one canonical form that keeps days apart from hours [S3.1]."""
    duration = Duration.parse(text)
    assert duration == Duration(days, seconds)
    assert str(duration) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "3D", "P1Y", "P1M", "P1W", "-P1D", "P-1D", "PT1.5H", "PT0,5S", "p3d", " P3D", "P3D\n"),
        *(
            "PT1M1H",
            "P1D2H",
            "PT3D",
            "P٣D",
            "5",
            "1 day, 2:03:04",
            "P36501D",
            "P36500DT1S",
            "PT9999999999S",
            "P" * 9000,
        ),
    ],
)
def test_other_text_is_refused(text: str) -> None:
    """Years, months, weeks, signs, fractions, foreign digits and lengths over 36,500 days are refused [S3.1]."""
    with pytest.raises(DurationError) as refusal:
        Duration.parse(text)
    assert 0 < len(str(refusal.value)) < 200
    assert not isinstance(refusal.value, ValueError)


def test_however_long_a_measured_time_is_it_can_be_written() -> None:
    """What began with the calendar is late by more than a limit may be long; a time to come is negative [S3.1]."""
    assert measured_text(datetime(2026, 1, 1, tzinfo=UTC) - datetime(1, 1, 1, tzinfo=UTC)) == "PT17750784H"
    assert measured_text(timedelta(hours=-3)) == "-PT3H"


@pytest.mark.parametrize(("days", "seconds"), [(-1, 0), (0, -1), (-1, 86_400), (36_500, 1)])
def test_a_duration_out_of_bounds_cannot_be_built(days: int, seconds: int) -> None:
    """No duration holds a negative part or more than 36,500 days [S3.1]."""
    with pytest.raises(DurationError):
        Duration(days, seconds)


def test_the_elapsed_clock_counts_real_hours() -> None:
    """On the elapsed clock a day is 24 real hours, also over a change of the wall clock [S3.1]."""
    start = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    due = elapsed_deadline(start, Duration.parse("P1DT1H"))
    assert due == datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_a_share_of_elapsed_time_is_plain_arithmetic() -> None:
    """A share of elapsed time is that part of the real time between the two instants, also beyond the end [S3.1]."""
    berlin = ZoneInfo("Europe/Berlin")
    start, due = datetime(2026, 3, 28, 12, tzinfo=berlin), datetime(2026, 3, 29, 12, tzinfo=berlin)
    assert elapsed_instant_at_share(start, due, Decimal("0.5")) == datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    assert elapsed_instant_at_share(start, due, 2.0) == datetime(2026, 3, 30, 9, tzinfo=UTC)


def test_a_negative_share_is_refused() -> None:
    """A share of time below zero is refused [S3.1]."""
    with pytest.raises(ValueError, match="negative"):
        part_of(timedelta(hours=1), Decimal("-0.1"))


def test_the_clocks_are_named_as_in_the_document() -> None:
    """There are two clocks, business and elapsed [S3.1]."""
    assert [clock.value for clock in Clock] == ["BUSINESS", "ELAPSED"]
