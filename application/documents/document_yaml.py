"""YAML text into plain data and back: core-schema values, text keys, no aliases, no repeated keys, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from domain.document.findings import Finding, error
from domain.document.reading.places import Trail, path_of
from domain.document.reading.reading import MAX_NESTING, MAX_PLACES, MAX_SIZE, TOO_DEEP, TOO_LARGE

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


@dataclass(slots=True)
class YamlText:
    """The content of a YAML text: its data, its faults, and the line and column of every place."""

    data: object = None
    findings: list[Finding] = field(default_factory=list)
    lines: dict[Trail, tuple[int, int]] = field(default_factory=dict)
    _trails: dict[str, Trail] = field(default_factory=dict)

    def mark_of(self, path: str, inside: Trail = ()) -> str:
        """Return where the place of a finding's path stands, or the nearest around it, in a part of the text."""
        if not self._trails:
            found = (trail for trail in self.lines if trail[: len(inside)] == inside)
            self._trails = {self._path(trail[len(inside) :], inside): trail for trail in found}
        while path and path not in self._trails:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.mark(self._trails.get(path, inside))

    def _path(self, trail: Trail, inside: Trail) -> str:
        """Return the path of a place; an item of a keyed list goes by its key, also where it is written as a list."""
        named: list[str | int] = []
        place = self.data
        for step in inside:
            place = _step(place, step)
        for step in trail:
            place = _step(place, step)
            key = place.get("key") if isinstance(step, int) and isinstance(place, dict) else None
            named.append(key if isinstance(key, str) else step)
        return path_of(tuple(named))

    def mark(self, trail: Trail) -> str:
        """Return where a place stands, or the nearest around it: ' (line 3, column 7)'."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return _position(*self.lines.get(trail, (1, 1)))


def plain_scalar(text: str) -> str | int | float | bool | None:
    """Return what an unquoted word means in YAML's core schema: null, true, false, a number or else a text."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def read_yaml(text: str) -> YamlText:
    """Read a YAML text; its faults come with the nearest path and line."""
    result = YamlText()
    if len(text) > MAX_SIZE:
        return YamlText(findings=[TOO_LARGE])
    try:
        text.encode()
        _Composer(result).compose(yaml.parse(text, Loader=_LOADER))
    except UnicodeEncodeError:
        return YamlText(findings=[error("TEXT_NOT_ALLOWED", "", "The text holds a character that is not allowed.")])
    except yaml.YAMLError as fault:
        return YamlText(findings=[error("YAML_SYNTAX", "", _syntax(fault))])
    except _OutOfBoundsError as fault:
        return YamlText(findings=[fault.finding])
    return result


def write_yaml(data: object) -> str:
    """Plain data as YAML text that reads back as the same."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


class _OutOfBoundsError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


@dataclass(slots=True)
class _Open:
    """A map or list that is being read."""

    content: dict[str, object] | list[object]
    trail: Trail
    name: str | None = None
    """In a map, the name whose content comes next."""
    expects_name: bool = True


class _Composer:
    """Builds data from the events of the parser without recursion."""

    def __init__(self, result: YamlText) -> None:
        self.result = result
        self.open: list[_Open] = []
        self.documents = 0

    def compose(self, events: Iterator[Event]) -> None:
        for count, event in enumerate(events):
            if count > 4 * MAX_PLACES:  # an object of one name is four events
                raise _OutOfBoundsError(TOO_LARGE)
            at = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents == 2:
                    self._fault("YAML_DOCUMENTS", at, "A file holds one document")
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                self._start(event, at)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                self.open.pop()
            elif isinstance(event, ScalarEvent):
                self._scalar(event, at)
            elif isinstance(event, AliasEvent):
                self._fault("YAML_ALIAS", at, "Aliases are not allowed; write the content out", self._place(None, at))

    def _start(self, event: MappingStartEvent | SequenceStartEvent, at: tuple[int, int]) -> None:
        if len(self.open) >= MAX_NESTING:
            raise _OutOfBoundsError(TOO_DEEP)
        if event.tag and not event.implicit:
            self._fault("YAML_TAG", at, "Tags are not allowed")
        content: dict[str, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
        self.open.append(_Open(content, self._place(content, at)))

    def _scalar(self, event: ScalarEvent, at: tuple[int, int]) -> None:
        if event.tag and event.tag not in _TEXT_TAGS:
            self._fault("YAML_TAG", at, "Tags are not allowed")
        parent = self.open[-1] if self.open else None
        is_name = parent is not None and isinstance(parent.content, dict) and parent.expects_name
        plain = not event.style and not event.tag and not is_name
        self._place(plain_scalar(event.value) if plain else event.value, at)

    def _place(self, value: object, at: tuple[int, int]) -> Trail:
        """Put a value where it belongs; returns the way to it."""
        if not self.open:
            if self.documents == 1:
                self.result.data = value
            trail: Trail = ()
        elif isinstance(self.open[-1].content, list):
            parent = self.open[-1]
            trail = (*parent.trail, len(parent.content))
            self.open[-1].content.append(value)
        else:
            return self._place_in_map(self.open[-1], self.open[-1].content, value, at)
        self.result.lines[trail] = at
        return trail

    def _place_in_map(self, parent: _Open, content: dict[str, object], value: object, at: tuple[int, int]) -> Trail:
        parent.expects_name = not parent.expects_name
        if not parent.expects_name:
            parent.name = value if isinstance(value, str) else None
            if parent.name is None:
                self._fault("YAML_KEY", at, "A name is a plain text")
            elif parent.name in content:
                trail = (*parent.trail, parent.name)
                self._fault("YAML_KEY_REPEATED", at, "The name stands here more than once", trail)
            else:
                self.result.lines[(*parent.trail, parent.name)] = at
            return parent.trail
        if parent.name is None:
            return parent.trail
        trail = (*parent.trail, parent.name)
        content.setdefault(parent.name, value)
        return trail

    def _fault(self, code: str, at: tuple[int, int], message: str, trail: Trail | None = None) -> None:
        around = trail or (self.open[-1].trail if self.open else ())
        self.result.findings.append(error(code, path_of(around), f"{message}{_position(*at)}."))


def _step(place: object, step: str | int) -> object:
    """Return what stands inside a map or a list; None where nothing does."""
    if isinstance(place, dict):
        return place.get(step)
    return place[step] if isinstance(place, list) and isinstance(step, int) and step < len(place) else None


def _position(line: int, column: int) -> str:
    return f" (line {line}, column {column})"


def _syntax(fault: yaml.YAMLError) -> str:
    mark = getattr(fault, "problem_mark", None)
    problem = getattr(fault, "problem", None) or "The text cannot be read as YAML"
    position = _position(mark.line + 1, mark.column + 1) if mark else ""
    return f"This is no YAML: {problem}{position}."


class _Writer(yaml.SafeDumper):
    """Writes texts in quotes wherever the core schema or YAML 1.1 would read something else."""

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = None if isinstance(plain_scalar(text), str) else "'"
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _Writer.represent_text)
