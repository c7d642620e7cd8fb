"""Sales' attempts to reach a lead that it accepted; a contact or an outcome meets them too."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "attempts"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, needed = context.handover, document.handover.attempts
    if handover is None or needed is None or handover.worked_since is None:
        return
    ended = handover.closed_at if handover.outcome is not None else None
    done = [at for at in (handover.attempted_enough_at, handover.contacted_at, ended) if at is not None]
    if done or handover.closed_at is None:
        met_at = min(done, default=None)
        yield ObligationSpec(start=handover.worked_since, limit=needed.within, met_at=met_at)


KIND = Kind(key=WORD, about=Subject.HANDOVER, party=Party.SALES, specs=_claims)
