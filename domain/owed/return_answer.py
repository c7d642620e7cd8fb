"""Marketing's answer to a lead that sales returned."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.handover import HandoverState
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.party import Party

WORD = "return-answer"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    handover, limit = case.handover, document.feedback.answer_return_within
    if handover is None or limit is None or handover.closed_at is None:
        return
    if handover.state is HandoverState.RETURNED and handover.return_reason is not None:
        yield Claim(start=handover.closed_at, limit=limit, met_at=handover.return_answered_at)


KIND = Kind(
    word=WORD,
    about=Subject.HANDOVER,
    party=Party.MARKETING,
    claims=_claims,
    pausable=False,
    met_by="answerReturn",
)
