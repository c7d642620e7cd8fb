"""Differences between two documents, each at its place in both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.comparison.pairing import Pair


class ChangeKind(StrEnum):
    """The kind of change at a place."""

    ADDED = "ADDED"
    """It is new."""
    REMOVED = "REMOVED"
    """It is gone."""
    CHANGED = "CHANGED"
    """It says something else."""
    MOVED = "MOVED"
    """It stands at another place of a list whose order counts."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between an older and a newer document."""

    path: str
    """Where it is, such as handover.triggers[hot].when.all[1].value: in the newer document; of what is gone, in the
    older one."""
    kind: ChangeKind
    before: Any
    """The value in the older document, as JSON; of what moved, its place there, from 0; None where there was
    nothing."""
    after: Any
    """The same of the newer one."""
    other: str
    """The same place in the other document; of what is new or gone, the list or object there that is without it."""
    place: int | None = None
    """Of an item that is new or gone where order counts, its place in its list, from 0."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in both documents."""

    older: str
    newer: str

    def step(self, name: str) -> Spot:
        """The place of a property."""
        return Spot(_joined(self.older, name), _joined(self.newer, name))

    def item(self, before: object, after: object) -> Spot:
        """The place of an item."""
        return Spot(f"{self.older}[{before}]", f"{self.newer}[{after}]")

    def changed(self, before: Any, after: Any) -> Change:
        """The change of a value."""
        return Change(self.newer, ChangeKind.CHANGED, before, after, self.older)

    def moved(self, pair: Pair) -> Change:
        """The move of an item within its list."""
        return Change(self.newer, ChangeKind.MOVED, *pair, self.older)

    def inside(self, around: Spot, before: Any, after: Any, place: int | None = None) -> Change:
        """The change of something that only one of the documents has."""
        if before is None:
            return Change(self.newer, ChangeKind.ADDED, None, after, around.older, place)
        return Change(self.older, ChangeKind.REMOVED, before, None, around.newer, place)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
