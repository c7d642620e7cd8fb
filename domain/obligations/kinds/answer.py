"""Sales' answer to a handover: the handover's own clock, and a personal one for each assignment.

The clock of the whole runs from the offer, that of a person from the assignment with the full limit; where both begin
at the same instant they are one.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "answer"
WHOLE = "whole"
"""The occasion of the handover's own clock."""


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, section = context.handover, document.handover
    if handover is None or (handover.closed_at is not None and handover.answered_at is None):
        return
    yield ObligationSpec(
        start=handover.offered_at,
        limit=section.answer_limit(handover.trigger),
        instance_key=WHOLE,
        met_at=handover.answered_at,
        escalation=section.escalation,
    )
    if handover.assigned_at is not None and handover.assigned_at > handover.offered_at:
        turn = f"turn-{handover.turns}"
        if handover.answered_at is None or handover.assigned_at <= handover.answered_at:
            yield ObligationSpec(
                start=handover.assigned_at,
                limit=section.answer_limit(handover.trigger),
                instance_key=turn,
                met_at=handover.answered_at,
                escalation=(),
            )


KIND = Kind(
    key=WORD,
    about=Subject.HANDOVER,
    party=Party.SALES,
    specs=_claims,
    met_by="acceptHandover or returnHandover",
)
