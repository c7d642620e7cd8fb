"""Somebody takes over what a person had who left; the leader of the team owes that it is given to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "takeover"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover = context.handover
    if handover is None or handover.unattended_since is None:
        return
    if handover.closed_at is None or handover.taken_over_at is not None:
        yield ObligationSpec(
            start=handover.unattended_since,
            limit=document.handover.take_over_within,
            instance_key=handover.unattended_since.isoformat(),
            met_at=handover.taken_over_at,
            team=handover.team,
            assignee=handover.takeover_by,
        )


KIND = Kind(
    key=WORD, about=Subject.HANDOVER, party=Party.SALES, specs=_claims, met_by="reassignHandover or reassignWork"
)
