"""The recorded past as cases: each lead at the moments at which something happened to it, as it was known then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.judging.given_consents import given_consents
from application.runtime.compiled_versions import CompiledVersion
from domain.agreements.heirs import StagePosition
from domain.document.contact_vocabulary import ContactVocabulary
from domain.facts import ActivityFact, LeadFacts
from domain.leads.contact import Consent
from domain.leads.lead import BESIDE_FIELDS, COMPANY
from persistence.as_of import past
from persistence.as_of.past import Timelines
from persistence.as_of.recorded import RecordedLead
from persistence.leads import activities, contact
from rules.columnar.tables import LeadCase


@dataclass(frozen=True, slots=True)
class Period:
    """The part of the past that is looked at."""

    start: datetime
    end: datetime


Timeline = tuple[list[datetime], list[Any]]


@dataclass(frozen=True)
class Portion:
    """Some leads with all that was recorded of them."""

    first: int
    """The number of the first lead; the others follow in order."""
    leads: Sequence[RecordedLead]
    timelines: Mapping[UUID, Mapping[str, Timeline]]
    done: Mapping[UUID, Sequence[ActivityFact]]
    consents: Mapping[UUID, Sequence[Consent]]
    words: Mapping[UUID, ContactVocabulary]
    """By version the channels and purposes that are known where it is in force."""
    stages: Mapping[tuple[UUID, StagePosition], str] = field(default_factory=dict)
    """By version, and by where leads stood, at which of its stages they stand."""

    def cases(self, compiled_version: CompiledVersion, period: Period) -> Iterator[LeadCase]:
        """The leads at the moments that matter, as far as the version governs them."""
        for number, lead in enumerate(self.leads, self.first):
            stage, happened = self._stage(lead, compiled_version), self._happened(lead)
            for moment in _moments(lead, happened, period):
                facts = self._facts(lead, moment, stage)
                if compiled_version.compiled_rules.governs(facts):
                    standing = lead.created_at < moment == period.start and moment not in happened
                    yield LeadCase(number, moment, self._with_consents(lead, facts, moment, compiled_version), standing)

    def facts(self, lead: RecordedLead, moment: datetime, compiled_version: CompiledVersion) -> LeadFacts:
        """All that was known of a lead at a moment, as a version judges it."""
        facts = replace(
            self._facts(lead, moment, self._stage(lead, compiled_version)), activities=self.done.get(lead.id, ())
        )
        return self._with_consents(lead, facts, moment, compiled_version)

    def _with_consents(
        self, lead: RecordedLead, facts: LeadFacts, moment: datetime, compiled_version: CompiledVersion
    ) -> LeadFacts:
        given = given_consents(
            self.consents.get(lead.id, ()), self.words[compiled_version.version_id], compiled_version, now=moment
        )
        return replace(facts, consents=given) if given else facts

    def activities(self) -> list[tuple[int, Sequence[ActivityFact]]]:
        """Return what each lead did, by its number."""
        return [(number, self.done.get(lead.id, ())) for number, lead in enumerate(self.leads, self.first)]

    def _stage(self, lead: RecordedLead, compiled_version: CompiledVersion) -> str | None:
        """The stage at which it stood when the period began, as a version knows it."""
        return self.stages.get((compiled_version.version_id, stood)) if (stood := lead.standing) else None

    def _happened(self, lead: RecordedLead) -> set[datetime]:
        """Return when it did or said something, or a field of it or of its account changed."""
        subjects = (lead.id, *self._companies(lead))
        moments = {activity.occurred_at for activity in self.done.get(lead.id, ())}
        moments.update(consent.at for consent in self.consents.get(lead.id, ()))
        for subject in subjects:
            for since, _ in self.timelines.get(subject, {}).values():
                moments.update(since)
        return moments

    def _facts(self, lead: RecordedLead, moment: datetime, stage: str | None) -> LeadFacts:
        return LeadFacts(
            fields=self._at(lead.id, moment),
            account=self._of_company(lead, moment),
            stage=stage,
            open_handover=lead.open_handover,
            rounds=lead.rounds,
            created_at=lead.created_at,
        )

    def _at(self, subject: UUID, moment: datetime) -> dict[str, Any]:
        """The fields of a lead or account as they were at a moment."""
        found = {}
        for name, (since, values) in self.timelines.get(subject, {}).items():
            place = bisect_right(since, moment)
            if place and values[place - 1] is not None:
                found[name] = values[place - 1]
        found.pop(COMPANY, None)
        return found

    def _companies(self, lead: RecordedLead) -> set[UUID]:
        """The accounts that a lead ever belonged to."""
        told = self.timelines.get(lead.id, {}).get(COMPANY)
        if told is None:
            return {lead.account_id} if lead.account_id is not None else set()
        return {UUID(account) for account in told[1] if account is not None}

    def _of_company(self, lead: RecordedLead, moment: datetime) -> dict[str, Any]:
        """The fields of the account that a lead belonged to at a moment."""
        account, told = lead.account_id, self.timelines.get(lead.id, {}).get(COMPANY)
        if told is not None:
            place = bisect_right(told[0], moment)
            written = told[1][place - 1] if place else None
            account = None if written is None else UUID(written)
        return {} if account is None else self._at(account, moment)


def _moments(lead: RecordedLead, happened: set[datetime], period: Period) -> list[datetime]:
    """Return when it was created or the period began, whenever something happened to it, and the end."""
    begin = max(period.start, lead.created_at)
    return sorted(moment for moment in {begin, period.end} | happened if begin <= moment <= period.end)


async def portion_of(
    connection: AsyncConnection,
    leads: Sequence[RecordedLead],
    first: int,
    compiled_versions: Sequence[CompiledVersion],
    period: Period,
    words: Mapping[UUID, ContactVocabulary],
) -> Portion:
    """All that versions need to know of some leads."""
    ids = [lead.id for lead in leads]
    timelines = await past.values_of(connection, ids)
    accounts = {lead.account_id for lead in leads if lead.account_id is not None}
    companies = (told for (_, name), told in timelines.items() if name == COMPANY)
    accounts |= {UUID(account) for told in companies for _, account in told if account is not None}
    timelines |= await past.values_of(connection, accounts)
    looks = [compiled_version.compiled_rules.needs.look_back for compiled_version in compiled_versions]
    known = [read_only for read_only in looks if read_only is not None]
    done = await activities.facts(
        connection,
        ids,
        types={kind for compiled_version in compiled_versions for kind in compiled_version.compiled_rules.needs.types},
        since=period.start - max(known) if len(known) == len(looks) else None,
        attributes=True,
    )
    asked = any(compiled_version.compiled_rules.consents.required for compiled_version in compiled_versions)
    consents = await contact.consents(connection, ids) if asked else {}
    return Portion(first, leads, _by_subject(timelines), done, consents, words)


def _by_subject(timelines: Timelines) -> dict[UUID, dict[str, Timeline]]:
    found: dict[UUID, dict[str, Timeline]] = {}
    for (subject, name), values in timelines.items():
        if not name.startswith(BESIDE_FIELDS) or name == COMPANY:
            changes = _changes(values)
            found.setdefault(subject, {})[name] = ([at for at, _ in changes], [value for _, value in changes])
    return found


def _changes(values: Sequence[tuple[datetime, Any]]) -> list[tuple[datetime, Any]]:
    """Of a history what changed something: neither what was told again, nor what another word of that time undid."""
    last = dict(values)
    found: list[tuple[datetime, Any]] = []
    for at, value in last.items():
        if value != (found[-1][1] if found else None):
            found.append((at, value))
    return found
