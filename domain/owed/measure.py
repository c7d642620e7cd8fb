"""Measures with an owner and a day: those that bring leads into a stage."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.owed.days import end_of
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.party import Party

WORD = "measure"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if case.since is None:
        return
    for measure in [measure for stage in document.journey.stages for measure in stage.measures]:
        if measure.due_on is not None:
            yield Claim(
                start=case.since,
                due_at=end_of(document, measure.due_on),
                occasion=f"{measure.key} {measure.due_on.isoformat()} {measure.owner.party.value}",
                party=measure.owner.party,
                team=measure.owner.team,
                assignee=measure.owner.person,
            )


KIND = Kind(word=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, claims=_claims, itemized=True)
