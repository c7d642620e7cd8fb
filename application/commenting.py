"""Comments on a version, section by section, while it is a draft or in review; and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from application.drafting import locked, tell
from application.idempotently import idempotently
from application.reading.pages import Lists
from application.work import House, Work
from domain import rights
from domain.ids import new_id
from domain.principal import Principal
from domain.refusal import need_no
from domain.section_comment import SectionComment, body_faults, section_faults
from domain.version import SlaVersionState
from persistence import lookups, section_comments
from persistence.paging import Query


async def comment_section(
    house: House,
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

    async def act(work: Work) -> str:
        version = await locked(work, version_id)
        version.need(SlaVersionState.DRAFT, SlaVersionState.IN_REVIEW)
        comment = SectionComment(
            id=new_id(now=work.now),
            version_id=version_id,
            section=section,
            person=principal.signature,
            party=principal.party,
            body=body,
            at=work.now,
        )
        await section_comments.insert_comment(work.connection, comment)
        await tell(work, "version.commented", version, section=section, comment=str(comment.id))
        return str(comment.id)

    said = {"version": str(version_id), "section": section, "body": body}
    return UUID(await idempotently(house, principal, "commentSection", idempotency_key, said, act))


def comments_of_versions(house: House, section: str | None) -> Lists[SectionComment]:
    """The comments on versions, the oldest first; on one section only, where it is named."""
    query = Query(section_comments.COMMENTS).where("t.version_id = parent.id")
    return Lists(house, query.where_given("t.section = :section", section=section), SectionComment)


async def comments(house: House, ids: Sequence[UUID]) -> list[SectionComment | None]:
    """Comments by id."""
    async with house.database.reading() as connection:
        found = await lookups.by_ids(connection, "section_comment", SectionComment, ids)
    return [found.get(id_) for id_ in ids]
