"""Marketing's first content for a lead that sales returned to be nurtured, as long as it is not offered again."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.handover import Destination
from domain.handover import HandoverState
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

WORD = "nurture-start"


def _returned_to_be_nurtured(document: SlaDocument, case: Case) -> bool:
    handover = case.handover
    if handover is None or handover.state is not HandoverState.RETURNED:
        return False
    reason = next((r for r in document.handover.return_reasons if r.key == handover.return_reason), None)
    return reason is not None and reason.destination is Destination.NURTURE


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    handover, limit = case.handover, document.nurturing.start_within
    if handover is None or handover.closed_at is None or limit is None:
        return
    if _returned_to_be_nurtured(document, case):
        started = case.first_done(WORD, since=handover.closed_at)
        if started is not None or not case.offered_again:
            yield Claim(start=handover.closed_at, limit=limit, met_at=started)


def _counts(document: SlaDocument, case: Case, touch: Touch) -> str | None:
    handover = case.handover
    sent = touch.activity is not None and touch.outbound and touch.party is Party.MARKETING
    if not sent or handover is None or handover.closed_at is None or touch.at < handover.closed_at:
        return None
    return "" if document.nurturing.start_within and _returned_to_be_nurtured(document, case) else None


KIND = Kind(word=WORD, about=Subject.HANDOVER, party=Party.MARKETING, claims=_claims, counts=_counts, pausable=False)
