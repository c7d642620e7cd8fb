"""Identifiers sort by when they were made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.words.ids import new_id

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_ids_are_version_seven_and_of_their_moment() -> None:
    """Carries version, variant and milliseconds where RFC 9562 wants them."""
    made = new_id(now=NOW)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_one_moment_stand_in_the_order_they_were_made() -> None:
    """Sorts ids by time, and within a millisecond by the order of making."""
    made = [new_id(now=NOW) for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert new_id(now=NOW + timedelta(milliseconds=1)) > made[-1]
