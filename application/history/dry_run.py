"""Asking without storing: a decision on any lead under any version, and when something would be due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.history.as_of import LeadSnapshot
from application.intake.channels import heard_channel
from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.incoming import MAX_ITEMS, IncomingActivity, IncomingLead, check_activity, check_lead
from application.runtime.transaction import Application
from domain.document.sections.limits import TimeLimit
from domain.facts import ActivityFact, Canonical, LeadFacts
from domain.refusal import BadRequest, Refusal
from domain.time.business_time import NeverOpen
from persistence.agreements import versions
from rules.judging.compiled_rules import UnsoundDocument


async def dry_run(
    application: Application,
    *,
    lead: IncomingLead,
    activities: Sequence[IncomingActivity] = (),
    agreement: str | None = None,
    version_id: UUID | None = None,
    at: datetime | None = None,
) -> LeadSnapshot:
    """Judge a lead as described, by a version, by an agreement's active version, or by whichever governs it."""
    now = application.time.now()
    async with application.database.reading() as connection:
        compiled_version, words = await _books(application, connection, agreement, version_id)
    facts, faults = _facts(lead, activities, words, now=now)
    if faults:
        raise BadRequest(faults)
    if compiled_version is None:
        compiled_version = words.governing(facts)
    if compiled_version is None:
        raise BadRequest([Refusal("NOT_FOUND", "No active agreement governs this lead.", ("agreement",))])
    try:
        then = LeadSnapshot(at or now, facts, compiled_version, recorded=False)
        then.decision  # noqa: B018 - judges
    except OverflowError:
        message = "At this moment the agreement's periods reach beyond the calendar."
        raise BadRequest([Refusal("VALUE_NOT_ALLOWED", message, ("at",))]) from None
    return then


async def _books(
    application: Application, connection: AsyncConnection, agreement: str | None, version_id: UUID | None
) -> tuple[CompiledVersion | None, ActiveVersions]:
    active = await application.version_cache.active(connection)
    if agreement is None and version_id is None:
        return None, active
    compiled_version = await named_version(application, connection, agreement, version_id)
    try:
        compiled_version.compiled_rules  # noqa: B018 - compiles it, or tells why it cannot be judged by
    except UnsoundDocument as unsound:
        faults = [Refusal("INVALID_DOCUMENT", f"{f.path}: {f.message}", ("version",)) for f in unsound.findings]
        raise BadRequest(faults) from None
    return compiled_version, ActiveVersions([compiled_version], -1)


async def named_version(
    application: Application, connection: AsyncConnection, agreement: str | None, version_id: UUID | None
) -> CompiledVersion:
    """The version that was named, or the active one of the agreement that was; BadRequest when there is none."""
    found = await versions.agreement_by(connection, key=agreement) if agreement is not None else None
    if agreement is not None and found is None:
        raise BadRequest([Refusal("NOT_FOUND", "There is no such agreement.", ("agreement",))])
    if version_id is None and found is not None:
        active = (await application.version_cache.active(connection)).of_agreement(found.id)
        if active is None:
            raise BadRequest([Refusal("NOT_FOUND", "The agreement has no active version.", ("agreement",))])
        return active
    try:
        compiled_version = await application.version_cache.version(connection, version_id) if version_id else None
    except LookupError:
        compiled_version = None
    if compiled_version is None or (found is not None and compiled_version.agreement_id != found.id):
        raise BadRequest([Refusal("NOT_FOUND", "There is no such version.", ("version",))])
    return compiled_version


def _facts(
    lead: IncomingLead, activities: Sequence[IncomingActivity], words: ActiveVersions, *, now: datetime
) -> tuple[LeadFacts, list[Refusal]]:
    checked, found = check_lead(lead, words, now=now)
    faults = [_below(fault, "lead") for fault in found]
    if len(activities) > MAX_ITEMS:
        faults.append(Refusal("TOO_MANY_ITEMS", f"At most {MAX_ITEMS} activities.", ("activities",)))
    known: dict[str, ActivityFact] = {}
    for index, item in enumerate(activities[:MAX_ITEMS]):
        fields, wrong = check_activity(item, words, now=now)
        wrong += heard_channel(item, words).unknown
        if item.lead != lead.external_id:
            wrong.append(Refusal("UNKNOWN_LEAD", "The activity is of another lead.", ("lead",)))
        faults += [_below(fault, "activities", str(index)) for fault in wrong]
        if not wrong:
            known.setdefault(item.key, _fact(item, fields, words))
    facts = LeadFacts(
        fields={key: value for key, value in checked.fields.items() if value is not None},
        account={key: value for key, value in checked.account_fields.items() if value is not None},
        activities=list(known.values()),
    )
    return facts, faults


def _fact(item: IncomingActivity, fields: dict[str, Canonical], words: ActiveVersions) -> ActivityFact:
    return ActivityFact(
        id=item.key,
        type=item.type,
        occurred_at=item.occurred_at,
        party=item.party,
        channel=heard_channel(item, words).channel,
        campaign=item.campaign,
        content=item.content,
        fields=fields,
    )


def _below(fault: Refusal, *path: str) -> Refusal:
    return Refusal(fault.code, fault.message, (*path, *(fault.path or ())))


async def deadline(
    application: Application,
    *,
    start: datetime,
    limit: TimeLimit,
    agreement: str | None = None,
    version_id: UUID | None = None,
    calendar: str | None = None,
) -> datetime:
    """When a time limit that starts then is due, on a calendar of a version (default: the one the version names)."""
    async with application.database.reading() as connection:
        if agreement is None and version_id is None:
            compiled_versions = (await application.version_cache.active(connection)).compiled_versions
            if len(compiled_versions) != 1:
                message = f"{len(compiled_versions)} agreements are active: name an agreement or a version."
                raise BadRequest([Refusal("VALUE_NOT_ALLOWED", message, ("agreement",))])
            compiled_version = compiled_versions[0]
        else:
            compiled_version = await named_version(application, connection, agreement, version_id)
    key = calendar or compiled_version.document.default_calendar
    if key not in compiled_version.calendars:
        known = ", ".join(compiled_version.calendars)
        raise BadRequest([Refusal("NOT_FOUND", f"Known calendars: {known}.", ("calendar",))])
    try:
        return compiled_version.calendars[key].deadline(start, limit.duration, limit.clock)
    except (NeverOpen, OverflowError):
        raise BadRequest([Refusal("VALUE_NOT_ALLOWED", "The limit ends beyond the calendar.", ("limit",))]) from None
