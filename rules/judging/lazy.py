"""Values that are worked out when somebody looks: most decisions differ from the last in nothing, and nobody asks them
why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Lazy(Sequence[T_co], Generic[T_co]):
    """A sequence that is made when it is first looked at."""

    __slots__ = ("_found", "_given", "_make")

    def __init__(self, make: Callable[..., Sequence[T_co]], *given: Any) -> None:
        """The expected findings of `make`; that must not change meanwhile."""
        self._make, self._given = make, given
        self._found: tuple[T_co, ...] | None = None

    def _all(self) -> tuple[T_co, ...]:
        if self._found is None:
            self._found = tuple(self._make(*self._given))
        return self._found

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice) -> T_co | tuple[T_co, ...]:
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lazy | tuple) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())
