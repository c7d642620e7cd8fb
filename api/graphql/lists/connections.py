"""Relay connections over keyset pages: arguments checked, cursors written only when they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from api.errors import bad_input
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published
from api.graphql.parts.scalars import Cursor
from application.runtime.page import MOST_COUNTED, Key, Page, PageRequest

DEFAULT_PAGE = 50
LARGEST_PAGE = 100

N = TypeVar("N")
T = TypeVar("T")

First = Annotated[
    int | None,
    argument("The number of items, from the start or behind `after`: 50 unless told, at most 100."),
]
After = Annotated[str | None, argument("The cursor behind which the page begins.")]
Last = Annotated[int | None, argument("The number of items, from the end or before `before`; not with `first`.")]
Before = Annotated[str | None, argument("The cursor before which the page ends.")]


@published
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    """True if more follows."""
    has_previous_page: bool
    """True if more stands before."""
    start_cursor: str | None
    """The cursor of the first item; null on an empty page."""
    end_cursor: str | None
    """The cursor of the last item; null on an empty page."""


@published
class Edge(Generic[N]):
    """One item of a page, with its cursor."""

    cursor: str
    """Where the item stands; for `after` and `before`."""
    node: N
    """The item."""


@dataclass(slots=True)
class PageSource(Generic[T]):
    """The source that a connection is read from; `item` and `key` say what of a row is shown and what it is sorted
    by."""

    page: Page[T]
    cursors: Cursors
    key: Callable[[T], Key]
    count: Callable[[], Awaitable[int | None]] | None
    event_cursor: str | None
    _counting: asyncio.Future[int | None] | None = field_of(default=None, init=False)

    async def counted(self) -> int | None:
        """Return how many items there are, counted once; one more than MOST_COUNTED stands for more."""
        if self.count is None:
            return None
        if self._counting is None:
            self._counting = asyncio.ensure_future(self.count())
        return await self._counting

    def cursor(self, index: int) -> str | None:
        """The cursor of the row at that place; None when the page has no such row."""
        rows = self.page.items
        return self.cursors.write(self.key(rows[index])) if rows else None


@published
class Connection(Generic[N]):
    """A page of a list."""

    nodes: list[N]
    """The items, in order."""
    _source: strawberry.Private[PageSource[Any]]

    @field
    def edges(self) -> list[Edge[N]]:
        """The items with their cursors, in order."""
        source = self._source
        write, key = source.cursors.write, source.key
        return [
            Edge(cursor=write(key(row)), node=node) for row, node in zip(source.page.items, self.nodes, strict=True)
        ]

    @field
    def page_info(self) -> PageInfo:
        """Where the page stands in its list."""
        source = self._source
        return PageInfo(
            has_next_page=source.page.has_next,
            has_previous_page=source.page.has_previous,
            start_cursor=source.cursor(0),
            end_cursor=source.cursor(-1),
        )

    @field
    async def total_count(self) -> int | None:
        """The number of items in the whole list, at most 10,000; null where that is not counted."""
        number = await self._source.counted()
        return None if number is None else min(number, MOST_COUNTED)

    @field
    async def total_count_capped(self) -> bool:
        """True if the list has more than the 10,000 items that are counted."""
        return (await self._source.counted() or 0) > MOST_COUNTED

    @field
    def event_cursor(self) -> Cursor:
        """The place in the event log from before this page was read: follow from here and miss nothing."""
        if self._source.event_cursor is None:
            raise RuntimeError("The event cursor was asked for but not taken.")
        return Cursor(self._source.event_cursor)


def page_request(
    cursors: Cursors, first: int | None, after: str | None, last: int | None, before: str | None
) -> PageRequest:
    """The page that is asked for; BAD_USER_INPUT for sizes and cursors that make no sense."""
    if first is not None and last is not None:
        raise bad_input("Give 'first' or 'last', not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 0 <= size <= LARGEST_PAGE:
            raise bad_input(f"'{name}' is a number from 0 to {LARGEST_PAGE}.")
    if first is None and last is None:
        first, last = (DEFAULT_PAGE, None) if before is None or after is not None else (None, DEFAULT_PAGE)
    return PageRequest(first, cursors.read(after, "after"), last, cursors.read(before, "before"))


async def connect(
    info: Info,
    *,
    cursors: Cursors,
    fetch: Callable[[PageRequest], Awaitable[Page[T]]],
    node: Callable[[T], N],
    key: Callable[[T], Key],
    event_cursor: Callable[[], Awaitable[str]],
    count: Callable[[], Awaitable[int | None]] | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[N]:
    """Read a page and dress it as a connection.

    `fetch` reads it, `node` turns a row into what is shown, `key` gives the row's sort key; `event_cursor` is read
    before the page, and like `count` only when the client asks for it.
    """
    request = page_request(cursors, first, after, last, before)
    taken = await event_cursor() if selects(info, "eventCursor") else None
    page = await fetch(request)
    source = PageSource(page, cursors, key, count, taken)
    return Connection(nodes=[node(row) for row in page.items], _source=source)


def selects(info: Info, name: str) -> bool:
    """True if the client selects that field right below the one being resolved, in fragments too."""
    raw = info._raw_info
    rest: list[SelectionSetNode | None] = [node.selection_set for node in raw.field_nodes]
    seen: set[str] = set()
    while rest:
        selections = rest.pop()
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode) and selection.name.value == name:
                return True
            if isinstance(selection, InlineFragmentNode):
                rest.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                rest.append(raw.fragments[selection.name.value].selection_set)
    return False
