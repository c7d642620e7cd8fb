"""Pauses: a clock stands still while they last; overlapping ones count once; nothing missed is undone [S3.3b]."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.time.duration import Clock, Duration
from domain.time.pause import Interval, Pause, resumed, together
from tests.domain.test_pauses import BEGIN, OFFICE, moved_due

minutes = st.integers(0, 60 * 24 * 40).map(lambda n: BEGIN + timedelta(minutes=n))


clocks = st.sampled_from(list(Clock))


lengths = st.integers(1, 60 * 60).map(lambda n: Duration(0, n * 60))


intervals = st.lists(st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair))), max_size=6)


def _counted(start: datetime, end: datetime, clock: Clock, pauses: list[Interval]) -> timedelta:
    """The time that a clock counts, piece by piece between all the moments at which a pause begins or ends."""
    marks = sorted({start, end, *(m for pair in pauses for m in pair if start < m < end)})
    total = timedelta()
    for one, next_one in pairwise(marks):
        if not any(begin <= one < until for begin, until in pauses):
            total += next_one - one if clock is Clock.ELAPSED else OFFICE.open_between(one, next_one)
    return total


@given(start=minutes, length=lengths, clock=clocks, pauses=intervals)
def test_between_start_and_due_the_limit_passes_outside_the_pauses(
    start: datetime, length: Duration, clock: Clock, pauses: list[Interval]
) -> None:
    """The time counted from the start to the due instant, without the pauses, is the limit, on either clock."""
    due = moved_due(start, length, clock, pauses)
    assert _counted(start, due, clock, pauses) == length.elapsed


@given(start=minutes, length=lengths, clock=clocks, pauses=intervals)
def test_overlapping_pauses_count_once_and_in_any_order(
    start: datetime, length: Duration, clock: Clock, pauses: list[Interval]
) -> None:
    """Pauses told twice, in another order, or joined into one, move a due instant alike."""
    due = moved_due(start, length, clock, pauses)
    assert moved_due(start, length, clock, [*reversed(pauses), *pauses]) == due
    assert moved_due(start, length, clock, list(together(pauses))) == due


@given(start=minutes, length=lengths, clock=clocks, pauses=intervals, extra=st.tuples(minutes, minutes))
def test_a_further_pause_never_brings_the_due_instant_forward(
    start: datetime, length: Duration, clock: Clock, pauses: list[Interval], extra: Interval
) -> None:
    """A due instant moves backwards in time for no pause; one that begins at it or after it moves nothing."""
    due = moved_due(start, length, clock, pauses)
    more = (min(extra), max(extra))
    later = moved_due(start, length, clock, [*pauses, more])
    assert later >= due
    if more[0] >= due:
        assert later == due


@given(start=minutes, length=lengths, clock=clocks, now=minutes, until=minutes, back=minutes)
def test_resuming_gives_back_the_rest(
    start: datetime, length: Duration, clock: Clock, now: datetime, until: datetime, back: datetime
) -> None:
    """A pause that is ended early counts as one that was asked for until then."""
    if not now < back < until:
        return
    pauses = resumed([Pause(now, until, "x", "y")], now=back)
    assert [p.interval for p in pauses] == [(now, back)]
    assert moved_due(start, length, clock, [p.interval for p in pauses]) == moved_due(
        start, length, clock, [(now, back)]
    )
