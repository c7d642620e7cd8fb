"""Comments on a version, section by section, while it is a draft or in review; and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from application.agreements.drafting import emit, locked
from application.reading.pages import Lists
from application.runtime.idempotently import idempotently
from application.runtime.transaction import Application, Transaction
from domain.agreements.section_comment import SectionComment, body_faults, section_faults
from domain.agreements.version import SlaVersionState
from domain.events.versions import VersionCommented
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import need_no
from domain.words.ids import new_id
from persistence import lookups
from persistence.agreements import section_comments
from persistence.database.paging import Query


async def comment_section(
    application: Application,
    principal: Principal,
    *,
    version_id: UUID,
    section: str,
    body: str,
    idempotency_key: str | None = None,
) -> UUID:
    """Say something about a section of a version that is not agreed yet; tell the comment's id."""
    rights.need(principal, "Mutation.commentSection")
    need_no([*section_faults(section), *body_faults(body)])

    async def act(transaction: Transaction) -> str:
        version = await locked(transaction, version_id)
        version.need(SlaVersionState.DRAFT, SlaVersionState.IN_REVIEW)
        comment = SectionComment(
            id=new_id(now=transaction.now),
            version_id=version_id,
            section=section,
            person=principal.signature,
            party=principal.party,
            body=body,
            at=transaction.now,
        )
        await section_comments.insert_comment(transaction.connection, comment)
        await emit(transaction, VersionCommented(section=section, comment=str(comment.id)), version)
        return str(comment.id)

    said = {"version": str(version_id), "section": section, "body": body}
    return UUID(await idempotently(application, principal, "commentSection", idempotency_key, said, act))


def comments_of_versions(application: Application, section: str | None) -> Lists[SectionComment]:
    """The comments on versions, the oldest first; on one section only, where it is named."""
    query = Query(section_comments.COMMENTS).where("t.version_id = parent.id")
    return Lists(application, query.where_given("t.section = :section", section=section), SectionComment)


async def comments(application: Application, ids: Sequence[UUID]) -> list[SectionComment | None]:
    """Comments by id."""
    async with application.database.reading() as connection:
        found = await lookups.by_ids(connection, "section_comment", SectionComment, ids)
    return [found.get(id_) for id_ in ids]
