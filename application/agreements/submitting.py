"""A draft submitted: tried out, checked with what it would meet, and frozen for review."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from application.agreements.draft_content import InvalidDocument
from application.agreements.drafting import emit, locked
from application.documents.check_document import check_document
from application.documents.surroundings import around, living
from application.runtime.aside import aside
from application.runtime.transaction import Application, Transaction
from domain.agreements.version import SlaVersionState, Version
from domain.document.document import SlaDocument
from domain.document.findings import Severity, has_errors
from domain.events.versions import VersionSubmitted
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal
from persistence.agreements import versions
from rules.checking.trial import Failed, try_in_child


async def submit_version(
    application: Application, principal: Principal, *, version_id: UUID, expected_revision: int
) -> UUID:
    """Freeze a draft without errors for review, after trying it out in a process of its own."""
    rights.need(principal, "Mutation.submitVersion")
    async with application.database.reading() as connection:
        draft = await versions.version_by_id(connection, version_id)
    if draft is not None and draft.state is SlaVersionState.DRAFT and draft.revision == expected_revision:
        await _try_out(application, draft, today=application.time.now().date())

    async def body(transaction: Transaction) -> UUID:
        version = await locked(transaction, version_id)
        version.need(SlaVersionState.DRAFT)
        changed = await versions.changed_since(transaction.connection, version_id, expected_revision)
        version.need_revision(expected_revision, changed=changed)
        await _need_sound(transaction, version)
        await versions.update_version(transaction.connection, version.submitted(now=transaction.now))
        await emit(transaction, VersionSubmitted(), version)
        return version_id

    return await application.transact(body, principal=principal)


async def _try_out(application: Application, draft: Version, *, today: date) -> None:
    """Refuse a document with which the rules engine does not come to an end."""
    findings = await aside(lambda: check_document(SlaDocument.model_validate(draft.document), today=today))
    if any(f.severity is Severity.ERROR for f in findings):
        raise InvalidDocument(findings)
    outcome = await application.compile_checks.outcome(draft.digest, lambda: try_in_child(draft.document))
    if isinstance(outcome, Failed):
        message = f"The rules of this document cannot be compiled: {outcome.reason}"
        raise Refusal("INVALID_DOCUMENT", message, ("document",))


async def _need_sound(transaction: Transaction, version: Version) -> None:
    """Refuse a draft with errors, also with those that it has for the leads there are now."""
    document = SlaDocument.model_validate(version.document)
    surroundings = replace(
        await around(transaction, version.agreement_id), living=await living(transaction, version, document)
    )
    findings = check_document(document, today=transaction.now.date(), surroundings=surroundings)
    if has_errors(findings):
        raise InvalidDocument(findings)
