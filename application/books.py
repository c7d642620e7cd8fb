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

from domain.business_time import BusinessCalendar
from domain.contact_vocabulary import ContactVocabulary
from domain.document.channels import named_channels
from domain.document.document import SlaDocument
from domain.document.fields import ActivityType, FieldDefinition, FieldOf
from domain.document.journey import Stage, StageKind
from domain.document.working_calendars import business_calendar
from domain.facts import LeadFacts
from domain.field_owner import FieldOwner, owners_for, owners_of_all
from domain.heirs import Words
from domain.version import Agreement, Version
from persistence import versions
from rules.rulebook import Rulebook

KEPT = 64
"""How many versions that are not active stay compiled."""


@dataclass(frozen=True)
class Book:
    """A version at work: its document, compiled."""

    agreement_id: UUID
    agreement_key: str
    version_id: UUID
    document: SlaDocument

    @cached_property
    def rulebook(self) -> Rulebook:
        """The document's conditions and scores, ready to judge."""
        return Rulebook.of(self.document, version=str(self.version_id))

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


class ActiveBooks:
    """The versions in force, by priority; and the vocabulary they have in common."""

    def __init__(self, books: list[Book], epoch: int) -> None:
        self.epoch = epoch
        self.books = sorted(books, key=lambda b: (-b.document.priority, b.agreement_key))
        self._by_agreement = {book.agreement_id: book for book in books}
        definitions = [f for book in self.books for f in book.document.fields]
        self.lead_fields = _first_of([f for f in definitions if f.of is FieldOf.LEAD])
        self.account_fields = _first_of([f for f in definitions if f.of is FieldOf.ACCOUNT])
        self.activity_types: dict[str, ActivityType] = {}
        for book in self.books:
            for activity_type in book.document.activity_types:
                self.activity_types.setdefault(activity_type.key, activity_type)

        self._owners = owners_of_all(book.document for book in self.books)
        self._owners_of = {id_: owners_for(b.document, self._owners) for id_, b in self._by_agreement.items()}

    def owners(self, agreement_id: UUID | None = None) -> Mapping[str, FieldOwner]:
        """Who owns which field of a lead of an agreement; without one, as all in force say together."""
        return self._owners_of.get(agreement_id, self._owners) if agreement_id else self._owners

    def governing(self, facts: LeadFacts) -> Book | None:
        """The version that governs a lead: of those whose scope holds the one of highest priority."""
        return next((book for book in self.books if book.rulebook.governs(facts)), None)

    def of_agreement(self, agreement_id: UUID) -> Book | None:
        """The active version of an agreement."""
        return self._by_agreement.get(agreement_id)

    def calendar_by(self, key: str | None) -> BusinessCalendar | None:
        """The calendar by which a team works: of the first version that has one of the key, else its default one."""
        own = next((book.calendars[key] for book in self.books if key is not None and key in book.calendars), None)
        if own is not None or not self.books:
            return own
        return self.books[0].calendars[self.books[0].document.default_calendar]

    def time_zone_of(self, key: str | None) -> str:
        """The time zone of the calendar by which a team works."""
        calendar = self.calendar_by(key)
        return "UTC" if calendar is None else calendar.time_zone

    def at_work(self, key: str | None, *, now: datetime) -> bool:
        """Whether a team is at work at a moment."""
        calendar = self.calendar_by(key)
        return calendar is None or calendar.is_open(now)

    @cached_property
    def contact(self) -> ContactVocabulary:
        """The channels and purposes that the versions know."""
        return ContactVocabulary(book.document for book in self.books)

    @cached_property
    def activity_types_needed(self) -> frozenset[str]:
        """The activity types that any version looks at."""
        return frozenset(t for book in self.books for t in book.rulebook.needs.types)

    @cached_property
    def attributes_needed(self) -> bool:
        """Whether any version looks at more of an activity than its type and time."""
        return any(need.attributes for book in self.books for need in book.rulebook.needs.by_type.values())

    @cached_property
    def buying_centre_needed(self) -> bool:
        """Whether any version looks at the other leads of an account."""
        return any(book.rulebook.needs.buying_centre for book in self.books)

    @cached_property
    def consents_needed(self) -> bool:
        """Whether any version looks at what leads consented to."""
        plans = [book.rulebook for book in self.books]
        return any(plan.consents.required or plan.nurture is not None for plan in plans)

    def activities_since(self, *, now: datetime) -> datetime | None:
        """How far back versions look at activities; None: without end."""
        looks = [book.rulebook.needs.look_back for book in self.books]
        if any(look is None for look in looks):
            return None
        return now - max((look for look in looks if look is not None), default=timedelta())


def _first_of(definitions: list[FieldDefinition]) -> dict[str, FieldDefinition]:
    first: dict[str, FieldDefinition] = {}
    for definition in definitions:
        first.setdefault(definition.key, definition)
    return first


class BookShelf:
    """Keeps versions compiled: those in force and the ones last used."""

    def __init__(self) -> None:
        self._active: ActiveBooks | None = None
        self._books: OrderedDict[UUID, Book] = OrderedDict()

    async def active(self, connection: AsyncConnection, *, hold: bool = False) -> ActiveBooks:
        """The versions in force; with `hold` they stay so until the transaction ends."""
        epoch = await versions.epoch(connection, hold=hold)
        if self._active is None or self._active.epoch != epoch:
            found = await versions.active_versions(connection)
            self._active = ActiveBooks([self._book(agreement, version) for agreement, version in found], epoch)
        return self._active

    async def version(self, connection: AsyncConnection, version_id: UUID) -> Book:
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
        return self._book(agreement, version)

    def _book(self, agreement: Agreement, version: Version) -> Book:
        known = self._books.get(version.id)
        if known is not None:
            return known
        book = Book(agreement.id, agreement.key, version.id, SlaDocument.model_validate(version.document))
        if version.submitted_at is not None:
            self._books[version.id] = book
            while len(self._books) > KEPT + len(self._active.books if self._active else ()):
                self._books.popitem(last=False)
        return book
