"""Mutations of agreements and versions: drafts, signatures, activation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.user_errors import UserError
from api.graphql.types import version_types
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.ids import row_of
from api.graphql.types.open_work_types import OpenWorkPreview
from api.graphql.types.version_types import Agreement, SlaVersion
from application.agreements import deciding_versions, drafting, submitting
from application.agreements.drafting import InvalidDocument, NewDraft
from domain.document.findings import Finding
from domain.party import Party
from domain.refusal import Refusal


@published_input
class CreateAgreementInput:
    """A new agreement, with a first draft where a template or a document is given."""

    key: str
    """Its key: letters, digits, - and _, at most 64."""
    title: str
    """Its title."""
    template: str | None = None
    """The key of the template that the first draft begins as."""
    document: JSON | None = None
    """The document of the first draft."""
    idempotency_key: str | None = None
    """Under this key the same is done once; asked again, it is answered alike."""


@published_input
class CreateDraftInput:
    """A new draft: of another version, a template or a document; of the version in force, if none is given."""

    agreement: str
    """The key of the agreement."""
    from_version: strawberry.ID | None = None
    """The id of the version that it begins as a copy of."""
    template: str | None = None
    """The key of the template that it begins as."""
    document: JSON | None = None
    """Its document."""
    note: str | None = None
    """The comment."""
    idempotency_key: str | None = None
    """Under this key the same is done once; asked again, it is answered alike."""


@published_input
class UpdateDraftInput:
    """An edit of a draft: document replaces the whole, sections replaces those that it names."""

    version: strawberry.ID
    """The id of the draft."""
    expected_revision: int
    """The revision that the editor saw."""
    document: JSON | None = None
    """The whole document."""
    sections: JSON | None = None
    """An object: section and its new content."""
    note: str | None = None
    """The comment; absent, it stays as it is."""


@published_input
class SubmitVersionInput:
    """A draft that is to be frozen for review."""

    version: strawberry.ID
    """The id of the draft."""
    expected_revision: int
    """The revision that is to be submitted."""


@published_input
class SignVersionInput:
    """A party's yes or no."""

    version: strawberry.ID
    """The id of the version."""
    party: Party
    """The party that signs; it has to be the signer's own."""
    approve: bool
    """True if it is a yes."""
    comment: str | None = None
    """The comment."""


@published_input
class WithdrawVersionInput:
    """A version that is to be given up."""

    version: strawberry.ID
    """The id of the version."""
    reason: str | None = None
    """Why."""


@published_input
class ActivateVersionInput:
    """A version that is to come into force."""

    version: strawberry.ID
    """The id of the version, which both parties have signed."""
    at: datetime | None = None
    """When; now, if absent or past."""
    move_open_work: bool | None = None
    """True if open handovers, and clocks about leads at their stage, pass to it when it comes into force; if not, they
    stay under the version under which they were opened."""
    preview_only: bool | None = None
    """True if nothing is changed, and only told what moving open work would change if it came into force now."""


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
        version_id = await deciding_versions.sign_version(
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
        version_id = await deciding_versions.withdraw_version(
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
