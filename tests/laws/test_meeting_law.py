"""The set of open meetings is a function of version and facts: it does not depend on when somebody looks [S3.3]."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.document.document import SlaDocument
from domain.obligations.kind import ObligationContext, OpenObligation, SettledObligation, Subject
from domain.obligations.kinds import meeting
from tests.domain.document_samples import document

SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGREEMENT = UUID(int=1)
OURS = {"party": "MARKETING", "person": "anna.berg"}
RHYTHMS = [
    {"every": "WEEK", "weekday": "MON"},
    {"every": "WEEK", "weekday": "WED", "beginsAt": "10:00"},
    {"every": "MONTH", "workingDay": 1},
]


def agreed(rhythm: dict[str, object]) -> SlaDocument:
    """A document with one meeting."""
    return document(feedback={"meetings": {"m": {"label": "M", "rhythm": rhythm, "owner": OURS, "people": ["x"]}}})


def looked(
    sla: SlaDocument, now: datetime, standing: dict[str, datetime | None], held: frozenset[str]
) -> dict[str, datetime | None]:
    """What stands open after somebody looked."""
    context = ObligationContext(
        Subject.AGREEMENT,
        AGREEMENT,
        now,
        since=SINCE,
        standing=tuple(OpenObligation(meeting.WORD, one, SINCE, due) for one, due in standing.items()),
        settled=tuple(SettledObligation(meeting.WORD, one, now) for one in held),
    )
    specs = meeting.KIND.specs(sla, context)
    return {spec.instance_key: spec.due_at for spec in specs if spec.instance_key not in held}


@given(
    st.sampled_from(RHYTHMS),
    st.lists(st.integers(1, 24 * 90), min_size=1, max_size=8, unique=True),
    st.sets(st.integers(0, 7)),
)
def test_looking_often_or_once_comes_to_the_same(rhythm: dict[str, object], hours: list[int], holds: set[int]) -> None:
    """Whoever looks after every step finds open what somebody finds who looks at the end only."""
    sla = agreed(rhythm)
    standing, held = looked(sla, SINCE, {}, frozenset()), frozenset[str]()
    for step, hour in enumerate(sorted(hours)):
        now = SINCE + timedelta(hours=hour)
        standing = looked(sla, now, standing, held)
        if step in holds:
            held |= {min(standing, key=lambda one: (standing[one] or now, one))}
            standing = looked(sla, now, {one: due for one, due in standing.items() if one not in held}, held)
    end = SINCE + timedelta(hours=max(hours))
    missed = {one: due for one, due in standing.items() if due is not None and due <= end}
    assert len(standing) == len(missed) + 1
    if not holds:
        assert looked(sla, end, looked(sla, SINCE, {}, frozenset()), frozenset()) == standing
        assert looked(sla, end, {}, frozenset()) == standing
