"""How long a lead may stay at a stage, owed by the party that owns the stage; leaving forward meets it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.lead import Lead
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

WORD = "stage-time"


def _occasion(lead: Lead) -> str:
    return f"{lead.stage} {lead.stage_clock_from.isoformat() if lead.stage_clock_from else ''}"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    lead = case.lead
    stage = document.journey.stage(lead.stage) if lead else None
    if lead is None or stage is None or stage.time_limit is None or lead.stage_clock_from is None:
        return
    mine = case.handover if stage.owner is Party.SALES else None
    yield Claim(
        start=lead.stage_clock_from,
        limit=stage.time_limit,
        occasion=_occasion(lead),
        party=stage.owner,
        team=mine.team if mine else stage.team,
        assignee=mine.assignee if mine else None,
    )


def _counts(_document: SlaDocument, case: Case, touch: Touch) -> str | None:
    return _occasion(case.lead) if case.lead is not None and touch.forward else None


KIND = Kind(word=WORD, about=Subject.LEAD, party=Party.SALES, claims=_claims, counts=_counts, met_by="moveLead")
