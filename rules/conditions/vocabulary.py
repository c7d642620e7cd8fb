"""The names a condition may use, with their types, and where it may use them.

Fields of the lead and of its account may be used everywhere. Beyond them:

- in a signal, and in the rule when an activity is a contact: `activity.KEY` of its activity type, and
  `activity.channel`, `activity.campaign`, `activity.content`;
- in signals, exclusions, triggers, stage entries, nurture tracks and signs in customers: `activities.TYPE`, how many
  activities of that type the last 90 days saw, and `activities.TYPE.count`, `.lastDays` and `.distinct.ATTRIBUTE`,
  within a time and where a condition over `activity.KEY` holds; `*` stands for every type;
- in exclusions, triggers, stage entries, tracks and routes: `buyingCentre.size`, how many leads the account has with
  this one, and `buyingCentre.bestFit` and `buyingCentre.bestGrade`, the best that the other leads of the account have;
- in triggers, stage entries, tracks and routes: `fit.points`, `fit.percent`, `fit.band`, `interest.points`,
  `interest.band`, `grade` and `stage`;
- everywhere but in scope, personas and segments themselves: `persona` and `segment`, who the lead is, where the
  document has such a section and no field of that name.

Scope, personas and segments speak of fields only; fit bands of fields, persona and segment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.sections.fields import ActivityType, FieldOf, FieldType, Typed
from rules.conditions.aggregates import ANY, COUNT_WINDOW, Aggregate, Measure

__all__ = ["ALLOWED", "COMMON", "COUNT_WINDOW", "Origin", "Place", "Subject", "Vocabulary", "vocabulary_of"]

SCORE_SCALE = 2
"""Decimals of points and percentages."""


class Place(StrEnum):
    """Where a condition stands."""

    SCOPE = "SCOPE"
    """Which leads the agreement governs."""
    FIT_BAND = "FIT_BAND"
    """A band of a criterion of fit."""
    EXCLUSION = "EXCLUSION"
    """An exclusion."""
    SIGNAL = "SIGNAL"
    """A signal of interest."""
    ACTIVITY = "ACTIVITY"
    """In `where`: about the activities that a comparison counts."""
    EFFORT = "EFFORT"
    """When an activity is a contact with the lead."""
    TRIGGER = "TRIGGER"
    """A trigger of handovers."""
    STAGE_ENTRY = "STAGE_ENTRY"
    """The entry of a stage."""
    PERSONA = "PERSONA"
    """The condition of a persona."""
    SEGMENT = "SEGMENT"
    """The condition of a segment."""
    TRACK = "TRACK"
    """The further condition for a lead to be on a nurture track."""
    TRACK_LEAVE = "TRACK_LEAVE"
    """When a lead leaves a nurture track."""
    ROUTE = "ROUTE"
    """A route to a team."""
    ROUTE_SKILL = "ROUTE_SKILL"
    """A skill that leads on a route need."""
    CUSTOMER = "CUSTOMER"
    """A sign in a customer, or of which customers a case study is asked."""


class Origin(StrEnum):
    """Where the value of a subject comes from."""

    LEAD = "LEAD"
    ACCOUNT = "ACCOUNT"
    ACTIVITY = "ACTIVITY"
    COUNT = "COUNT"
    """Activities of a type in the last 90 days."""
    AGGREGATE = "AGGREGATE"
    """Any other number over activities."""
    BUYING_CENTRE = "BUYING_CENTRE"
    GROUP = "GROUP"
    """The lead's persona or segment."""
    SCORE = "SCORE"
    STAGE = "STAGE"


FIELDS_ONLY = frozenset({Origin.LEAD, Origin.ACCOUNT})
KNOWN = FIELDS_ONLY | {Origin.GROUP}
MEASURED = frozenset({Origin.COUNT, Origin.AGGREGATE})
ALLOWED: dict[Place, frozenset[Origin]] = {
    Place.SCOPE: FIELDS_ONLY,
    Place.PERSONA: FIELDS_ONLY,
    Place.SEGMENT: FIELDS_ONLY,
    Place.FIT_BAND: KNOWN,
    Place.EXCLUSION: KNOWN | MEASURED | {Origin.BUYING_CENTRE},
    Place.SIGNAL: KNOWN | MEASURED | {Origin.ACTIVITY},
    Place.ACTIVITY: frozenset({Origin.ACTIVITY}),
    Place.EFFORT: frozenset({Origin.ACTIVITY}),
    Place.TRIGGER: KNOWN | MEASURED | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
    Place.STAGE_ENTRY: KNOWN | MEASURED | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
    Place.CUSTOMER: KNOWN | MEASURED,
    Place.TRACK: KNOWN | MEASURED | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
    Place.TRACK_LEAVE: KNOWN | MEASURED | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
    Place.ROUTE: KNOWN | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
    Place.ROUTE_SKILL: KNOWN | {Origin.BUYING_CENTRE, Origin.SCORE, Origin.STAGE},
}
"""The subjects that each place may speak of; what grades are made of never speaks of other leads' grades, so that
judging ends."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a comparison may be about; subjects of one vocabulary are the same when their names are."""

    name: str
    """As a condition writes it: employees of the account is account.employees."""
    origin: Origin = field(compare=False)
    type: FieldType = field(compare=False)
    scale: int | None = field(default=None, compare=False)
    values: tuple[str, ...] = field(default=(), compare=False)
    """The values allowed; empty for any."""
    definition: Typed | None = field(default=None, compare=False)
    """Where the document defines it."""
    aggregate: Aggregate | None = field(default=None, compare=False)
    """The way it is found from activities, where it is."""
    spelling: Callable[[str], str] | None = field(default=None, compare=False)
    """The one spelling of a text, where several mean the same."""

    @property
    def key(self) -> str:
        """Its name without what stands before the dot."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The subjects of a document: those of every place, and those of each activity type."""

    shared: dict[str, Subject]
    by_activity: dict[str, dict[str, Subject]]

    def find(self, name: str, activity: str | None) -> Subject | None:
        """The subject of a name; `activity.…` is the activity type's own, where the place has one."""
        if activity is not None and name.startswith("activity."):
            return self.by_activity.get(activity, {}).get(name)
        return self.shared.get(name)


