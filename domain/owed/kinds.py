"""The kinds of obligations there are. A new kind is a module that makes a `Kind`, and its line here."""

from __future__ import annotations

from domain.owed import (
    answer,
    first_contact,
    nurture_start,
    outcome_update,
    return_answer,
    stage_time,
    won_lost_reason,
)
from domain.owed.kind import KindTable

KINDS = KindTable(
    (
        answer.KIND,
        first_contact.KIND,
        outcome_update.KIND,
        won_lost_reason.KIND,
        return_answer.KIND,
        nurture_start.KIND,
        stage_time.KIND,
    )
)
