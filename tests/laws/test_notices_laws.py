"""Who is reached by a notice, and that each step of an agenda is taken once and in order [S3.2b]."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.obligation import Act, BreachSeverity, Obligation, ObligationState, Step, in_order
from domain.party import Party
from domain.time.duration import Clock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def obligation(steps: list[Step]) -> Obligation:
    """Something owed with such an agenda."""
    id_ = UUID(int=1)
    return Obligation(
        id=id_,
        state=ObligationState.OPEN,
        kind="answer",
        party=Party.SALES,
        team=None,
        assignee=None,
        subject_type="Handover",
        subject_id=id_,
        lead_id=id_,
        agreement_id=id_,
        version_id=id_,
        calendar="office",
        clock=Clock.ELAPSED,
        severity=BreachSeverity.LOW,
        opened_at=START,
        warn_at=None,
        due_at=START,
        schedule=in_order(steps),
    )


MINUTES = st.integers(0, 200)


@given(st.lists(MINUTES, max_size=12), MINUTES, st.lists(MINUTES, max_size=8))
def test_each_step_is_taken_once_and_in_order_whenever_the_clock_looks(
    escalations: list[int], due: int, looks: list[int]
) -> None:
    """However often and however late the clock looks: what was due before a look is done at it, once, in order."""
    steps = [Step(START + timedelta(minutes=m), Act.ESCALATE, i) for i, m in enumerate(sorted(escalations))]
    steps.append(Step(START + timedelta(minutes=due), Act.BREACH))
    current, taken = obligation(steps), []
    for look in [*sorted(looks), 1000]:
        now = START + timedelta(minutes=look)
        for step, after in current.due_steps(now=now):
            current = after
            taken.append(step)
        assert [s for s in current.schedule if s.at < now] == taken
    assert taken == list(current.schedule)
    assert sorted(taken, key=lambda s: s.at) == taken
    assert [s.index for s in taken if s.act is Act.ESCALATE] == list(range(len(escalations)))
    assert current.state is ObligationState.BREACHED
