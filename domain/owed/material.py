"""Material by its day: owed until the day of publication is over; an item that stays as it is keeps its deadline."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.owed.days import end_of
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.party import Party

WORD = "material"


def _claims(document: SlaDocument, case: Case) -> Iterator[Claim]:
    if case.since is None:
        return
    for item in document.material:
        yield Claim(
            start=case.since,
            due_at=end_of(document, item.publish_on),
            occasion=f"{item.key} {item.publish_on.isoformat()} {item.owner.party.value}",
            party=item.owner.party,
            team=item.owner.team,
            assignee=item.owner.person,
        )


def confirmer_of(document: SlaDocument, occasion: str) -> str | None:
    """The person who confirms an item, where the document names one."""
    key = occasion.split(" ", maxsplit=1)[0]
    return next((item.confirmed_by for item in document.material if item.key == key), None)


KIND = Kind(word=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, claims=_claims, confirmed=True, itemized=True)
