"""The longest time that a lead may stay at a stage, owed by the party that owns the stage; leaving forward meets it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.kind import Interaction, Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.words.keys import ItemSince

WORD = "stage-time"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    lead = context.lead
    stage = document.journey.stage(lead.stage) if lead else None
    if lead is None or stage is None or stage.time_limit is None or lead.stage_clock_from is None:
        return
    mine = context.handover if stage.owner is Party.SALES else None
    yield ObligationSpec(
        start=lead.stage_clock_from,
        limit=stage.time_limit,
        instance_key=ItemSince(stage.key, lead.stage_clock_from).text,
        party=stage.owner,
        team=mine.team if mine else stage.team,
        assignee=mine.assignee if mine else None,
    )


def _counts(_document: SlaDocument, context: ObligationContext, interaction: Interaction) -> str | None:
    lead = context.lead
    if lead is None or lead.stage_clock_from is None or not interaction.forward:
        return None
    return ItemSince(lead.stage, lead.stage_clock_from).text


KIND = Kind(key=WORD, about=Subject.LEAD, party=Party.SALES, specs=_claims, counts=_counts, met_by="moveLead")
