"""A trigger may have limits of its own for the answer and for the first contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.document.document import SlaDocument
from domain.handovers.handover import Handover, HandoverState
from domain.obligations.kind import ObligationContext, Subject
from domain.obligations.plan import owed
from tests.domain.document_samples import document

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
HANDOVER = Handover(
    id=UUID(int=1),
    lead_id=UUID(int=2),
    agreement_id=UUID(int=3),
    version_id=UUID(int=4),
    decision_id=UUID(int=5),
    state=HandoverState.OFFERED,
    round=1,
    trigger="hot",
    priority=0,
    hand_raiser=False,
    grade="A1",
    team=None,
    assignee=None,
    visible_to=(),
    qualified_at=BEGIN,
    offered_at=BEGIN,
)
DOCUMENT = document(
    handover__answerWithin={"duration": "PT8H"},
    handover__contactWithin={"duration": "PT16H"},
    handover__triggers__asks={
        "label": "Asks",
        "when": {"field": "email", "op": "exists"},
        "answerWithin": {"duration": "PT1H"},
        "contactWithin": {"duration": "PT2H"},
    },
    handover__triggers__fast={
        "label": "Fast",
        "when": {"field": "email", "op": "exists"},
        "answerWithin": {"duration": "PT3H"},
    },
)


def hours(of: SlaDocument, trigger: str) -> dict[str, float]:
    """How many hours the answer and the first contact of a handover by a trigger may take."""
    handover = replace(HANDOVER, trigger=trigger, accepted_at=BEGIN)
    required = owed(of, ObligationContext(Subject.HANDOVER, HANDOVER.id, BEGIN, handover=handover))
    limits = {one.kind.key: one.spec.limit for one in required}
    return {
        key: limit.duration.elapsed.total_seconds() / 3600
        for key in ("answer", "first-contact")
        if (limit := limits.get(key)) is not None
    }


@pytest.mark.parametrize(
    ("trigger", "answer", "contact"), [("asks", 1, 2), ("fast", 3, 16), ("hot", 8, 16), ("gone", 8, 16)]
)
def test_the_limits_of_the_trigger_come_before_those_of_the_section(trigger: str, answer: int, contact: int) -> None:
    """A trigger without limits, and one that the version does not know, has those of the section."""
    assert hours(DOCUMENT, trigger) == {"answer": answer, "first-contact": contact}
