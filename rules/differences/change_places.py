"""The places that changes speak of: the thing, its property, and the way inside a condition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.document.document import SlaDocument
from domain.document.shapes import VALUE, Kind, Shape, properties

_STEP = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<item>[^\]]*)\]")


@dataclass(slots=True)
class Thing:
    """An item of a list: of which list, under which key or at which place, and what it says."""

    kind: str
    name: str
    item: Mapping[str, Any]


@dataclass(slots=True)
class ChangePlace:
    """The goal of a path."""

    things: list[Thing] = field(default_factory=list)
    """The items on the way, the outermost first."""
    property: str = ""
    """The property of the last thing, or of the document; empty where the path leads to the thing itself."""
    shape: Shape = VALUE
    """The value of the property."""
    language: str | None = None
    """Of a label, the language."""
    is_value: bool = False
    """True if it is one of the property's several values."""
    inside: list[str] = field(default_factory=list)
    """The way inside a condition: names of joints and positions, at the end perhaps op or value."""
    condition: Any = None
    """The condition that the way inside leads through."""

    def part(self, depth: int | None = None) -> Any:
        """The part of the condition to which the way inside leads; of `depth` steps only."""
        part = self.condition
        for step in self.inside[:depth]:
            part = part[int(step)] if isinstance(part, list) else part[step]
        return part


def place_in(document: Mapping[str, Any], path: str) -> ChangePlace:
    """The place of a path in a document's JSON."""
    place = ChangePlace(shape=Shape(Kind.PART, SlaDocument))
    written: Any = document
    around = ""
    for match in _STEP.finditer(path):
        name, item = match["name"], match["item"]
        if place.shape.kind is Kind.CONDITION:
            place.inside.append(name or item)
        elif place.shape.kind is Kind.LABEL:
            place.language = name
        elif name is not None:
            around, place.property = (place.property or around), name
            place.shape = properties(place.shape.model)[name] if place.shape.model else VALUE
            written = written.get(name) if isinstance(written, dict) else None
        elif place.shape.item is not None and place.shape.item.model is not None:
            written = _item(written, item, keyed=place.shape.kind is Kind.KEYED)
            shown = item if place.shape.kind is Kind.KEYED else str(int(item) + 1)
            place.things.append(Thing(f"{around}.{place.property}", shown, written))
            around, place.property, place.shape = place.property, "", place.shape.item
        else:
            place.is_value = True
        if place.shape.kind is Kind.CONDITION and not place.inside:
            place.condition = written
    return place


def _item(written: Any, name: str, *, keyed: bool) -> Any:
    if keyed:
        return next(item for item in written if item["key"] == name)
    return written[int(name)]
