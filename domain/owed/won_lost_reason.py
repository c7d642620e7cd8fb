"""Sales' reason for a lead won or lost; a move, or a word at the same stage, that gives one meets it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.document.journey import StageKind
from domain.owed.kind import Case, Claim, Kind, Subject, Touch
from domain.party import Party

WORD = "won-lost-reason"
OUTCOMES = frozenset({StageKind.WON, StageKind.LOST})
"""The kinds of stages whose reason is owed."""


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    handover, limit = case.handover, document.feedback.won_lost_reason_within
    if handover is None or limit is None or handover.closed_at is None or handover.outcome not in OUTCOMES:
        return
    given = next(iter(case.done(WORD)), None)
    yield Claim(start=handover.closed_at, limit=limit, met_at=given)


def _counts(_document: SlaDocument, case: Case, touch: Touch) -> str | None:
    handover = case.handover
    if handover is None or touch.to_stage is None or not (touch.reason or "").strip():
        return None
    return "" if touch.to_stage.kind in OUTCOMES and handover.outcome is touch.to_stage.kind else None


KIND = Kind(
    word=WORD,
    about=Subject.HANDOVER,
    party=Party.SALES,
    claims=_claims,
    counts=_counts,
    pausable=False,
    met_by="moveLead",
)
