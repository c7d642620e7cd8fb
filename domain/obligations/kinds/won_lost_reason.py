"""Sales' reason for a lead won or lost; a move, or a word at the same stage, that gives one meets it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.sections.journey import StageKind
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party

WORD = "won-lost-reason"
OUTCOMES = frozenset({StageKind.WON, StageKind.LOST})
"""The kinds of stages whose reason is owed."""


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    handover, limit = context.handover, document.feedback.won_lost_reason_within
    if handover is None or limit is None or handover.closed_at is None or handover.outcome not in OUTCOMES:
        return
    since = handover.worked_since
    given = next((at for at in context.done(WORD) if since is None or not handover.reopenings or at > since), None)
    again = f"end-{handover.reopenings + 1}" if handover.reopenings else ""
    yield ObligationSpec(start=handover.closed_at, limit=limit, instance_key=again, met_at=given)


def _counts(_document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
    handover = context.handover
    if handover is None or interaction.to_stage is None or not (interaction.reason or "").strip():
        return None
    return "" if interaction.to_stage.kind in OUTCOMES and handover.outcome is interaction.to_stage.kind else None


KIND = Kind(
    key=WORD,
    about=Subject.HANDOVER,
    party=Party.SALES,
    specs=_claims,
    counts=_counts,
    pausable=False,
    met_by="moveLead",
)
