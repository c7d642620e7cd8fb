"""Section 4: buyer personas and customer segments, and the part of the journey that a segment's leads take."""

from __future__ import annotations

from domain.document.base import Key, KeyedPart, Label, Several
from domain.document.conditions import Condition
from domain.document.sections.journey import Journey


class Persona(KeyedPart):
    """A kind of buyer: what a purchasing manager wants to know is not what a production manager wants to know."""

    label: Label
    """The name that people use."""
    when: Condition
    """Who it is, by fields of the lead and of its account; of several personas the first that holds counts."""


class Segment(KeyedPart):
    """A group of customers, with a journey of its own where it takes another way."""

    label: Label
    """The name that people use."""
    when: Condition
    """Who belongs to it, by fields of the lead and of its account; of several segments the first that holds counts."""
    journey: Several[Key] = ()
    """The stages its leads go through, of those that the journey defines; empty for all of them."""


def journey_of(segment: Segment, journey: Journey) -> Journey:
    """The journey of a segment: its stages, and of their transitions those that stay among them."""
    own = frozenset(segment.journey)
    stages = tuple(
        stage.model_copy(update={"next": tuple(key for key in stage.next if key in own)})
        for stage in journey.stages
        if stage.key in own
    )
    return journey.model_copy(update={"stages": stages}) if stages else journey
