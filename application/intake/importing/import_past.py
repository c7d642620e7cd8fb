"""The past is recorded: what leads were, did and became; nothing of it is judged, opened or streamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from application.intake.channels import heard_channel
from application.intake.importing.past_batch import Checked, PastBatch, PastResult
from application.intake.importing.past_consents import PastConsents, check_consents
from application.intake.importing.rows import ImportedRow
from application.intake.speaking import Speaker
from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.incoming import IncomingActivity, check_activity, check_batch, check_lead
from application.runtime.item_faults import moment_faults, storable
from application.runtime.transaction import Application, Transaction
from domain.document.sections.journey import StageKind
from domain.leads.lead import Account, Lead
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no
from domain.words.ids import new_id
from persistence.as_of import past
from persistence.as_of.past import Outcome
from persistence.leads import activities, leads
from persistence.leads.activities import Activity
from persistence.leads.field_history import told_again

__all__ = ["Outcome", "PastResult", "count_outcomes", "import_past"]


async def import_past(
    application: Application,
    principal: Principal,
    *,
    source: str,
    rows: Sequence[ImportedRow],
    agreement: str | None = None,
    only_known: bool = False,
) -> list[PastResult]:
    """Record a batch of a source's past in one transaction; good rows are kept whole, bad ones told.

    Stages are those of the `agreement`, which may be left out when one only is in force. With `only_known` a row about
    a lead that is not there is refused.
    """
    rights.need(principal, "Mutation.upsertLeads")
    need_no(check_batch(rows, source))
    return await application.transact(
        lambda transaction: _import(transaction, source, rows, agreement=agreement, only_known=only_known),
        principal=principal,
    )


async def count_outcomes(application: Application, source: str, field: str | None = None) -> list[Outcome]:
    """Return what became of a source's leads: in all, or by the value of a field."""
    async with application.database.reading() as connection:
        return await past.outcomes(connection, source, field)


async def _import(
    transaction: Transaction, source: str, rows: Sequence[ImportedRow], *, agreement: str | None, only_known: bool
) -> list[PastResult]:
    active = await transaction.version_cache.active(transaction.connection)
    compiled_version = _version(active, agreement)
    results = [PastResult(row, faults=list(row.faults)) for row in rows]
    external_ids = [row.lead.external_id for row in rows]
    ids = await leads.ids_of_keys(transaction.connection, source, list(filter(storable, external_ids)))
    keys = [activity.key for row in rows for activity in row.activities if storable(activity.key)]
    known = await activities.by_keys(transaction.connection, source, keys) if keys else {}
    checks = _Checks(transaction, active, compiled_version, source, ids, known)
    found = [checks.of(result, only_known=only_known) for result in results]
    good = [checked for checked in found if checked is not None]
    if good:
        batch = await _open(checks, good)
        for checked in good:
            batch.merge(checked)
        await batch.write()
    return results


def _version(active: ActiveVersions, key: str | None) -> CompiledVersion:
    if not active.compiled_versions:
        raise Refusal("WRONG_STATE", "No agreement is in force; activate one first.")
    found = [
        compiled_version
        for compiled_version in active.compiled_versions
        if key in {None, compiled_version.agreement_key}
    ]
    names = ", ".join(compiled_version.agreement_key for compiled_version in active.compiled_versions)
    if not found:
        raise Refusal("NOT_FOUND", f"No agreement {key!r} is in force; in force: {names}.", ("agreement",))
    if len(found) > 1:
        raise Refusal("VALUE_NOT_ALLOWED", f"Several agreements are in force, name one: {names}.", ("agreement",))
    return found[0]


