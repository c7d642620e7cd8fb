"""Agreements and drafts: created, edited whole or by section, submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from application.agreements.draft_content import InvalidDocument, NewDraft, base_version, new_document
from application.documents.check_document import check, check_document
from application.documents.document_loading import merge_sections
from application.documents.surroundings import Surroundings, around, living
from application.runtime.aside import aside
from application.runtime.idempotently import idempotently
from application.runtime.transaction import Application, Transaction
from domain.agreements.version import Agreement, SlaVersionState, Version
from domain.checking.removed_words import vocabulary_findings
from domain.document.base import KEY_PATTERN
from domain.document.content_hash import document_digest
from domain.document.document import FORMAT, SlaDocument
from domain.document.findings import Finding
from domain.events.versions import VersionEvent, VersionPayload
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, need_no, not_found
from domain.words.ids import new_id
from persistence.agreements import versions


async def create_agreement(
    application: Application,
    principal: Principal,
    *,
    key: str,
    title: str,
    template: str | None = None,
    document: Any = None,
    idempotency_key: str | None = None,
) -> tuple[UUID, UUID | None]:
    """Create an agreement, with a first draft where a template or a document is given; tell both ids."""
    rights.need(principal, "Mutation.createAgreement")
    source = NewDraft(template=template, document=document)
    need_no(_faults(key, title, source))
    said = {"key": key, "title": title, "template": template, "document": document}

    async def body(transaction: Transaction) -> list[str | None]:
        content = await new_document(transaction, source) if source.given else None
        agreement = Agreement(id=new_id(now=transaction.now), key=key, title=title, created_at=transaction.now)
        if not await versions.insert_agreement(transaction.connection, agreement):
            raise Refusal("KEY_REUSED", f"There is an agreement {key!r} already.", ("key",))
        version = None if content is None else await _draft(transaction, principal, agreement, content, None, None)
        return [str(agreement.id), str(version.id) if version else None]

    ids = await idempotently(application, principal, "createAgreement", idempotency_key, said, body)
    return UUID(ids[0]), UUID(ids[1]) if ids[1] else None


def _faults(key: str, title: str, source: NewDraft) -> list[Refusal]:
    faults = []
    if not re.fullmatch(KEY_PATTERN, key):
        faults.append(Refusal("MALFORMED_KEY", "A key has letters, digits, - and _, at most 64.", ("key",)))
    if not title.strip() or len(title) > 500:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "A title has 1 to 500 characters.", ("title",)))
    if source.given > 1:
        faults.append(Refusal("VALUE_NOT_ALLOWED", "Give a template or a document, not both.", ("document",)))
    return faults


async def create_draft(
    application: Application,
    principal: Principal,
    *,
    agreement: str,
    source: NewDraft,
    note: str | None = None,
    idempotency_key: str | None = None,
) -> UUID:
    """Create a draft from another version (default: the active one), a template or a document."""
    rights.need(principal, "Mutation.createDraft")
    if source.given > 1:
        raise Refusal("VALUE_NOT_ALLOWED", "Give one of fromVersion, template and document.", ("document",))
    said = {"agreement": agreement, "from": str(source.from_version), "note": note}
    said |= {"template": source.template, "document": source.document}

    async def body(transaction: Transaction) -> list[str | None]:
        found = await versions.agreement_by(transaction.connection, key=agreement, lock=True)
        if found is None:
            raise not_found("agreement")
        base = await base_version(transaction, found, source)
        content = SlaDocument.model_validate(base.document) if base else await new_document(transaction, source)
        draft = await _draft(transaction, principal, found, content, base.id if base else None, note)
        return [str(draft.id)]

    ids = await idempotently(application, principal, "createDraft", idempotency_key, said, body)
    return UUID(ids[0])


async def _draft(
    transaction: Transaction,
    principal: Principal,
    agreement: Agreement,
    content: SlaDocument,
    base: UUID | None,
    note: str | None,
) -> Version:
    version = Version(
        id=new_id(now=transaction.now),
        agreement_id=agreement.id,
        number=await versions.next_number(transaction.connection, agreement.id),
        state=SlaVersionState.DRAFT,
        revision=1,
        format=FORMAT,
        document=content.to_json(),
        digest=document_digest(content),
        note=note,
        based_on=base,
        author=principal.signature,
        author_party=principal.party,
        created_at=transaction.now,
    )
    await versions.insert_version(transaction.connection, version)
    return version


async def update_draft(
    application: Application,
    principal: Principal,
    *,
    version_id: UUID,
    expected_revision: int,
    document: Any = None,
    sections: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> tuple[UUID, tuple[Finding, ...]]:
    """Edit a draft: the whole document, or those of its sections that are named; tell its findings."""
    rights.need(principal, "Mutation.updateDraft")
    if document is not None and sections is not None:
        raise Refusal("VALUE_NOT_ALLOWED", "Give document or sections, not both.", ("sections",))

    async def body(transaction: Transaction) -> tuple[UUID, tuple[Finding, ...]]:
        version = await locked(transaction, version_id)
        version.need(SlaVersionState.DRAFT)
        changed = await versions.changed_since(transaction.connection, version_id, expected_revision)
        version.need_revision(expected_revision, changed=changed)
        current = SlaDocument.model_validate(version.document)
        surroundings = replace(await around(transaction, version.agreement_id), drafting=True)
        today = transaction.now.date()
        edited, findings = await aside(lambda: _edited(current, document, sections, surroundings, today=today))
        present = await living(transaction, version, edited)
        findings += tuple(vocabulary_findings(edited, present)) if present else ()
        after = version.edited(edited.to_json(), document_digest(edited), note)
        await versions.update_version(transaction.connection, after)
        names = changed_sections(version.document, after.document)
        await versions.remember_change(
            transaction.connection, version_id, after.revision, names, principal.signature, now=transaction.now
        )
        return version_id, findings

    return await application.transact(body, principal=principal)


def _edited(
    current: SlaDocument,
    document: Any,
    sections: Mapping[str, Any] | None,
    surroundings: Surroundings,
    *,
    today: date,
) -> tuple[SlaDocument, tuple[Finding, ...]]:
    if document is not None:
        edited, findings = check(document, today=today, surroundings=surroundings)
    elif sections is not None:
        loaded = merge_sections(current, dict(sections) if isinstance(sections, Mapping) else sections)
        edited, findings = loaded.document, loaded.findings
        if edited is not None:
            findings = check_document(edited, today=today, surroundings=surroundings)
    else:
        edited, findings = current, check_document(current, today=today, surroundings=surroundings)
    if edited is None:
        raise InvalidDocument(findings, "sections" if document is None else "document")
    return edited, tuple(findings)


def changed_sections(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the sections in which two documents differ."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


async def locked(transaction: Transaction, version_id: UUID) -> Version:
    """A version, locked; refused when there is none."""
    version = await versions.version_by_id(transaction.connection, version_id, lock=True)
    if version is None:
        raise not_found("version")
    return version


async def emit(transaction: Transaction, event: VersionEvent, version: Version) -> None:
    """Write an event about a version."""
    agreement = await versions.agreement_by(transaction.connection, agreement_id=version.agreement_id)
    state = VersionPayload(
        agreement=agreement.key if agreement else None, number=version.number, digest=version.digest
    ).payload
    transaction.emit(event, version.id, state=state)
