"""Material by its day: owed until the day of publication is over; an item that stays as it is keeps its deadline."""

from __future__ import annotations

from collections.abc import Iterator

from domain.document.document import SlaDocument
from domain.obligations.days import end_of
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.words.keys import ItemOfParty, item_in

WORD = "material"


def _claims(document: SlaDocument, context: ObligationContext) -> Iterator[ObligationSpec]:
    if context.since is None:
        return
    for item in document.material:
        yield ObligationSpec(
            start=context.since,
            due_at=end_of(document, item.publish_on),
            instance_key=ItemOfParty(item.key, item.publish_on, item.owner.party.value).text,
            party=item.owner.party,
            team=item.owner.team,
            assignee=item.owner.person,
        )


def confirmer_of(document: SlaDocument, instance_key: str) -> str | None:
    """The person who confirms an item, where the document names one."""
    key = item_in(instance_key)
    return next((item.confirmed_by for item in document.material if item.key == key), None)


KIND = Kind(key=WORD, about=Subject.AGREEMENT, party=Party.MARKETING, specs=_claims, confirmed=True, itemized=True)
