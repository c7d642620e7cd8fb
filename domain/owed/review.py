"""A look at the agreement by its review date, owed by the person accountable; a newer version in force is one."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.owed.days import end_of
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.party import Party

WORD = "review"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if case.since is None:
        return
    present = None
    if document.review_on is not None:
        present = f"{document.review_on.isoformat()} {case.since.isoformat()}"
        due_at = end_of(document, document.review_on)
        yield Claim(start=case.since, due_at=due_at, occasion=present, assignee=document.accountable)
    for standing in case.standing:
        if standing.kind == WORD and standing.occasion != present and standing.opened_at < case.since:
            yield Claim(
                start=standing.opened_at,
                due_at=standing.due_at or case.since,
                occasion=standing.occasion,
                met_at=case.since,
            )


KIND = Kind(word=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, claims=_claims)
