"""Durations: what text is read, how it is written, and the elapsed clock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.time.duration import (
    Duration,
    measured_text,
)

durations = st.builds(Duration, st.integers(0, 18_000), st.integers(0, 18_000 * 86_400))


@given(durations)
def test_writing_and_reading_is_the_identity(duration: Duration) -> None:
    """What is written is read back as the same duration [S3.1]."""
    assert Duration.parse(str(duration)) == duration


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)))
def test_a_measured_time_keeps_its_whole_seconds(measured: timedelta) -> None:
    """A measured time is written in hours, minutes and seconds without days, cut to whole seconds [S3.1]."""
    duration = Duration.parse(measured_text(measured))
    assert duration.days == 0
    assert timedelta(0) <= measured - duration.elapsed < timedelta(seconds=1)
