"""Section 10: what sales owes marketing after the handover, and back."""

from __future__ import annotations

from domain.document.base import Part
from domain.document.limits import TimeLimit


class Feedback(Part):
    """Feedback obligations."""

    outcome_update_every: TimeLimit | None = None
    """The rhythm of outcome updates while a lead is worked."""
    won_lost_reason_within: TimeLimit | None = None
    """How fast the reason for won or lost is given."""
    answer_return_within: TimeLimit | None = None
    """How fast marketing answers a returned lead."""
