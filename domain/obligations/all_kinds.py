"""The kinds of obligations there are. A new kind is a module that makes a `Kind`, and its line here."""

from __future__ import annotations

from domain.obligations.kind import KindTable
from domain.obligations.kinds import (
    answer,
    attempts,
    case_study,
    first_contact,
    material,
    measure,
    meeting,
    nurture_start,
    outcome_update,
    return_answer,
    review,
    sign_answers,
    stage_time,
    sync,
    takeover,
    touchpoint,
    won_lost_reason,
)
from domain.words.keys import item_in

KINDS = KindTable(
    (
        answer.KIND,
        first_contact.KIND,
        attempts.KIND,
        takeover.KIND,
        outcome_update.KIND,
        won_lost_reason.KIND,
        return_answer.KIND,
        nurture_start.KIND,
        stage_time.KIND,
        material.KIND,
        measure.KIND,
        meeting.KIND,
        review.KIND,
        sync.KIND,
        touchpoint.KIND,
        case_study.KIND,
        sign_answers.OFFER,
        sign_answers.PROMPT_CONTACT,
    )
)


ITEMIZED = frozenset(kind.key for kind in KINDS if kind.itemized)
"""The kinds that are about items of the document."""
CONFIRMED = frozenset(kind.key for kind in KINDS if kind.confirmed)
"""The kinds of which the party that is owed says that they were done."""
MET_BY = {kind.key: kind.met_by for kind in KINDS if kind.met_by is not None}
"""The operations by which alone some kinds are met, by the word of the kind."""


def item_of(key: str, instance_key: str) -> str | None:
    """The key of the document's item that an obligation is about, where it is about one."""
    return item_in(instance_key) if key in ITEMIZED else None
