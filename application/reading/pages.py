"""Lists that are read page by page: one list, or the same one for each of several parents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from application.runtime.page import Key, Page, PageRequest, page_of
from application.runtime.transaction import Application
from persistence.database.paging import Query
from persistence.database.records import read

Record = TypeVar("Record")


class List(Generic[Record]):
    """A list of records that can be read page by page, and counted."""

    def __init__(self, application: Application, query: Query, record: type[Record]) -> None:
        self._application = application
        self._query = query
        self._record = record

    async def page(self, request: PageRequest) -> Page[Record]:
        """One page of it."""
        async with self._application.database.reading() as connection:
            rows = await self._query.rows(
                connection,
                limit=request.limit,
                after=_written(request.after),
                before=_written(request.before),
                backward=request.backward,
            )
        return page_of([read(self._record, row) for row in rows], request)

    async def count(self) -> int:
        """Return how long it is."""
        async with self._application.database.reading() as connection:
            return await self._query.count(connection)


_INFINITE = datetime.max  # noqa: DTZ901 - without a time zone the driver writes it as PostgreSQL's infinity


class Lists(Generic[Record]):
    """The same list for each of several parents: a page of all of them costs one statement."""

    def __init__(self, application: Application, query: Query, record: type[Record]) -> None:
        self._application = application
        self._query = query
        self._record = record

    async def pages(self, parents: Sequence[UUID], request: PageRequest) -> list[Page[Record]]:
        """The page of each parent's list."""
        async with self._application.database.reading() as connection:
            found = await self._query.rows_of_each(
                connection,
                parents,
                limit=request.limit,
                after=_written(request.after),
                before=_written(request.before),
                backward=request.backward,
            )
        return [page_of([read(self._record, row) for row in found[parent]], request) for parent in parents]

    async def counts(self, parents: Sequence[UUID]) -> list[int]:
        """Return how long each parent's list is."""
        async with self._application.database.reading() as connection:
            found = await self._query.count_of_each(connection, parents)
        return [found[parent] for parent in parents]


def _written(key: Key | None) -> Key | None:
    """A key as it is compared: what has no moment, such as no due instant, sorts as the last of all moments."""
    return None if key is None else tuple(_INFINITE if part is None else part for part in key)
