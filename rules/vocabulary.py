"""The names a condition may use, with their types, and where it may use them.

Fields of the lead and of its account may be used everywhere. Beyond them:

- in a signal: `activity.KEY` of its activity type, and `activity.channel`, `activity.campaign`, `activity.content`;
- in exclusions, triggers and stage entries: `activities.TYPE`, how many activities of that type the last 90 days saw;
- in triggers, stage entries and routes: `fit.points`, `fit.percent`, `fit.band`, `interest.points`, `interest.band`,
  `grade` and `stage`.

Scope, personas, segments and fit bands speak of fields only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from domain.document.document import SlaDocument
from domain.document.fields import ActivityType, FieldOf, FieldType, Typed

COUNT_WINDOW = timedelta(days=90)
"""How far back `activities.TYPE` counts."""
SCORE_SCALE = 2
"""Decimals of points and percentages."""


class Place(StrEnum):
    """Where a condition stands."""

    SCOPE = "SCOPE"
    FIT_BAND = "FIT_BAND"
    EXCLUSION = "EXCLUSION"
    SIGNAL = "SIGNAL"
    TRIGGER = "TRIGGER"
    STAGE_ENTRY = "STAGE_ENTRY"
    PERSONA = "PERSONA"
    SEGMENT = "SEGMENT"
    ROUTE = "ROUTE"


class Origin(StrEnum):
    """Where the value of a subject comes from."""

    LEAD = "LEAD"
    ACCOUNT = "ACCOUNT"
    ACTIVITY = "ACTIVITY"
    COUNT = "COUNT"
    SCORE = "SCORE"
    STAGE = "STAGE"


FIELDS_ONLY = frozenset({Origin.LEAD, Origin.ACCOUNT})
ALLOWED: dict[Place, frozenset[Origin]] = {
    Place.SCOPE: FIELDS_ONLY,
    Place.PERSONA: FIELDS_ONLY,
    Place.SEGMENT: FIELDS_ONLY,
    Place.FIT_BAND: FIELDS_ONLY,
    Place.EXCLUSION: FIELDS_ONLY | {Origin.COUNT},
    Place.SIGNAL: FIELDS_ONLY | {Origin.ACTIVITY},
    Place.TRIGGER: FIELDS_ONLY | {Origin.COUNT, Origin.SCORE, Origin.STAGE},
    Place.STAGE_ENTRY: FIELDS_ONLY | {Origin.COUNT, Origin.SCORE, Origin.STAGE},
    Place.ROUTE: FIELDS_ONLY | {Origin.SCORE, Origin.STAGE},
}
"""What may be spoken of where."""


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
    shared = [_field(definition, definition.of) for definition in document.fields]
    shared += [Subject(f"activities.{kind.key}", Origin.COUNT, FieldType.INTEGER) for kind in document.activity_types]
    shared += _derived(document)
    return Vocabulary(
        shared={subject.name: subject for subject in shared},
        by_activity={kind.key: _of_activity(kind) for kind in document.activity_types},
    )


def _field(definition: Typed, of: FieldOf) -> Subject:
    name, origin = (
        (f"account.{definition.key}", Origin.ACCOUNT) if of is FieldOf.ACCOUNT else (definition.key, Origin.LEAD)
    )
    return Subject(name, origin, definition.type, definition.scale, definition.values, definition)


def _of_activity(kind: ActivityType) -> dict[str, Subject]:
    own = [Subject(f"activity.{f.key}", Origin.ACTIVITY, f.type, f.scale, f.values, f) for f in kind.fields]
    common = [Subject(f"activity.{name}", Origin.ACTIVITY, FieldType.TEXT) for name in COMMON]
    return {subject.name: subject for subject in (*own, *common)}


COMMON = ("channel", "campaign", "content")
"""What every activity has, whatever its type."""


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
    ]


RESERVED = frozenset({"grade", "stage"})
"""Names of the product that a lead field's key could hide."""
