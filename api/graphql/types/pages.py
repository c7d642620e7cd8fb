"""Lists of records as connections; a list below each of many things is read for all of them together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from api.graphql.lists.connections import Connection, connect
from api.graphql.lists.cursors import Cursors
from api.graphql.lists.event_cursors import write_event_cursor
from api.graphql.parts.context import Context, Info
from application.reading import events
from application.reading.pages import List, Lists
from application.runtime.page import Key, Page, PageRequest

N = TypeVar("N")
T = TypeVar("T")


async def heads(context: Context, keys: list[None]) -> Sequence[str]:
    """The cursor of the newest event, once for all who ask."""
    return [write_event_cursor(await events.head(context.application))] * len(keys)


async def listed(
    info: Info,
    listing: List[T],
    *,
    cursors: Cursors,
    key: Callable[[T], Key],
    node: Callable[[T], N],
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[N]:
    """A page of a list of records, counted and with the event cursor where the client asks for them."""
    return await connect(
        info,
        cursors=cursors,
        fetch=listing.page,
        node=node,
        key=key,
        event_cursor=lambda: info.context.load(heads, None),
        count=listing.count,
        first=first,
        after=after,
        last=last,
        before=before,
    )


async def alike(
    keys: Sequence[tuple[UUID, PageRequest]],
    read: Callable[[Sequence[UUID], PageRequest], Awaitable[Sequence[Page[T]]]],
) -> Sequence[Page[T]]:
    """The pages below several things, each read together with those of the same place and size."""
    parents: dict[PageRequest, list[UUID]] = {}
    for parent, request in keys:
        parents.setdefault(request, []).append(parent)
    found: dict[tuple[UUID, PageRequest], Page[T]] = {}
    for request, ids in parents.items():
        found |= {(parent, request): page for parent, page in zip(ids, await read(ids, request), strict=True)}
    return [found[key] for key in keys]


@dataclass(frozen=True)
class Branch(Generic[T]):
    """A list below each thing of a type."""

    lists: Callable[[Context], Lists[T]]

    async def pages(self, context: Context, keys: list[tuple[UUID, PageRequest]]) -> Sequence[Page[T]]:
        """The pages below several things; those that are alike are read together."""
        return await alike(keys, self.lists(context).pages)

    async def counts(self, context: Context, parents: list[UUID]) -> Sequence[int]:
        """The lengths of the lists below several things."""
        return await self.lists(context).counts(parents)


async def listed_below(
    info: Info,
    parent: UUID,
    branch: Branch[T],
    *,
    cursors: Cursors,
    key: Callable[[T], Key],
    node: Callable[[T], N],
    **page: Any,
) -> Connection[N]:
    """A page of the list below a thing; `page` are first, after, last and before."""
    context = info.context

    def fetch(request: PageRequest) -> Awaitable[Page[T]]:
        return context.load(branch.pages, (parent, request))

    def count() -> Awaitable[int | None]:
        return context.load(branch.counts, parent)

    return await connect(
        info,
        cursors=cursors,
        fetch=fetch,
        node=node,
        key=key,
        count=count,
        event_cursor=lambda: context.load(heads, None),
        **page,
    )
