"""Looking back: what was known of leads at moments of the past, and what follows from it.

A decision's own consequences (the handover it opens, the stages it moves the lead to) are facts of the next judgement,
not of this one: until something else becomes known, judging again at a later moment gives the same decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.history.records_as_of import FieldsAsked, RecordsAsOf, moved, stage_in_version
from application.judging.decision_basis import account_of, read_basis
from application.judging.judge_leads import replace_stage
from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.transaction import Application
from domain.facts import FUTURE_TOLERANCE, Canonical, LeadFacts
from domain.leads.decision import Decision
from domain.leads.lead import Lead
from domain.refusal import BadRequest, Refusal
from domain.words.ids import made_at
from persistence import lookups
from persistence.as_of import known
from persistence.as_of.known import DecisionRow, Moment
from rules.judge import judge

_SLACK = 2
"""Days read beyond how far versions look back: for rounding, and for clocks that go wrong by minutes."""


@dataclass(frozen=True)
class LeadSnapshot:
    """The known facts of a lead at a moment, and the version that counted."""

    at: datetime
    facts: LeadFacts
    compiled_version: CompiledVersion
    recorded: bool = True
    """True if it was recorded, not only described: its activities are those that are stored."""

    @cached_property
    def decision(self) -> Decision:
        """The decision that follows."""
        return judge(self.compiled_version.compiled_rules, self.facts, now=self.at)


def need_past(application: Application, at: datetime) -> None:
    """Refuse a moment that has not come yet; clocks may differ by minutes."""
    if at > application.time.now() + FUTURE_TOLERANCE:
        raise BadRequest([Refusal("IN_FUTURE", "Nobody knows yet what will be known then.", ("at",))])


async def known_at(application: Application, moments: Sequence[Moment]) -> list[LeadSnapshot | None]:
    """Return what was known of leads at moments; None where a lead was unknown then or no agreement governed it."""
    async with application.database.reading() as connection:
        records_of_leads = await _records(connection, moments)
        fields, accounts = await _fields(connection, [g.asked if g else None for g in records_of_leads])
        compiled_versions = await _versions_then(application, connection, {at for _, at in moments})
        found: list[LeadSnapshot | None] = []
        for place, records in enumerate(records_of_leads):
            then = None
            if records is not None:
                facts = _unjudged(records.lead) if records.basis is None else read_basis(records.basis)
                facts = replace(facts, created_at=records.lead.created_at)
                facts = replace(facts, fields=fields[place], account=accounts[place])
                then = await _governed(application, connection, records, facts, compiled_versions[records.at])
            found.append(then)
        return await _with_activities(connection, [lead_id for lead_id, _ in moments], found)


async def known_to(application: Application, decisions: Sequence[DecisionRow]) -> list[LeadSnapshot | None]:
    """Return what decisions were made of; None where it was erased."""
    async with application.database.reading() as connection:
        asked: list[FieldsAsked | None] = []
        for row in decisions:
            account = account_of(row.basis) if row.basis is not None else None
            company, known_at = account or (None, row.at)
            wanted = (row.lead_id, company, row.at, known_at, row.values_to)
            asked.append(wanted if row.basis is not None else None)
        fields, accounts = await _fields(connection, asked)
        found: list[LeadSnapshot | None] = []
        for place, row in enumerate(decisions):
            then = None
            if row.basis is not None:
                facts = replace(read_basis(row.basis), fields=fields[place], account=accounts[place])
                then = LeadSnapshot(row.at, facts, await application.version_cache.version(connection, row.version_id))
            found.append(then)
        last = [row.id for row in decisions]
        return await _with_activities(connection, [row.lead_id for row in decisions], found, last)


async def _records(connection: AsyncConnection, moments: Sequence[Moment]) -> list[RecordsAsOf | None]:
    leads = await lookups.by_ids(connection, "lead", Lead, [lead_id for lead_id, _ in moments])
    decisions = await known.decisions(connection, moments)
    stages = await known.stages(connection, moments)
    handovers = await known.handovers(connection, moments)
    owners = await known.contact_owners(connection, moments)
    companies = await known.companies(connection, moments)
    return [
        RecordsAsOf(
            lead := leads[lead_id],
            at,
            decisions[place],
            stages[place],
            handovers[place],
            owners[place] or lead.contact_owner,
            companies[place] if place in companies else _account(lead, decisions[place]),
        )
        if lead_id in leads and made_at(lead_id) <= at
        else None
        for place, (lead_id, at) in enumerate(moments)
    ]


def _account(lead: Lead, decision: DecisionRow | None) -> UUID | None:
    """The account of a lead whose companies were not remembered: that of the decision that held."""
    if decision is None or decision.basis is None:
        return lead.account_id
    account = account_of(decision.basis)
    return None if account is None else account[0]


async def _fields(
    connection: AsyncConnection, asked: Sequence[FieldsAsked | None]
) -> tuple[list[dict[str, Canonical]], list[dict[str, Canonical]]]:
    """The fields of leads and of their accounts: asked with the moment of each."""
    moments: dict[tuple[UUID, datetime, int | None], int] = {}
    for one in asked:
        if one is not None:
            lead_id, account_id, at, account_at, last = one
            moments.setdefault((lead_id, at, last), len(moments))
            if account_id is not None:
                moments.setdefault((account_id, account_at, last), len(moments))
    values = await known.values(connection, [moment[:2] for moment in moments], [last for *_, last in moments])
    fields = [values[moments[one[0], one[2], one[4]]] if one else {} for one in asked]
    accounts = [values[moments[one[1], one[3], one[4]]] if one and one[1] else {} for one in asked]
    return fields, accounts


async def _versions_then(
    application: Application, connection: AsyncConnection, moments: set[datetime]
) -> dict[datetime, ActiveVersions]:
    in_force = await known.versions_in_force(connection, moments)
    return {
        moment: ActiveVersions([await application.version_cache.version(connection, id_) for id_ in ids], -1)
        for moment, ids in in_force.items()
    }


async def _governed(
    application: Application,
    connection: AsyncConnection,
    records: RecordsAsOf,
    facts: LeadFacts,
    compiled_versions: ActiveVersions,
) -> LeadSnapshot | None:
    if records.moved_on:
        facts = await moved(application, connection, records, facts)
    handover = records.open_handover if facts.open_handover else None
    compiled_version = (
        compiled_versions.of_agreement(handover.agreement_id) if handover else compiled_versions.governing(facts)
    )
    if compiled_version is None:
        return None
    return LeadSnapshot(
        records.at,
        replace_stage(facts, await stage_in_version(application, connection, records, facts, compiled_version)),
        compiled_version,
    )


def _unjudged(lead: Lead) -> LeadFacts:
    """Return what is known of a lead before its first judgement."""
    return LeadFacts(created_at=lead.created_at)


async def _with_activities(
    connection: AsyncConnection,
    lead_ids: Sequence[UUID],
    found: Sequence[LeadSnapshot | None],
    last: Sequence[UUID | None] | None = None,
) -> list[LeadSnapshot | None]:
    """Return what was known with the activities; `last` as `known.activities` has it."""
    asked = {place: (lead_ids[place], then.at) for place, then in enumerate(found) if then is not None}
    needs = [then.compiled_version.compiled_rules.needs for then in found if then is not None]
    looks = [need.look_back for need in needs]
    known_looks = [read_only for read_only in looks if read_only is not None]
    days = None
    if len(known_looks) == len(looks):
        days = max(known_looks, default=timedelta()).days + _SLACK
    types = {kind for need in needs for kind in need.types}
    until = None if last is None else [last[place] for place in asked]
    moments = list(asked.values())
    done = await known.activities(connection, moments, types=types, days=days, last=until)
    by_place = dict(zip(asked, done, strict=True))
    return [
        None if then is None else replace(then, facts=replace(then.facts, activities=by_place[place]))
        for place, then in enumerate(found)
    ]
