"""Places in a document as it was written: their paths, and their faults that no model sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from domain.document.base import FORBIDDEN, MAX_ITEMS
from domain.document.conditions import CONDITION_MODELS, MAX_COMPARISONS, MAX_DEPTH, MAX_VALUES
from domain.document.document import SlaDocument
from domain.document.findings import Finding, error
from domain.document.shapes import VALUE, Kind, Shape, condition_part, properties

Trail = tuple[str | int, ...]
"""The way to a place through what was written: names of maps and positions in lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its path in the document, the way to it in what was written, what stands there and what should."""

    path: str
    trail: Trail
    written: object
    shape: Shape

    def step(self, name: str) -> Place:
        """The place of a property."""
        shown = shown_name(name)
        inside = self.written.get(name) if isinstance(self.written, dict) else None
        known = properties(self.shape.model).get(name, VALUE) if self.shape.model else VALUE
        return Place(f"{self.path}.{shown}" if self.path else shown, (*self.trail, name), inside, known)

    def items(self) -> Iterator[Place]:
        """The places of a list's items; a keyed list may be written as a map, a label as one text."""
        for index in range(len(self.written) if isinstance(self.written, dict | list | tuple) else 0):
            yield self.item(index)

    def item(self, index: int) -> Place:
        """The place of a list's item by its position, also in a map."""
        name: str | int = index
        content: object = None
        if isinstance(self.written, dict):
            name, content = next(islice(self.written.items(), index, None), (index, None))
        elif isinstance(self.written, list | tuple) and index < len(self.written):
            content = self.written[index]
            name = self._name_inside(content, index)
        by_dot = self.shape.kind is Kind.LABEL and not isinstance(name, int)
        path = f"{self.path}.{shown_name(name)}" if by_dot else f"{self.path}[{shown_name(name)}]"
        step = name if isinstance(self.written, dict) else index
        return Place(path, (*self.trail, step), content, self.shape.item or VALUE)

    def _name_inside(self, content: object, index: int) -> str | int:
        inside = {Kind.KEYED: "key", Kind.LABEL: "language"}.get(self.shape.kind)
        name = content.get(inside) if isinstance(content, dict) and inside else None
        return name if isinstance(name, str) else index


def shown_name(name: object) -> str:
    """A name as it may stand in a path: printable and short."""
    text = "".join(c if c.isprintable() else "�" for c in str(name)[:80])
    return text or "''"


def path_of(trail: Trail) -> str:
    """The path of a place that is known only by the way to it."""
    path, shape = "", Shape(Kind.PART, SlaDocument)
    for step in trail:
        kind = shape.kind
        by_dot = isinstance(step, str) and kind is not Kind.KEYED
        path += f".{shown_name(step)}" if by_dot else f"[{shown_name(step)}]"
        if kind is Kind.PART and shape.model:
            shape = properties(shape.model).get(str(step), VALUE)
        elif kind is not Kind.CONDITION or not (isinstance(step, int) or step in CONDITION_MODELS):
            shape = shape.item or VALUE
    return path.removeprefix(".")


def place_of(root: Place, location: tuple[str | int, ...]) -> Place:
    """The place that a validation fault speaks of; its location is pydantic's."""
    place = root
    for segment in location:
        kind = place.shape.kind
        if kind is Kind.CONDITION:
            place = replace(place, shape=Shape(Kind.PART, CONDITION_MODELS.get(str(segment))))
        elif kind is Kind.PART and isinstance(segment, str):
            place = place.step(segment)
        elif kind in (Kind.LIST, Kind.KEYED) and isinstance(segment, int):
            place = place.item(segment)
        elif kind is Kind.LABEL and isinstance(segment, int) and not isinstance(place.written, str):
            return place.item(segment)
        else:
            break
    return place


def unseen_faults(place: Place, *, in_condition: bool = False) -> Iterator[tuple[Place, Finding]]:
    """The faults below a place that no model sees, or sees only when nothing else is wrong: repeated keys,
    characters that are not allowed, lists too long, conditions too deep or too large."""
    texts = place.written if isinstance(place.written, dict) else (place.written,)
    if any(isinstance(text, str) and FORBIDDEN.search(text) for text in texts):
        yield place, error("TEXT_NOT_ALLOWED", place.path, "The text holds a character that is not allowed.")
    most = MAX_VALUES if in_condition and place.shape.kind is Kind.VALUE else MAX_ITEMS
    if isinstance(place.written, dict | list | tuple) and len(place.written) > most:
        yield place, error("TOO_MANY_ITEMS", place.path, f"At most {most} items are allowed.")
        return
    if place.shape.kind is Kind.CONDITION:
        if not in_condition:
            yield from _condition_faults(place)
        in_condition = True
        place = replace(place, shape=condition_part(place.written))
    if place.shape.kind is Kind.PART and isinstance(place.written, dict):
        for name in place.written:
            if isinstance(name, str):
                yield from unseen_faults(place.step(name), in_condition=in_condition)
        return
    if place.shape.kind is Kind.KEYED:
        yield from _repeated_keys(place)
    for item in place.items():
        yield from unseen_faults(item, in_condition=in_condition)


def without_forbidden(written: object) -> object:
    """The same data with a question mark for every character that is not allowed."""
    if isinstance(written, str):
        return FORBIDDEN.sub("?", written)
    if isinstance(written, dict):
        return {without_forbidden(name): without_forbidden(content) for name, content in written.items()}
    return [without_forbidden(content) for content in written] if isinstance(written, list | tuple) else written


def _repeated_keys(place: Place) -> Iterator[tuple[Place, Finding]]:
    seen: set[str] = set()
    for item in place.items() if isinstance(place.written, list) else ():
        key = item.written.get("key") if isinstance(item.written, dict) else None
        if isinstance(key, str):
            if key in seen:
                yield item, error("KEY_REPEATED", item.path, "The key is used more than once in this list.")
            seen.add(key)


def _condition_faults(place: Place) -> Iterator[tuple[Place, Finding]]:
    depth, comparisons = _extent(place.written)
    if depth > MAX_DEPTH:
        yield place, error("CONDITION_TOO_DEEP", place.path, f"all, any and not are nested at most {MAX_DEPTH} deep.")
    if comparisons > MAX_COMPARISONS:
        message = f"A condition has at most {MAX_COMPARISONS} comparisons."
        yield place, error("CONDITION_TOO_LARGE", place.path, message)


def _extent(written: object) -> tuple[int, int]:
    """Return how deep a condition is nested, and how many comparisons it has."""
    if not isinstance(written, dict):
        return 0, 1
    inner = [written["not"]] if "not" in written else []
    for joint in ("all", "any"):
        members = written.get(joint)
        inner += members if isinstance(members, list) else []
    if not inner and not {"all", "any", "not"} & set(written):
        depth, comparisons = _extent(written["where"]) if "where" in written else (-1, 0)
        return depth + 1, comparisons + 1
    extents = [_extent(condition) for condition in inner]
    return 1 + max((depth for depth, _ in extents), default=0), sum(count for _, count in extents)
