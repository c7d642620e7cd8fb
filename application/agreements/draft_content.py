"""The content of a new draft, from another version, a template or a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.documents.check_document import check
from application.documents.templates import template
from application.runtime.aside import aside
from application.runtime.transaction import Transaction
from domain.agreements.version import Agreement, Version
from domain.document.document import SlaDocument
from domain.document.findings import Finding, Severity
from domain.refusal import Refusal, not_found
from persistence.agreements import versions


class InvalidDocument(Refusal):
    """A document with errors: all its findings, and the part of the input that brought it."""

    def __init__(self, findings: Sequence[Finding], given: str = "document") -> None:
        errors = [f for f in findings if f.severity is Severity.ERROR]
        first = f" First: {errors[0].path}: {errors[0].message}" if errors else ""
        super().__init__("INVALID_DOCUMENT", f"The document has {len(errors)} errors.{first}", (given,))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class NewDraft:
    """Where a draft's content comes from: another version, a template or a document."""

    from_version: UUID | None = None
    template: str | None = None
    document: Any = None

    @property
    def given(self) -> int:
        """Return how many sources are named."""
        return sum(source is not None for source in (self.from_version, self.template, self.document))


async def base_version(transaction: Transaction, agreement: Agreement, source: NewDraft) -> Version | None:
    """The version that a draft goes on from: the named one, else the active one; None for other sources."""
    if source.template is not None or source.document is not None:
        return None
    if source.from_version is None:
        active = await versions.active_of(transaction.connection, agreement.id)
        if active is None:
            message = "No version is active: name a version, a template or a document."
            raise Refusal("WRONG_STATE", message, ("fromVersion",))
        return active
    base = await versions.version_by_id(transaction.connection, source.from_version)
    if base is None or base.agreement_id != agreement.id:
        raise not_found("version")
    return base


async def new_document(transaction: Transaction, source: NewDraft) -> SlaDocument:
    """The document of a template, or the one given, which must be without errors."""
    data = source.document
    if source.template is not None:
        found = template(source.template)
        if found is None:
            raise Refusal("NOT_FOUND", f"There is no template {source.template[:80]!r}.", ("template",))
        return found.document
    document, findings = await aside(lambda: check(data, today=transaction.now.date()))
    if document is None:
        raise InvalidDocument(findings)
    return document
