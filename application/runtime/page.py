"""Pages of a list in keyset paging: what is asked for, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from persistence.database.paging import MOST_COUNTED

__all__ = ["MOST_COUNTED", "Key", "Page", "PageRequest", "page_of"]

T = TypeVar("T")
R = TypeVar("R")

Key = tuple[Any, ...]
"""The values of the sort columns of one row, in order; the last one is its id, so that no two rows are equal."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list: the `first` rows behind `after`, or the `last` ones before `before`.

    Exactly one of first and last is set, not negative. Both keys bound the rows, exclusively, whichever way is read.
    """

    first: int | None = None
    after: Key | None = None
    last: int | None = None
    before: Key | None = None

    @property
    def backward(self) -> bool:
        """Return whether rows are read from the end: in the opposite order, to be turned round by `page_of`."""
        return self.last is not None

    @property
    def size(self) -> int:
        """Return how many rows the page has at most."""
        size = self.last if self.last is not None else self.first
        return 0 if size is None else size

    @property
    def limit(self) -> int:
        """Return how many rows to read: one more than the page has, to see whether there are more."""
        return self.size + 1


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of a page, in the order of the list, and whether there are more on either side."""

    items: Sequence[T]
    has_next: bool = False
    has_previous: bool = False

    def map(self, change: Callable[[T], R]) -> Page[R]:
        """The same page of other things."""
        return Page([change(item) for item in self.items], self.has_next, self.has_previous)


def page_of(rows: Sequence[T], request: PageRequest) -> Page[T]:
    """The page made of up to `request.limit` rows in the order they were read.

    On the side from which was read it is not looked whether there are rows: a given key says that there are.
    """
    more = len(rows) > request.size
    items = list(rows[: request.size])
    if request.backward:
        items.reverse()
        return Page(items, has_next=request.before is not None, has_previous=more)
    return Page(items, has_next=more, has_previous=request.after is not None)
