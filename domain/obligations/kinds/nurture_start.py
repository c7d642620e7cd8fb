"""Marketing's first content for a lead that sales returned to be nurtured, as long as it is not offered again."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.sections.handover import Destination
from domain.handovers.handover import HandoverState
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "nurture-start"


def _returned_to_be_nurtured(document: SlaDocument, context: ObligationContext) -> bool:
    handover = context.handover
    if handover is None or handover.state is not HandoverState.RETURNED:
        return False
    reason = next((r for r in document.handover.return_reasons if r.key == handover.return_reason), None)
    return reason is not None and reason.destination is Destination.NURTURE


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, limit = context.handover, document.nurturing.start_within
    if handover is None or handover.closed_at is None or limit is None:
        return
    if _returned_to_be_nurtured(document, context):
        started = context.first_done(WORD, since=handover.closed_at)
        if started is not None or not context.offered_again:
            yield ObligationSpec(start=handover.closed_at, limit=limit, met_at=started)


def _counts(document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
    handover = context.handover
    sent = interaction.activity is not None and interaction.outbound and interaction.party is Party.MARKETING
    if not sent or handover is None or handover.closed_at is None or interaction.at < handover.closed_at:
        return None
    return "" if document.nurturing.start_within and _returned_to_be_nurtured(document, context) else None


KIND = Kind(key=WORD, about=Subject.HANDOVER, party=Party.MARKETING, specs=_claims, counts=_counts, pausable=False)
