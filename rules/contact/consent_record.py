"""The words on consent that stand; whatever is not understood counts as a no [S1.6]."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.sections.channels import EVERYTHING
from domain.document.sections.contact import ConsentRule, ContactSection
from domain.leads.contact import Consent
from domain.party import Party
from domain.words.spelling import spelled

REST = EVERYTHING
"""Stands for every purpose that nobody named."""


class ConsentRecord:
    """The word of a lead that stands at a moment, by purpose and channel.

    The newest word counts, and of one moment the withdrawal. A withdrawal of everything, or under a word that nobody
    knows any more, is one of every purpose, or of every channel; a consent under such a word is none.
    """

    def __init__(
        self, consents: Iterable[Consent], words: ContactVocabulary, rules: ContactSection, *, at: datetime
    ) -> None:
        self._words = words
        self._own = {spelled(rule.key): rule.key for rule in rules.consents}
        self._last: dict[tuple[str, str], Consent] = {}
        for said in sorted(consents, key=_order):
            if said.at <= at:
                self._last[self._purpose(said.purpose), self._channel(said.channel)] = said
        self._every = [
            (purpose if self._knows(purpose) else EVERYTHING, channel if self._is_channel(channel) else EVERYTHING, one)
            for (purpose, channel), one in self._last.items()
            if not one.granted and not (self._knows(purpose) and self._is_channel(channel))
        ]

    def last(self, purpose: str, channel: str) -> Consent | None:
        """Return what was said last of a purpose on a channel, by its key; what was said of all purposes included."""
        return self._newest({self._purpose(purpose), EVERYTHING}, channel)

    def _newest(self, purposes: Collection[str], channel: str) -> Consent | None:
        exact = [one for purpose in purposes if (one := self._last.get((purpose, channel)))]
        wide = [one for of, on, one in self._every if of in purposes and on in (channel, EVERYTHING)]
        return max([*wide, *exact], key=_order, default=None)

    def withdrawn(self, channel: str, party: Party, rules: Collection[ConsentRule]) -> Iterator[str]:
        """The purposes to which a lead said no on a channel, but those that are asked of the other party alone.

        A no to everything stands until a consent to anything is newer: it then binds the other purposes no more than if
        they had never been spoken of.
        """
        mine = {self._purpose(rule.key): rule.key for rule in rules if rule.party in (None, party)}
        others = {self._purpose(rule.key) for rule in rules} - mine.keys()
        for purpose in (*mine, *sorted(self._named_on(channel) - others - mine.keys())):
            last = self._newest({purpose}, channel)
            if last is not None and not last.granted:
                yield mine.get(purpose, last.purpose)
        everything = self._newest({EVERYTHING}, channel)
        said = (one for (of, on), one in self._last.items() if on == channel and self._knows(of) and of not in others)
        if everything is not None and not any(one.granted and _order(one) > _order(everything) for one in said):
            yield REST

    def _named_on(self, channel: str) -> set[str]:
        """The purposes of which something was said on a channel, or on all."""
        said = {purpose for purpose, on in self._last if on == channel and self._knows(purpose)}
        return said | {of for of, on, _ in self._every if of != EVERYTHING and on in (channel, EVERYTHING)}

    def _purpose(self, told: str) -> str:
        return self._words.purpose(told) or self._own.get(spelled(told)) or spelled(told)

    def _channel(self, told: str) -> str:
        return self._words.channel(told) or spelled(told)

    def _knows(self, purpose: str) -> bool:
        return self._words.purpose(purpose) is not None or spelled(purpose) in self._own

    def _is_channel(self, channel: str) -> bool:
        return self._words.channel(channel) is not None


def _order(said: Consent) -> tuple[datetime, bool, datetime, str]:
    """The order in which what was said counts: the newest last, and of one moment the withdrawal."""
    return said.at, not said.granted, said.recorded_at, str(said.id)
