"""Section 10: what sales owes marketing after the handover, and back; and when both sit down together."""

from __future__ import annotations

from domain.document.base import Key, Keyed, KeyedPart, Label, Part, Person, Several, TeamKey
from domain.document.sections.limits import TimeLimit
from domain.document.sections.owners import Owner
from domain.document.sections.rhythm import Rhythm


class AgendaItem(KeyedPart):
    """The topic in a meeting."""

    label: Label
    """The name that people use."""


class Meeting(KeyedPart):
    """A standing meeting, such as the monthly review; what is decided there becomes measures with owner and date."""

    label: Label
    """The name that people use."""
    rhythm: Rhythm
    """When it takes place."""
    calendar: Key | None = None
    """The calendar by which its days are found; absent for the default one."""
    owner: Owner
    """Who calls it and records that it took place."""
    teams: Several[TeamKey] = ()
    """The teams that take part."""
    people: Several[Person] = ()
    """The people who take part."""
    agenda: Keyed[AgendaItem] = ()
    """The topics, in order."""


class Feedback(Part):
    """Feedback obligations."""

    outcome_update_every: TimeLimit | None = None
    """The rhythm of outcome updates while a lead is worked."""
    won_lost_reason_within: TimeLimit | None = None
    """The time within which the reason for won or lost is given."""
    answer_return_within: TimeLimit | None = None
    """The time within which marketing answers a returned lead."""
    meetings: Keyed[Meeting] = ()
    """The standing meetings of both parties."""
