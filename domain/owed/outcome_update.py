"""News of a lead that sales works, in a rhythm: each update meets what is owed and begins the next stretch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.document.document import SlaDocument
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

WORD = "outcome-update"
CALLS = frozenset({"call", "calls", "phone"})
"""The channels on which an activity of sales counts whoever began it."""


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    handover, limit = case.handover, document.feedback.outcome_update_every
    if handover is None or limit is None or handover.accepted_at is None:
        return
    begun, ended = handover.accepted_at, handover.closed_at
    updates = [at for at in case.done(WORD) if at > begun and (ended is None or at <= ended)]
    for start, met_at in pairwise((begun, *updates)):
        yield Claim(start=start, limit=limit, occasion=start.isoformat(), met_at=met_at)
    if ended is None:
        last = updates[-1] if updates else begun
        yield Claim(start=last, limit=limit, occasion=last.isoformat())


def _counts(document: SlaDocument, case: Case, touch: Touch) -> str | None:
    handover = case.handover
    if document.feedback.outcome_update_every is None or handover is None or handover.accepted_at is None:
        return None
    told = touch.by_hand or (touch.party is Party.SALES and (touch.outbound or touch.channel in CALLS))
    return "" if told and touch.at > handover.accepted_at else None


KIND = Kind(word=WORD, about=Subject.HANDOVER, party=Party.SALES, claims=_claims, counts=_counts)
