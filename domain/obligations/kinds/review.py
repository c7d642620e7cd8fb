"""A look at the agreement by its review date, owed by the person accountable; a newer version in force is one."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.days import end_of
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.words.keys import DaySince

WORD = "review"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if context.since is None:
        return
    present = None
    if document.review_on is not None:
        present = DaySince(document.review_on, context.since).text
        due_at = end_of(document, document.review_on)
        yield ObligationSpec(start=context.since, due_at=due_at, instance_key=present, assignee=document.accountable)
    for standing in context.standing:
        if standing.kind == WORD and standing.instance_key != present and standing.opened_at < context.since:
            yield ObligationSpec(
                start=standing.opened_at,
                due_at=standing.due_at or context.since,
                instance_key=standing.instance_key,
                met_at=context.since,
            )


KIND = Kind(key=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, specs=_claims)
