"""The common base of the parts of a mapping, and the ways to walk through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

PLACE = re.compile(r"\{([^{}]+)\}")
"""A column's place in a pattern such as `{order}/{line}`."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin")
    return name


def as_column(written: Any) -> Any:
    """A bare text is the name of a column."""
    return {"column": written} if isinstance(written, str) else written


Zone = Annotated[str, AfterValidator(_known_zone)]
Column = Annotated[str, Field(min_length=1)]


def _outside(name: str) -> str:
    """The name of a property: camelCase, without the sign that keeps it apart from a word of Python."""
    return to_camel(name.removesuffix("_"))


class Part(BaseModel):
    """A part of a mapping: camelCase outside, no unknown properties."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, alias_generator=_outside, validate_by_name=True
    )


def walk(part: Part, path: str = "") -> Iterator[tuple[str, Part]]:
    """A part and all parts in it, each with its path."""
    yield path, part
    for name, info in type(part).model_fields.items():
        content, inside = getattr(part, name), f"{path}.{info.alias or name}".removeprefix(".")
        found = {inside: content} if isinstance(content, Part) else {}
        if isinstance(content, dict):
            found = {f"{inside}.{key}": item for key, item in content.items() if isinstance(item, Part)}
        elif isinstance(content, tuple):
            found = {f"{inside}[{index}]": item for index, item in enumerate(content) if isinstance(item, Part)}
        for place, item in found.items():
            yield from walk(item, place)


def pattern_columns(pattern: str) -> list[str]:
    """The columns of a pattern; a pattern without places is a column itself."""
    return PLACE.findall(pattern) or [pattern]


_PATTERNS = frozenset({"key", "external_id"})
_COLUMNS = frozenset({"column", "name", "owner", "value", "person", "content", "evidence"})


def columns_of(part: Part) -> set[str]:
    """The columns that a part names itself, without those of the parts in it."""
    named = {name: getattr(part, name) for name in type(part).model_fields}
    texts = {name: content for name, content in named.items() if isinstance(content, str)}
    patterns = [column for name in _PATTERNS & texts.keys() for column in pattern_columns(texts[name])]
    return {*patterns, *(texts[name] for name in _COLUMNS & texts.keys())}
