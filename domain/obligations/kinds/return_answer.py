"""Marketing's answer to a lead that sales returned."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.handovers.handover import HandoverState
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "return-answer"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, limit = context.handover, document.feedback.answer_return_within
    if handover is None or limit is None or handover.closed_at is None:
        return
    if handover.state is HandoverState.RETURNED and handover.return_reason is not None:
        yield ObligationSpec(start=handover.closed_at, limit=limit, met_at=handover.return_answered_at)


KIND = Kind(
    key=WORD,
    about=Subject.HANDOVER,
    party=Party.MARKETING,
    specs=_claims,
    pausable=False,
    met_by="answerReturn",
)
