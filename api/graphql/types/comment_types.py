"""Comments on sections of versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from api.graphql.lists.connections import Connection
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import published
from api.graphql.types.pages import Branch, listed_below
from application.agreements import commenting
from domain.agreements import section_comment as domain
from domain.party import Party
from domain.refusal import need_no

COMMENTS = Cursors("comments", datetime, UUID)


@published
class SectionComment(Node):
    """A comment on a section."""

    section: str
    """The section, such as handover."""
    person: str
    """Who says it."""
    party: Party | None
    """The party of that person."""
    body: str
    """The words."""
    at: datetime
    """When."""

    @classmethod
    def of(cls, record: domain.SectionComment) -> SectionComment:
        """The comment as it is shown."""
        return cls(
            id=global_id("SectionComment", record.id),
            section=record.section,
            person=record.person,
            party=record.party,
            body=record.body,
            at=record.at,
        )


@nodes.loads("SectionComment")
async def comments(context: Context, ids: list[UUID]) -> Sequence[SectionComment | None]:
    """Comments by id."""
    return [None if c is None else SectionComment.of(c) for c in await commenting.comments(context.application, ids)]


async def comments_of_version(
    info: Info, version_id: UUID, section: str | None, **page: Any
) -> Connection[SectionComment]:
    """The comments on a version, the oldest first; on one section only, where it is named."""
    if section is not None:
        need_no(domain.section_faults(section))
    return await listed_below(
        info,
        version_id,
        _branch(section),
        cursors=COMMENTS,
        key=lambda row: (row.at, row.id),
        node=SectionComment.of,
        **page,
    )


@cache
def _branch(section: str | None) -> Branch[domain.SectionComment]:
    """One for each section, so that the same list below several versions is read together."""
    return Branch(lambda context: commenting.comments_of_versions(context.application, section))
