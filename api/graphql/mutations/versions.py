"""Mutations of versions in depth: back to an older content, comments on sections."""

from __future__ import annotations

import strawberry

from api.graphql.mutations.agreements import VersionPayload, version_payload
from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.user_errors import UserError
from api.graphql.types import comment_types
from api.graphql.types.comment_types import SectionComment
from api.graphql.types.ids import row_of
from application.agreements.commenting import comment_section
from application.agreements.rolling_back import rollback


@published_input
class RollbackInput:
    """An older content that is to come back into force."""

    agreement: str
    """The key of the agreement."""
    to_version: strawberry.ID
    """The id of the version, in force now or once, whose content is wanted."""
    note: str | None = None
    """The comment; which version it goes back to, if absent."""


@published_input
class CommentSectionInput:
    """A remark about a section of a draft, or of a version in review."""

    version: strawberry.ID
    """The id of the version."""
    section: str
    """The section, such as handover: a property of the document."""
    body: str
    """The comment: 1 to 5000 characters."""
    idempotency_key: str | None = None
    """Under this key the same is done once; asked again, it is answered alike."""


@published
class CommentSectionPayload:
    """The new comment."""

    comment: SectionComment | None = None
    """The comment."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Versions:
    """Versions in depth."""

    @mutation(VersionPayload)
    async def rollback(self, info: Info, input: RollbackInput) -> VersionPayload:
        """Bring an older content back into force, as a new version with the signatures of the old one."""
        version_id = await rollback(
            info.context.application,
            info.context.principal,
            agreement=input.agreement,
            to_version=row_of(input.to_version, "SlaVersion"),
            note=input.note,
        )
        return await version_payload(info.context, version_id)

    @mutation(CommentSectionPayload)
    async def comment_section(self, info: Info, input: CommentSectionInput) -> CommentSectionPayload:
        """Comment on a section of a version while it is a draft or in review."""
        comment_id = await comment_section(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            section=input.section,
            body=input.body,
            idempotency_key=input.idempotency_key,
        )
        return CommentSectionPayload(comment=await info.context.load(comment_types.comments, comment_id), errors=[])
