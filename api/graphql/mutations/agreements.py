"""Mutations of agreements and versions: drafts, signatures, activation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import published
from api.graphql.parts.user_errors import UserError
from api.graphql.types import version_types
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.ids import row_of
from api.graphql.types.open_work_types import OpenWorkPreview
from api.graphql.types.version_inputs import (
    ActivateVersionInput,
    CreateAgreementInput,
    CreateDraftInput,
    SignVersionInput,
    SubmitVersionInput,
    UpdateDraftInput,
    WithdrawVersionInput,
)
from api.graphql.types.version_types import Agreement, SlaVersion
from application.agreements import deciding_versions, drafting, signing, submitting
from application.agreements.draft_content import InvalidDocument, NewDraft
from domain.document.findings import Finding
from domain.refusal import Refusal


@published
class CreateAgreementPayload:
    """The new agreement."""

    agreement: Agreement | None = None
    """The agreement."""
    version: SlaVersion | None = None
    """Its first draft, where a template or a document was given."""
    errors: list[UserError]
    """The faults of the input."""


@published
class VersionPayload:
    """A version after what was done."""

    version: SlaVersion | None = None
    """The version."""
    preview: OpenWorkPreview | None = None
    """The effect of moving open work to it; where it was asked for."""
    findings: list[SlaFinding]
    """All faults and warnings of the document that was given, or of the version's."""
    errors: list[UserError]
    """The faults of the input."""

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> dict[str, Any]:
        """The further data beside the errors: all findings of a document that was refused."""
        return {"findings": findings_of(refusal.findings) if isinstance(refusal, InvalidDocument) else []}


@published
class Agreements:
    """Agreements and versions."""

    @mutation(CreateAgreementPayload)
    async def create_agreement(self, info: Info, input: CreateAgreementInput) -> CreateAgreementPayload:
        """Create an agreement."""
        context = info.context
        agreement_id, version_id = await drafting.create_agreement(
            context.application,
            context.principal,
            key=input.key,
            title=input.title,
            template=input.template,
            document=input.document,
            idempotency_key=input.idempotency_key,
        )
        return CreateAgreementPayload(
            agreement=await context.load(version_types.agreements, agreement_id),
            version=await context.load(version_types.versions, version_id) if version_id else None,
            errors=[],
        )

    @mutation(VersionPayload)
    async def create_draft(self, info: Info, input: CreateDraftInput) -> VersionPayload:
        """Create a draft."""
        base = None if input.from_version is None else row_of(input.from_version, "SlaVersion")
        version_id = await drafting.create_draft(
            info.context.application,
            info.context.principal,
            agreement=input.agreement,
            note=input.note,
            source=NewDraft(from_version=base, template=input.template, document=input.document),
            idempotency_key=input.idempotency_key,
        )
        return await version_payload(info.context, version_id)

    @mutation(VersionPayload)
    async def update_draft(self, info: Info, input: UpdateDraftInput) -> VersionPayload:
        """Edit a draft, whole or by section."""
        sections: Any = input.sections
        version_id, findings = await drafting.update_draft(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            expected_revision=input.expected_revision,
            document=input.document,
            sections=sections,
            note=input.note,
        )
        return await version_payload(info.context, version_id, findings)

    @mutation(VersionPayload)
    async def submit_version(self, info: Info, input: SubmitVersionInput) -> VersionPayload:
        """Freeze a draft for review; it has to be without errors."""
        version_id = await submitting.submit_version(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            expected_revision=input.expected_revision,
        )
        return await version_payload(info.context, version_id)

    @mutation(VersionPayload)
    async def sign_version(self, info: Info, input: SignVersionInput) -> VersionPayload:
        """Sign a version for one's own party; with both signatures it is approved."""
        version_id = await signing.sign_version(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            party=input.party,
            approve=input.approve,
            comment=input.comment,
        )
        return await version_payload(info.context, version_id)

    @mutation(VersionPayload)
    async def withdraw_version(self, info: Info, input: WithdrawVersionInput) -> VersionPayload:
        """Give up a version that is not in force yet."""
        version_id = await signing.withdraw_version(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            reason=input.reason,
        )
        return await version_payload(info.context, version_id)

    @mutation(VersionPayload)
    async def activate_version(self, info: Info, input: ActivateVersionInput) -> VersionPayload:
        """Put an approved version into force, now or at a moment to come; it supersedes the one in force."""
        context, version_id = info.context, row_of(input.version, "SlaVersion")
        if input.preview_only:
            tried = await deciding_versions.preview_activation(
                context.application, context.principal, version_id=version_id
            )
            payload = await version_payload(context, version_id)
            payload.preview = OpenWorkPreview.of(tried)
            return payload
        await deciding_versions.activate_version(
            context.application,
            context.principal,
            version_id=version_id,
            at=input.at,
            move_open_work=bool(input.move_open_work),
        )
        return await version_payload(context, version_id)


async def version_payload(
    context: Context, version_id: UUID, findings: tuple[Finding, ...] | None = None
) -> VersionPayload:
    """The answer about a version, with the findings of its document where no others are given."""
    found = await context.load(version_types.versions, version_id)
    assert found is not None  # noqa: S101 - it was just written
    told = await found.all_findings(context) if findings is None else findings_of(findings)
    return VersionPayload(version=found, findings=told, errors=[])
