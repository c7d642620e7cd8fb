"""Section 6: what marketing sends to leads that are not ready, and how it asks for the data a handover misses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.document.base import FieldName, Key, Keyed, KeyedPart, Label, Part, Period, Several, Text
from domain.document.conditions import Condition
from domain.document.sections.caps import FrequencyCap
from domain.document.sections.limits import TimeLimit
from domain.time.duration import Duration


class NurtureStep(Part):
    """A piece of content on a track."""

    content: Text
    """The content's name, as activities name it: an outbound activity of it tells that it was sent."""
    channel: Key
    """The channel it is sent on."""
    wait: Period | None = None
    """The time after the content before it, in elapsed time; of the first one, after the lead came or was returned."""


class NurtureTrack(KeyedPart):
    """The content for leads of one kind, in order; of several tracks the first that fits a lead counts."""

    label: Label
    """The name that people use."""
    personas: Several[Key] = ()
    """For which personas it is; empty for everybody."""
    buying_stages: Several[Key] = ()
    """For which buying stages it is: the lead is in a stage that answers one of them; empty for all."""
    stages: Several[Key] = ()
    """In which lead stages a lead is on it; empty for those of kind PROSPECT, QUALIFIED and RECYCLED."""
    when: Condition | None = None
    """The further condition for a lead to be on it."""
    leave_when: Condition | None = None
    """When a lead leaves it, whatever else holds."""
    steps: Annotated[Several[NurtureStep], Field(min_length=1)]
    """The pieces of content, in order."""


class TrackEntry(KeyedPart):
    """Where a lead that was returned for a reason enters; the key is the return reason's."""

    track: Key
    """The track it enters, ahead of those that fit it otherwise."""
    step: Annotated[int, Field(ge=1, le=1000)] = 1
    """The number of the step it begins with."""


class DataQuestion(Part):
    """The way marketing asks for a value that a handover misses."""

    field: FieldName
    """The field: the key of a lead's, account.KEY for the company's."""
    question: Label
    """The question."""
    content: Text | None = None
    """The content that asks it, such as a form."""
    channel: Key | None = None
    """The channel on which it is asked."""


class Nurturing(Part):
    """Nurturing of leads that are not ready."""

    start_within: TimeLimit | None = None
    """The time within which marketing starts after a lead was returned to be nurtured."""
    cap: FrequencyCap | None = None
    """The most contacts of a lead before the next content waits."""
    remembers: Period = Duration(days=365, seconds=0)
    """The time that content counts as sent; a lead may get it again afterwards."""
    tracks: Keyed[NurtureTrack] = ()
    """The tracks, in order."""
    returns: Keyed[TrackEntry] = ()
    """Where returned leads enter, by return reason."""
    questions: Several[DataQuestion] = ()
    """The questions for missing data, in the order they are asked: one at a time."""
