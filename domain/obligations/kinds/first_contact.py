"""Sales' first contact with a lead that it accepted; any contact by sales since the offer meets it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "first-contact"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover = context.handover
    limit = document.handover.contact_limit(handover.trigger) if handover else None
    if handover is None or limit is None or handover.worked_since is None:
        return
    if handover.closed_at is None or handover.contacted_at is not None:
        yield ObligationSpec(start=handover.worked_since, limit=limit, met_at=handover.contacted_at)


KIND = Kind(key=WORD, about=Subject.HANDOVER, party=Party.SALES, specs=_claims)
