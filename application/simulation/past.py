"""The recorded past as cases: each lead at the moments at which something happened to it, as it was known then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
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
from rules.columnar.plan import ColumnarPlan, attributes


@dataclass(frozen=True, slots=True)
class Period:
    """The part of the past that is looked at."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Needed:
    """The facts that some versions need of the past."""

    types: frozenset[str]
    """Of activities of these types."""
    since: datetime | None
    """From this moment on; None: from the beginning."""
    attributes: Sequence[str]
    """With these fields of them."""
    consents: bool
    """True if consents are asked for."""

    @classmethod
    def of(cls, compiled_versions: Sequence[CompiledVersion], period: Period) -> Needed:
        """The facts that versions need of a period."""
        rules = [compiled_version.compiled_rules for compiled_version in compiled_versions]
        known = [one.needs.look_back for one in rules if one.needs.look_back is not None]
        return cls(
            frozenset(kind for one in rules for kind in one.needs.types),
            period.start - max(known) if len(known) == len(rules) else None,
            attributes(ColumnarPlan(one) for one in rules),
            any(one.consents.required for one in rules),
        )


Timeline = tuple[list[datetime], list[Any]]


@dataclass(frozen=True)
class Portion:
    """Some leads with all that was recorded of them."""

    timelines: Mapping[UUID, Mapping[str, Timeline]]
    done: Mapping[UUID, Sequence[ActivityFact]]
    consents: Mapping[UUID, Sequence[Consent]]
    words: Mapping[UUID, ContactVocabulary]
    """By version the channels and purposes that are known where it is in force."""
    stages: Mapping[tuple[UUID, StagePosition], str] = field(default_factory=dict)
    """By version, and by where leads stood, at which of its stages they stand."""

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

    def _stage(self, lead: RecordedLead, compiled_version: CompiledVersion) -> str | None:
        """The stage at which it stood when the period began, as a version knows it."""
        return self.stages.get((compiled_version.version_id, stood)) if (stood := lead.standing) else None

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

    def _of_company(self, lead: RecordedLead, moment: datetime) -> dict[str, Any]:
        """The fields of the account that a lead belonged to at a moment."""
        account, told = lead.account_id, self.timelines.get(lead.id, {}).get(COMPANY)
        if told is not None:
            place = bisect_right(told[0], moment)
            written = told[1][place - 1] if place else None
            account = None if written is None else UUID(written)
        return {} if account is None else self._at(account, moment)


async def portion_of(
    connection: AsyncConnection,
    leads: Sequence[RecordedLead],
    needed: Needed,
    words: Mapping[UUID, ContactVocabulary],
) -> Portion:
    """All that versions need to know of some leads."""
    ids = [lead.id for lead in leads]
    timelines = await past.values_of(connection, ids)
    accounts = {lead.account_id for lead in leads if lead.account_id is not None}
    companies = (told for (_, name), told in timelines.items() if name == COMPANY)
    accounts |= {UUID(account) for told in companies for _, account in told if account is not None}
    timelines |= await past.values_of(connection, accounts)
    done = await activities.facts(connection, ids, types=needed.types, since=needed.since, attributes=True)
    consents = await contact.consents(connection, ids) if needed.consents else {}
    return Portion(_by_subject(timelines), done, consents, words)


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
        before = found[-1][1] if found else None
        if value != before or type(value) is not type(before):  # 1 is not True, though Python calls them equal
            found.append((at, value))
    return found
