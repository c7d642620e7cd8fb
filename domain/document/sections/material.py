"""Section 9: the material that one party owes the other, each item with its day."""

from __future__ import annotations

from domain.document.base import Day, Key, KeyedPart, Label, Person, Several, Text
from domain.document.sections.owners import Owner


class MaterialItem(KeyedPart):
    """A piece of content that is owed by a day: a case study by marketing, a reference story by sales."""

    label: Label
    """The name that people use."""
    topic: Label | None = None
    """The subject."""
    persona: Key | None = None
    """The persona it is for."""
    buying_stage: Key | None = None
    """The buying stage it is for."""
    publish_on: Day
    """The day by whose end it is published, in the time zone of the default calendar."""
    placements: Several[Text] = ()
    """Where it is placed, such as a page, a magazine or a trade fair."""
    channels: Several[Key] = ()
    """The channels over which it goes out."""
    goal: Label | None = None
    """Its goal."""
    call_to_action: Label | None = None
    """The wish to its readers."""
    owner: Owner
    """Who owes it: marketing as a rule; sales where marketing needs something of sales."""
    confirmed_by: Person | None = None
    """The person who confirms that it is there; absent for anybody of the party that is owed."""
