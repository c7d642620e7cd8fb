"""What leads said about being contacted, as judgements see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.books import Book
from domain.contact import Consent
from domain.contact_vocabulary import ContactVocabulary
from domain.facts import FUTURE_TOLERANCE, GivenConsent
from domain.party import Party
from persistence import contact
from rules.standing import REST, Standing

if TYPE_CHECKING:
    from application.desk import Desk

Given = Mapping[tuple[str, str], GivenConsent]


def given_consents(consents: Sequence[Consent], words: ContactVocabulary, book: Book, *, now: datetime) -> Given:
    """What stands by a moment of what a lead said, by purpose and channel as a version writes them.

    That it wants no contact by marketing on a channel, whatever for, is told of the purpose REST.
    """
    if not consents:
        return {}
    rules = book.document.contact
    standing = Standing(consents, words, rules, at=now + FUTURE_TOLERANCE)
    found: dict[tuple[str, str], GivenConsent] = {}
    for channel in book.channels:
        key = words.channel(channel) or channel
        for rule in rules.consents:
            last = standing.last(rule.key, key)
            if last is not None:
                found[rule.key, channel] = GivenConsent(last.granted, last.expires_at)
        asked = {rule.key for rule in rules.consents}
        if any(purpose not in asked for purpose in standing.withdrawn(key, Party.MARKETING, rules.consents)):
            found[REST, channel] = GivenConsent(granted=False)
    return found


async def consents_of(desk: Desk, lead_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Consent]]:
    """All that leads said, where an active version asks for it."""
    if not desk.active.consents_needed:
        return {}
    return await contact.consents(desk.work.connection, lead_ids)
