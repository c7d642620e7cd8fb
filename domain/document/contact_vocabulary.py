"""The words for channels and purposes that agreements know: a closed list, in every spelling [S1.6]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.document.document import SlaDocument
from domain.document.sections.channels import EVERYTHING, named_channels
from domain.words.spelling import spelled


class ContactVocabulary:
    """The channels and purposes of some documents together; a word and its other spellings are one."""

    def __init__(self, documents: Iterable[SlaDocument]) -> None:
        known = list(documents)
        defined = [(c.key, *c.aliases) for document in known for c in document.channels]
        named = [(word,) for document in known for word in named_channels(document)]
        rules = [(rule.key,) for document in known for rule in document.contact.consents]
        self._channels = _keys([*defined, *named])
        self._purposes = _keys(rules)
        self.channels: tuple[str, ...] = tuple(dict.fromkeys(self._channels.values()))
        """The keys of the channels."""
        self.purposes: tuple[str, ...] = tuple(dict.fromkeys(self._purposes.values()))
        """The keys of the purposes; without any, every purpose is taken."""

    def channel(self, told: str) -> str | None:
        """The key of a channel in any spelling; None where no document knows it."""
        return self._channels.get(spelled(told))

    def purpose(self, told: str) -> str | None:
        """The key of a purpose in any spelling; None where none of the documents knows it."""
        word = spelled(told)
        if self._purposes:
            return self._purposes.get(word)
        return word if word not in {"", EVERYTHING} else None


def _keys(words: Iterable[Sequence[str]]) -> dict[str, str]:
    """The key of each spelling; words that share a spelling are one, under the key that came first."""
    keys: dict[str, str] = {}
    for key, *others in words:
        spellings = {spelled(word) for word in (key, *others)} - {"", EVERYTHING}
        met = {keys[one] for one in spellings if one in keys}
        first = next((known for known in keys.values() if known in met), key)
        for spelling, known in keys.items():
            if known in met:
                keys[spelling] = first
        keys |= dict.fromkeys(sorted(spellings), first)
    return keys
