"""The versions at work: each compiled once, those in force kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.field_owner import FieldOwner, owners_for, owners_of_all
from domain.agreements.heirs import Words
from domain.agreements.version import Agreement, Version
from domain.document.contact_vocabulary import ContactVocabulary
from domain.document.document import SlaDocument
from domain.document.sections.channels import named_channels
from domain.document.sections.fields import ActivityType, FieldDefinition, FieldOf
from domain.document.sections.journey import Stage, StageKind
from domain.document.working_calendars import business_calendar
from domain.facts import LeadFacts
from domain.time.business_time import BusinessCalendar
from persistence.agreements import versions
from rules.judging.compiled_rules import CompiledRules

KEPT = 64
"""The number of versions that are kept compiled without being active."""


@dataclass(frozen=True)
class CompiledVersion:
    """A version at work: its document, compiled."""

    agreement_id: UUID
    agreement_key: str
    version_id: UUID
    document: SlaDocument

    @cached_property
    def compiled_rules(self) -> CompiledRules:
        """The document's conditions and scores, ready to judge."""
        return CompiledRules.of(self.document, version=str(self.version_id))

    @cached_property
    def calendars(self) -> Mapping[str, BusinessCalendar]:
        """The document's calendars by key."""
        return {calendar.key: business_calendar(calendar) for calendar in self.document.calendars}

    @cached_property
    def words(self) -> Words:
        """The document's stages, and what became of those of the version before."""
        return Words.of(self.document)

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """The channels that the document names, each as it writes it."""
        defined = (channel.key for channel in self.document.channels)
        return tuple(dict.fromkeys((*defined, *named_channels(self.document))))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the default calendar."""
        return ZoneInfo(next(c.time_zone for c in self.document.calendars if c.key == self.document.default_calendar))

    def calendar_of(self, own: str | None) -> str:
        """The key of the calendar that counts for a team that works by one of its own."""
        return own if own is not None and own in self.calendars else self.document.default_calendar

    def stage_of_kind(self, kind: StageKind) -> Stage:
        """The first stage of a kind; checked documents have one of each kind that the engine needs."""
        stage = self.document.journey.of_kind(kind)
        if stage is None:
            raise LookupError(f"the journey of {self.agreement_key} has no stage of kind {kind}")
        return stage

    def stage(self, key: str) -> Stage:
        """The stage of a key that the document has."""
        stage = self.document.journey.stage(key)
        if stage is None:
            raise LookupError(f"the journey of {self.agreement_key} has no stage {key}")
        return stage


class ActiveVersions:
    """The versions in force, by priority; and the vocabulary they have in common."""

    def __init__(self, compiled_versions: list[CompiledVersion], epoch: int) -> None:
        self.epoch = epoch
        self.compiled_versions = sorted(compiled_versions, key=lambda b: (-b.document.priority, b.agreement_key))
        self._by_agreement = {compiled_version.agreement_id: compiled_version for compiled_version in compiled_versions}
        definitions = [f for compiled_version in self.compiled_versions for f in compiled_version.document.fields]
        self.lead_fields = _first_of([f for f in definitions if f.of is FieldOf.LEAD])
        self.account_fields = _first_of([f for f in definitions if f.of is FieldOf.ACCOUNT])
        self.activity_types: dict[str, ActivityType] = {}
        for compiled_version in self.compiled_versions:
            for activity_type in compiled_version.document.activity_types:
                self.activity_types.setdefault(activity_type.key, activity_type)

        self._owners = owners_of_all(compiled_version.document for compiled_version in self.compiled_versions)
        self._owners_of = {id_: owners_for(b.document, self._owners) for id_, b in self._by_agreement.items()}

    def owners(self, agreement_id: UUID | None = None) -> Mapping[str, FieldOwner]:
        """Return who owns which field of a lead of an agreement; without one, as all in force say together."""
        return self._owners_of.get(agreement_id, self._owners) if agreement_id else self._owners

    def governing(self, facts: LeadFacts) -> CompiledVersion | None:
        """The version that governs a lead: of those whose scope holds the one of highest priority."""
        return next(
            (
                compiled_version
                for compiled_version in self.compiled_versions
                if compiled_version.compiled_rules.governs(facts)
            ),
            None,
        )

    def of_agreement(self, agreement_id: UUID) -> CompiledVersion | None:
        """The active version of an agreement."""
        return self._by_agreement.get(agreement_id)

    def calendar_by(self, key: str | None) -> BusinessCalendar | None:
        """The calendar by which a team works: of the first version that has one of the key, else its default one."""
        own = next(
            (
                compiled_version.calendars[key]
                for compiled_version in self.compiled_versions
                if key is not None and key in compiled_version.calendars
            ),
            None,
        )
        if own is not None or not self.compiled_versions:
            return own
        return self.compiled_versions[0].calendars[self.compiled_versions[0].document.default_calendar]

    def time_zone_of(self, key: str | None) -> str:
        """The time zone of the calendar by which a team works."""
        calendar = self.calendar_by(key)
        return "UTC" if calendar is None else calendar.time_zone

    def at_work(self, key: str | None, *, now: datetime) -> bool:
        """Return whether a team is at work at a moment."""
        calendar = self.calendar_by(key)
        return calendar is None or calendar.is_open(now)

    @cached_property
    def contact(self) -> ContactVocabulary:
        """The channels and purposes that the versions know."""
        return ContactVocabulary(compiled_version.document for compiled_version in self.compiled_versions)

    @cached_property
    def activity_types_needed(self) -> frozenset[str]:
        """The activity types that any version looks at."""
        return frozenset(
            t for compiled_version in self.compiled_versions for t in compiled_version.compiled_rules.needs.types
        )

    @cached_property
    def attributes_needed(self) -> bool:
        """Return whether any version looks at more of an activity than its type and time."""
        return any(
            need.attributes
            for compiled_version in self.compiled_versions
            for need in compiled_version.compiled_rules.needs.by_type.values()
        )

    @cached_property
    def buying_centre_needed(self) -> bool:
        """Return whether any version looks at the other leads of an account."""
        return any(compiled_version.compiled_rules.needs.buying_centre for compiled_version in self.compiled_versions)

    @cached_property
    def consents_needed(self) -> bool:
        """Return whether any version looks at what leads consented to."""
        plans = [compiled_version.compiled_rules for compiled_version in self.compiled_versions]
        return any(plan.consents.required or plan.nurture is not None for plan in plans)

    def activities_since(self, *, now: datetime) -> datetime | None:
        """Return how far back versions look at activities; None: without end."""
        looks = [compiled_version.compiled_rules.needs.look_back for compiled_version in self.compiled_versions]
        if any(read_only is None for read_only in looks):
            return None
        return now - max((read_only for read_only in looks if read_only is not None), default=timedelta())


def _first_of(definitions: list[FieldDefinition]) -> dict[str, FieldDefinition]:
    first: dict[str, FieldDefinition] = {}
    for definition in definitions:
        first.setdefault(definition.key, definition)
    return first


class VersionCache:
    """Keeps versions compiled: those in force and the ones last used."""

    def __init__(self) -> None:
        self._active: ActiveVersions | None = None
        self._books: OrderedDict[UUID, CompiledVersion] = OrderedDict()

    async def active(self, connection: AsyncConnection, *, hold: bool = False) -> ActiveVersions:
        """The versions in force; with `hold` they stay so until the transaction ends."""
        epoch = await versions.epoch(connection, hold=hold)
        if self._active is None or self._active.epoch != epoch:
            found = await versions.active_versions(connection)
            self._active = ActiveVersions([self._version(agreement, version) for agreement, version in found], epoch)
        return self._active

    async def version(self, connection: AsyncConnection, version_id: UUID) -> CompiledVersion:
        """Any version; LookupError when there is none of that id."""
        if version_id in self._books:
            self._books.move_to_end(version_id)
            return self._books[version_id]
        version = await versions.version_by_id(connection, version_id)
        if version is None:
            raise LookupError(f"no version {version_id}")
        agreement = await versions.agreement_by(connection, agreement_id=version.agreement_id)
        if agreement is None:
            raise LookupError(f"no agreement of version {version_id}")
        return self._version(agreement, version)

    def _version(self, agreement: Agreement, version: Version) -> CompiledVersion:
        known = self._books.get(version.id)
        if known is not None:
            return known
        compiled_version = CompiledVersion(
            agreement.id, agreement.key, version.id, SlaDocument.model_validate(version.document)
        )
        if version.submitted_at is not None:
            self._books[version.id] = compiled_version
            while len(self._books) > KEPT + len(self._active.compiled_versions if self._active else ()):
                self._books.popitem(last=False)
        return compiled_version