class _Checks:
    """Checks rows before anything is written, all faults of a row at once."""

    def __init__(
        self,
        transaction: Transaction,
        active: ActiveVersions,
        compiled_version: CompiledVersion,
        source: str,
        ids: dict[str, UUID],
        known: dict[str, Activity],
    ) -> None:
        self.transaction = transaction
        self.active = active
        self.compiled_version = compiled_version
        self.source = source
        self.ids = ids
        self.known = known
        self.new: dict[str, Lead] = {}
        """The leads that are not there yet, by external id."""
        self._seen = dict(known)

    def of(self, result: PastResult, *, only_known: bool) -> Checked | None:
        """The row checked, or None when it has faults, which then stand in the result."""
        row, external_id = result.row, result.row.lead.external_id
        checked, faults = check_lead(row.lead, self.active, now=self.transaction.now)
        result.faults += [*faults, *self._stage_faults(row)]
        lead_id = self.ids.get(external_id)
        if lead_id is None:
            if only_known:
                result.faults.append(Refusal("UNKNOWN_LEAD", "This source has no such lead.", ("externalId",)))
            lead_id = self.new.setdefault(
                external_id, _new_lead(self.compiled_version, row, now=self.transaction.now)
            ).id
        told = [self._activity(row, item, lead_id, result) for item in row.activities]
        said, wrong = check_consents(row.consents, self.active, self.transaction)
        result.faults += wrong
        if result.faults:
            return None
        self._seen |= {activity.key: activity for activity in told}
        return Checked(result, checked, told, said)

    def _stage_faults(self, row: ImportedRow) -> list[Refusal]:
        journey, faults = self.compiled_version.document.journey, []
        for place, reached in enumerate(row.stages):
            path = ("stages", str(place))
            faults += [_found_at(fault, path) for fault in moment_faults(reached.at, "at", now=self.transaction.now)]
            if journey.stage(reached.stage) is None:
                known = ", ".join(stage.key for stage in journey.stages)
                faults.append(Refusal("UNKNOWN_STAGE", f"Known stages: {known}.", (*path, "stage")))
        return faults

    def _activity(self, row: ImportedRow, item: IncomingActivity, lead_id: UUID, result: PastResult) -> Activity:
        path = ("activities", str(row.activities.index(item)))
        fields, faults = check_activity(item, self.active, now=self.transaction.now)
        kind = self.active.activity_types.get(item.type)
        party = Speaker(None).party_of(item, kind) if kind else item.party
        on = heard_channel(item, self.active)
        result.notes += [f"{'.'.join(path)}: {said.message}" for said in on.unknown]
        activity = Activity(
            id=new_id(now=self.transaction.now),
            lead_id=lead_id,
            source=self.source,
            key=item.key,
            type=item.type,
            occurred_at=item.occurred_at,
            recorded_at=self.transaction.now,
            party=party,
            party_found=party is not item.party,
            person=item.person,
            channel=on.channel,
            campaign=item.campaign,
            content=item.content,
            fields=fields,
            channel_told=on.told,
        )
        seen = self._seen.get(item.key)
        if seen is not None and not seen.same_as(activity):
            faults.append(Refusal("KEY_REUSED", "This source used the key for another activity.", ("key",)))
        result.faults += [_found_at(fault, path) for fault in faults]
        return activity


def _found_at(fault: Refusal, before: tuple[str, ...]) -> Refusal:
    """The fault with the way to the place it was found at."""
    return Refusal(fault.code, fault.message, (*before, *(fault.path or ())))


def _new_lead(compiled_version: CompiledVersion, row: ImportedRow, *, now: datetime) -> Lead:
    """A lead of the past at the beginning of its journey."""
    first = compiled_version.stage_of_kind(StageKind.PROSPECT)
    begun = row.lead.created_at or row.lead.observed_at or now
    return Lead(
        id=new_id(now=now),
        agreement_id=compiled_version.agreement_id,
        stage=first.key,
        stage_kind=first.kind.value,
        stage_since=begun,
        contact_owner=first.owner,
        created_at=begun,
        changed_at=now,
        historical=True,
    )


async def _open(checks: _Checks, good: Sequence[Checked]) -> PastBatch:
    """Create what is new; lock in order: leads by id, then what is in force, then accounts by key."""
    connection, source, now = checks.transaction.connection, checks.source, checks.transaction.now
    wanted = {checked.lead.item.external_id for checked in good}
    new = {key: lead for key, lead in checks.new.items() if key in wanted}
    created = await leads.create(connection, source, new)
    ids = checks.ids | {key: lead.id for key, lead in new.items()}
    if len(created) < len(new):
        ids = await leads.ids_of_keys(connection, source, wanted)
    locked = await leads.lock(connection, (ids[key] for key in wanted))
    await checks.transaction.version_cache.active(connection, hold=True)
    companies = {c.lead.company.key for c in good if c.lead.company}
    accounts = {key: _new_account(key, now) for key in sorted(companies)}
    if accounts:
        accounts = await leads.lock_accounts(connection, accounts)
    for checked in good:
        lead_id = ids[checked.lead.item.external_id]
        checked.activities[:] = [replace(activity, lead_id=lead_id) for activity in checked.activities]
    known = locked.keys() - created
    consents = PastConsents(checks.transaction)
    await consents.look_up(sorted(known))
    subjects = known | {account.id for account in accounts.values()}
    return PastBatch(
        transaction=checks.transaction,
        compiled_version=checks.compiled_version,
        source=source,
        ids=ids,
        created=created,
        leads=locked,
        accounts=accounts,
        timelines=await past.values_of(connection, subjects),
        told_again=await told_again(connection, subjects),
        stages=await past.stages_of(connection, known) if known else {},
        known_activities=checks.known,
        consents=consents,
    )


def _new_account(key: str, now: datetime) -> Account:
    return Account(id=new_id(now=now), key=key, name=None, owner=None, fields={}, created_at=now, changed_at=now)
