"""Both parties sign, management activates: now or at a date; the version in force is superseded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from application.agreements.draft_content import InvalidDocument
from application.agreements.drafting import emit, locked
from application.agreements.version_migrations import Preview, preview
from application.documents.surroundings import living, living_each
from application.obligations.agreement_dues import hold_agreements
from application.runtime.transaction import Application, Transaction
from domain.agreements.open_work import Movement
from domain.agreements.version import SlaVersionState, Version
from domain.checking.naming import unknown_names
from domain.checking.removed_words import vocabulary_findings
from domain.document.document import SlaDocument
from domain.document.findings import Severity, has_errors
from domain.events.versions import (
    VersionActivated,
    VersionActivationRefused,
    VersionMoving,
    VersionSuperseded,
    VersionUnscheduled,
)
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, not_found
from domain.words.ids import new_id
from persistence.agreements import movements, versions
from persistence.people import teams


async def activate_version(
    application: Application,
    principal: Principal,
    *,
    version_id: UUID,
    at: datetime | None = None,
    move_open_work: bool = False,
) -> UUID:
    """Put an approved version into force, now or at a later moment, in place of the one in force now.

    What is open stays under its version, unless it is to be moved; then the clock moves it from the activation on.
    """
    rights.need(principal, "Mutation.activateVersion")

    async def body(transaction: Transaction) -> UUID | None:
        seen = await versions.version_by_id(transaction.connection, version_id)
        if seen is None:
            raise not_found("version")
        before = await versions.active_of(transaction.connection, seen.agreement_id)
        await versions.agreement_by(transaction.connection, agreement_id=seen.agreement_id, lock=True)
        active = await versions.active_of(transaction.connection, seen.agreement_id)
        version = await locked(transaction, version_id)
        if (active and active.id) != (before and before.id):
            raise conflict()
        version.need(SlaVersionState.APPROVED)
        if at is not None and at < version.created_at:
            raise Refusal("VALUE_NOT_ALLOWED", "The version was not written yet then.", ("at",))
        if at is not None and at > transaction.now:
            await need_fit(transaction, version)
            scheduled = version.scheduled(at, active.id if active else None, moves_open_work=move_open_work)
            await versions.update_version(transaction.connection, scheduled)
            transaction.wake_clock(at)
            return None
        await put_in_force(transaction, replace(version, moves_open_work=move_open_work), active)
        return version.agreement_id

    agreement_id = await application.transact(body, principal=principal)
    if agreement_id is not None:
        await hold_agreements(application, [agreement_id])
    return version_id


async def preview_activation(application: Application, principal: Principal, *, version_id: UUID) -> Preview:
    """Return what moving open work to an approved version would change if it came into force now; nothing is stored."""
    rights.need(principal, "Mutation.activateVersion")
    async with application.database.reading() as connection:
        version = await versions.version_by_id(connection, version_id)
    if version is None:
        raise not_found("version")
    version.need(SlaVersionState.APPROVED)
    found = await preview(application, version_id)
    (present,) = await living_each(application, principal, [version_id])
    document = SlaDocument.model_validate(version.document)
    found.vocabulary = tuple(vocabulary_findings(document, present)) if present else ()
    return found


def conflict() -> Refusal:
    """The refusal when another version came into force meanwhile."""
    return Refusal("ACTIVATION_CONFLICT", "Another version came into force meanwhile; look at it and decide anew.")


async def put_in_force(
    transaction: Transaction, version: Version, active: Version | None, given: str = "version"
) -> None:
    """Activate a version whose agreement is locked, and have the leads judged again in the background.

    `given` is the part of the input that named what is to come into force.
    """
    await versions.begin_activation(transaction.connection)
    transaction.catch_up()
    await _need_one_type_per_field(transaction, version, given)
    await need_fit(transaction, version, given)
    if active is not None:
        await versions.update_version(transaction.connection, active.superseded(now=transaction.now))
        await emit(transaction, VersionSuperseded(by=str(version.id)), active)
    await versions.update_version(transaction.connection, version.activated(now=transaction.now))
    await emit(transaction, VersionActivated(), version)
    await versions.start_rejudgement(
        transaction.connection, new_id(now=transaction.now), version.id, now=transaction.now
    )
    if version.moves_open_work and active is not None:
        movement = Movement(new_id(now=transaction.now), version.id, version.agreement_id, None, transaction.now)
        await movements.start(transaction.connection, movement)
        await emit(transaction, VersionMoving(from_version=str(active.id)), version)
    for overtaken in await versions.scheduled_beside(transaction.connection, version):
        await _unschedule(transaction, overtaken, str(conflict()))
    transaction.wake_clock()


async def need_fit(transaction: Transaction, version: Version, given: str = "version") -> None:
    """Refuse a version that, with the teams and the leads there are now, cannot come into force.

    Both parties have signed it since, so only what may have changed is looked at: teams that leads are routed to, and
    leads at stages that are gone.
    """
    document = SlaDocument.model_validate(version.document)
    findings = [
        *unknown_names(document, await teams.read_teams(transaction.connection, now=transaction.now), activating=True)
    ]
    present = await living(transaction, version, document, words=False)
    findings += vocabulary_findings(document, present) if present else ()
    if has_errors(findings):
        raise InvalidDocument(findings, given)


async def _need_one_type_per_field(transaction: Transaction, version: Version, given: str) -> None:
    mine = {f.key: f for f in SlaDocument.model_validate(version.document).fields}
    for agreement, other in await versions.active_versions(transaction.connection):
        if agreement.id == version.agreement_id:
            continue
        for field in SlaDocument.model_validate(other.document).fields:
            own = mine.get(field.key)
            if own is not None and (own.type, own.scale, own.of) != (field.type, field.scale, field.of):
                message = f"The field {field.key} has another type in the active agreement {agreement.key}."
                raise Refusal("FIELD_TYPE_CONFLICT", message, (given,))


async def activate_scheduled(application: Application, version_id: UUID) -> bool:
    """Put a version into force whose time has come; where it cannot be, it stays approved and waits for a decision."""

    async def body(transaction: Transaction) -> UUID | None:
        seen = await versions.version_by_id(transaction.connection, version_id)
        if seen is None:
            return None
        await versions.agreement_by(transaction.connection, agreement_id=seen.agreement_id, lock=True)
        version = await locked(transaction, version_id)
        due = version.effective_from is not None and version.effective_from <= transaction.now
        if version.state is not SlaVersionState.APPROVED or not due:
            return None
        active = await versions.active_of(transaction.connection, seen.agreement_id)
        if (active.id if active else None) != version.expects_active:
            await _unschedule(transaction, version, str(conflict()))
            return None
        await put_in_force(transaction, version, active)
        return version.agreement_id

    try:
        agreement_id = await application.transact(body)
    except Refusal as refusal:
        await _refuse_scheduled(application, version_id, refusal)
        return False
    if agreement_id is not None:
        await hold_agreements(application, [agreement_id])
    return agreement_id is not None


async def _refuse_scheduled(application: Application, version_id: UUID, refusal: Refusal) -> None:
    """Tell that a version could not come into force when its time came, and why."""
    found = refusal.findings if isinstance(refusal, InvalidDocument) else ()
    errors = [{"code": f.code, "path": f.path, "message": f.message} for f in found if f.severity is Severity.ERROR]

    async def body(transaction: Transaction) -> None:
        version = await locked(transaction, version_id)
        if version.state is SlaVersionState.APPROVED and version.effective_from is not None:
            await versions.update_version(transaction.connection, _unscheduled(version, str(refusal)))
            event = VersionActivationRefused(code=refusal.code, reason=str(refusal), findings=errors)
            await emit(transaction, event, version)

    await application.transact(body)


async def _unschedule(transaction: Transaction, version: Version, reason: str) -> None:
    """Drop a planned activation that another one has overtaken, and say so."""
    at = version.effective_from.isoformat() if version.effective_from else None
    await versions.update_version(transaction.connection, _unscheduled(version, reason))
    await emit(transaction, VersionUnscheduled(reason=reason, at=at), version)


def _unscheduled(version: Version, reason: str) -> Version:
    return replace(version, effective_from=None, expects_active=None, closing_reason=reason)