def vocabulary_of(document: SlaDocument) -> Vocabulary:
    """The vocabulary of a document; names that the product gives come before fields of the same name."""
    channels = ContactVocabulary([document])
    shared = [*_groups(document), *(_field(definition, definition.of) for definition in document.fields)]
    shared += [_count(kind.key) for kind in document.activity_types]
    shared += _derived(document)
    return Vocabulary(
        shared={subject.name: subject for subject in shared},
        by_activity={kind.key: _of_activity(kind, channels) for kind in document.activity_types}
        | {ANY: _of_any(document, channels)},
    )


def _groups(document: SlaDocument) -> list[Subject]:
    """Return who a lead is, as far as the document tells leads apart; a field of the same name is meant instead."""
    sections = {"persona": document.personas, "segment": document.segments}
    return [
        Subject(name, Origin.GROUP, FieldType.ENUM, values=tuple(group.key for group in groups))
        for name, groups in sections.items()
        if groups
    ]


def _count(kind: str) -> Subject:
    aggregate = Aggregate(kind, Measure.COUNT)
    return Subject(f"activities.{kind}", Origin.COUNT, FieldType.INTEGER, aggregate=aggregate)


def _field(definition: Typed, of: FieldOf) -> Subject:
    name, origin = (
        (f"account.{definition.key}", Origin.ACCOUNT) if of is FieldOf.ACCOUNT else (definition.key, Origin.LEAD)
    )
    return Subject(name, origin, definition.type, definition.scale, definition.values, definition)


def _of_activity(kind: ActivityType, channels: ContactVocabulary) -> dict[str, Subject]:
    own = [Subject(f"activity.{f.key}", Origin.ACTIVITY, f.type, f.scale, f.values, f) for f in kind.fields]
    return {subject.name: subject for subject in (*own, *_common(channels))}


def _common(channels: ContactVocabulary) -> list[Subject]:
    """Return what every activity has; a channel is the same in every spelling."""
    spellings = {"channel": lambda told: channels.channel(told) or told}
    return [
        Subject(f"activity.{name}", Origin.ACTIVITY, FieldType.TEXT, spelling=spellings.get(name)) for name in COMMON
    ]


def _of_any(document: SlaDocument, channels: ContactVocabulary) -> dict[str, Subject]:
    """Return what can be asked of an activity whose type is not known."""
    kinds = tuple(kind.key for kind in document.activity_types)
    kind = Subject("activity.type", Origin.ACTIVITY, FieldType.ENUM, values=kinds)
    return {subject.name: subject for subject in (kind, *_common(channels))}


COMMON = ("channel", "campaign", "content")
"""The properties of every activity, whatever its type."""


def _derived(document: SlaDocument) -> list[Subject]:
    fit = tuple(band.key for band in document.scoring.fit.bands)
    interest = tuple(band.key for band in document.scoring.interest.bands)
    grades = tuple(dict.fromkeys(one + other for one in fit for other in interest))
    stages = tuple(stage.key for stage in document.journey.stages)
    numbers = ("fit.points", "fit.percent", "interest.points")
    return [
        *(Subject(name, Origin.SCORE, FieldType.DECIMAL, SCORE_SCALE) for name in numbers),
        Subject("fit.band", Origin.SCORE, FieldType.ENUM, values=fit),
        Subject("interest.band", Origin.SCORE, FieldType.ENUM, values=interest),
        Subject("grade", Origin.SCORE, FieldType.ENUM, values=grades),
        Subject("stage", Origin.STAGE, FieldType.ENUM, values=stages),
        Subject("buyingCentre.size", Origin.BUYING_CENTRE, FieldType.INTEGER),
        Subject("buyingCentre.bestFit", Origin.BUYING_CENTRE, FieldType.ENUM, values=fit),
        Subject("buyingCentre.bestGrade", Origin.BUYING_CENTRE, FieldType.ENUM, values=grades),
    ]


RESERVED = frozenset({"grade", "stage"})
"""Names of the product that a lead field's key could hide."""
