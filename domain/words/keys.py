"""Keys of more than one part: written as one text to be stored, and read again, here and nowhere else.

The parts stand in order with blanks between them; no key of a document holds a blank, only the last part may.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class ItemSince(NamedTuple):
    """An item of the document and the moment since when something about it is so: a sign, a stage, a system behind."""

    item: str
    since: datetime

    @property
    def text(self) -> str:
        """Return the stored form."""
        return f"{self.item} {self.since.isoformat()}"

    @classmethod
    def read(cls, text: str) -> ItemSince:
        """Return the key of a stored form."""
        item, since = text.split(" ")
        return cls(item, datetime.fromisoformat(since))


class ItemOn(NamedTuple):
    """An item of the document and a day: an occurrence of a meeting."""

    item: str
    day: date

    @property
    def text(self) -> str:
        """Return the stored form."""
        return f"{self.item} {self.day.isoformat()}"

    @classmethod
    def read(cls, text: str) -> ItemOn:
        """Return the key of a stored form."""
        item, day = text.split(" ")
        return cls(item, date.fromisoformat(day))


class DaySince(NamedTuple):
    """A day of the document and since when it stands there: the review of an agreement."""

    day: date
    since: datetime

    @property
    def text(self) -> str:
        """Return the stored form."""
        return f"{self.day.isoformat()} {self.since.isoformat()}"

    @classmethod
    def read(cls, text: str) -> DaySince:
        """Return the key of a stored form."""
        day, since = text.split(" ")
        return cls(date.fromisoformat(day), datetime.fromisoformat(since))


class ItemOfParty(NamedTuple):
    """An item of the document, its day and the party that owes it; what a meeting decided on has words of its own."""

    item: str
    day: date
    party: str
    label: str = ""

    @property
    def text(self) -> str:
        """Return the stored form."""
        return f"{self.item} {self.day.isoformat()} {self.party} {self.label}".rstrip()

    @classmethod
    def read(cls, text: str) -> ItemOfParty:
        """Return the key of a stored form."""
        item, day, party, *label = text.split(" ", 3)
        return cls(item, date.fromisoformat(day), party, *label)


class PartyDid(NamedTuple):
    """A party and the type of activity with which it turned to a customer."""

    party: str
    activity: str

    @property
    def text(self) -> str:
        """Return the stored form."""
        return f"{self.party} {self.activity}"

    @classmethod
    def read(cls, text: str) -> PartyDid:
        """Return the key of a stored form."""
        party, activity = text.split(" ")
        return cls(party, activity)


def item_in(text: str) -> str:
    """Return the item of the document that the stored form of a key begins with."""
    return text.split(" ", maxsplit=1)[0]
