"""Comments on sections of versions."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.section_comment import SectionComment
from persistence import tables
from persistence.database.paging import Listing
from persistence.database.records import write

COMMENTS = Listing("section_comment", (("t.at", "timestamptz"), ("t.id", "uuid")))


async def insert_comment(connection: AsyncConnection, comment: SectionComment) -> None:
    """Store a comment."""
    await connection.execute(insert(tables.section_comment), write(comment, tables.section_comment))
