"""The effort for a lead is a function of the set of its activities [S3.3]."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.document.sections.handover import Attempts
from domain.document.sections.limits import TimeLimit
from domain.handovers.effort import Touch, effort_of
from domain.time.duration import Duration

OFFER = datetime(2026, 11, 30, 8, tzinfo=UTC)
END = OFFER + timedelta(days=10)
MOMENTS = st.integers(-600, 20_000).map(lambda minutes: OFFER + timedelta(minutes=minutes))
TOUCHES = st.lists(
    st.builds(
        Touch,
        activity=st.uuids().map(str),
        at=MOMENTS,
        channel=st.sampled_from(["phone", "email", None]),
        outbound=st.booleans(),
        contact=st.booleans(),
    ),
    max_size=30,
)
NEEDED = st.builds(
    Attempts,
    count=st.integers(1, 5),
    channels=st.integers(1, 2),
    spacing=st.integers(0, 8).map(lambda hours: Duration(0, hours * 3600)),
    within=st.just(TimeLimit(duration=Duration(10, 0))),
)


@given(TOUCHES, NEEDED, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(touches: list[Touch], needed: Attempts, random: Random) -> None:
    """Gives the same effort for every order in which activities become known."""
    shuffled = random.sample(touches, len(touches))
    effort = effort_of(touches, since=OFFER, until=END, needed=needed)
    assert effort == effort_of(shuffled, since=OFFER, until=END, needed=needed)


@given(TOUCHES, NEEDED)
def test_attempts_keep_their_distance(touches: list[Touch], needed: Attempts) -> None:
    """Counts attempts of a channel no closer than agreed, and each that is far enough from the last one counted."""
    effort = effort_of(touches, since=OFFER, until=END, needed=needed)
    assert needed.spacing is not None
    for channel in {touch.channel for touch in touches}:
        counted = [touch.at for touch in effort.attempts if touch.channel == channel]
        assert all(b - a >= needed.spacing.elapsed for a, b in pairwise(counted))
        for touch in touches:
            if touch.outbound and touch.channel == channel and OFFER <= touch.at <= END:
                near = [at for at in counted if timedelta() <= touch.at - at < needed.spacing.elapsed or at == touch.at]
                assert near


@given(TOUCHES, NEEDED)
def test_enough_is_reached_with_the_attempt_that_makes_it_so(touches: list[Touch], needed: Attempts) -> None:
    """Tells the first moment at which a count over the attempts until then holds."""
    effort = effort_of(touches, since=OFFER, until=END, needed=needed)

    def holds(until: datetime) -> bool:
        made = [touch for touch in effort.attempts if touch.at <= until]
        channels = {touch.channel for touch in made if touch.channel is not None}
        return len(made) >= needed.count and len(channels) >= needed.channels

    moments = [touch.at for touch in effort.attempts if holds(touch.at)]
    assert effort.enough_at(needed) == (moments[0] if moments else None)
