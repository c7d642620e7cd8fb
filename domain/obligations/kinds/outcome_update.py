"""News of a lead that sales works, in a rhythm: each update meets what is owed and begins the next stretch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.document.document import SlaDocument
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "outcome-update"
CALLS = frozenset({"call", "calls", "phone"})
"""The channels on which an activity of sales counts whoever began it."""


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, limit = context.handover, document.feedback.outcome_update_every
    if handover is None or limit is None or handover.worked_since is None:
        return
    begun, ended = handover.worked_since, handover.closed_at
    updates = [at for at in context.done(WORD) if at > begun and (ended is None or at <= ended)]
    for start, met_at in pairwise((begun, *updates)):
        yield ObligationSpec(start=start, limit=limit, instance_key=start.isoformat(), met_at=met_at)
    if ended is None:
        last = updates[-1] if updates else begun
        yield ObligationSpec(start=last, limit=limit, instance_key=last.isoformat())


def _counts(document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
    handover = context.handover
    if document.feedback.outcome_update_every is None or handover is None or handover.accepted_at is None:
        return None
    told = interaction.by_hand or (
        interaction.party is Party.SALES and (interaction.outbound or interaction.channel in CALLS)
    )
    return "" if told and interaction.at > handover.accepted_at else None


KIND = Kind(key=WORD, about=Subject.HANDOVER, party=Party.SALES, specs=_claims, counts=_counts)
