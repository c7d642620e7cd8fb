"""Back to an older content: a new version says what an older one said, and comes into force at once [X.2]."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from application.agreements.deciding_versions import conflict, put_in_force
from application.agreements.draft_content import InvalidDocument
from application.agreements.drafting import emit, locked
from application.documents.check_document import check_document
from application.obligations.agreement_dues import hold_agreements
from application.runtime.transaction import Application, Transaction
from domain.agreements.version import SlaVersionState, Version
from domain.document.document import SlaDocument
from domain.document.findings import has_errors
from domain.events.versions import VersionApproved
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import not_found
from domain.words.ids import new_id
from persistence.agreements import versions


async def rollback(
    application: Application, principal: Principal, *, agreement: str, to_version: UUID, note: str | None = None
) -> UUID:
    """Bring the content of a version that was in force back into force, as a new version; tell its id.

    Its signatures are taken over, since both parties have signed that very content.
    """
    rights.need(principal, "Mutation.rollback")

    async def body(transaction: Transaction) -> tuple[UUID, UUID]:
        seen = await versions.agreement_by(transaction.connection, key=agreement)
        if seen is None:
            raise not_found("agreement")
        before = await versions.active_of(transaction.connection, seen.id)
        await versions.agreement_by(transaction.connection, agreement_id=seen.id, lock=True)
        active = await versions.active_of(transaction.connection, seen.id)
        if (active and active.id) != (before and before.id):
            raise conflict()
        model = await _model(transaction, seen.id, to_version)
        again = await _again(transaction, principal, model, note)
        await put_in_force(transaction, again, active, "toVersion")
        return again.id, seen.id

    version_id, agreement_id = await application.transact(body, principal=principal)
    await hold_agreements(application, [agreement_id])
    return version_id


async def _model(transaction: Transaction, agreement_id: UUID, version_id: UUID) -> Version:
    """The version whose content is to come back: one of the agreement that is or was in force, and still sound."""
    model = await locked(transaction, version_id)
    if model.agreement_id != agreement_id:
        raise not_found("version")
    model.need(SlaVersionState.ACTIVE, SlaVersionState.SUPERSEDED)
    findings = check_document(SlaDocument.model_validate(model.document), today=transaction.now.date())
    if has_errors(findings):
        raise InvalidDocument(findings, "toVersion")
    return model


async def _again(transaction: Transaction, principal: Principal, model: Version, note: str | None) -> Version:
    """A new version with the content of an older one and its signatures, approved."""
    number = await versions.next_number(transaction.connection, model.agreement_id)
    again = model.repeated(
        id=new_id(now=transaction.now),
        number=number,
        note=note if note is not None else f"Back to version {model.number}",
        author=principal.signature,
        author_party=principal.party,
        now=transaction.now,
    )
    await versions.insert_version(transaction.connection, again)
    for signature in await versions.signatures(transaction.connection, [model.id]):
        marker = f"Taken over from version {model.number}"
        comment = f"{marker}: {signature.comment}" if signature.comment else marker
        await versions.sign(transaction.connection, replace(signature, version_id=again.id, comment=comment))
    await emit(transaction, VersionApproved(taken_over_from=str(model.id)), again)
    return again
