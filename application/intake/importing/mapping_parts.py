"""The parts of a mapping: where times and values, companies, activities and stages stand in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from application.intake.importing.numbers import Numbers
from application.runtime.incoming import OnFault
from domain.party import Party

PLACE = re.compile(r"\{([^{}]+)\}")
"""A column's place in a pattern such as `{order}/{line}`."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin")
    return name


def _as_column(written: Any) -> Any:
    return {"column": written} if isinstance(written, str) else written


Zone = Annotated[str, AfterValidator(_known_zone)]
Column = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A part of a mapping: camelCase outside, no unknown properties."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, alias_generator=to_camel, validate_by_name=True
    )


class ValueType(StrEnum):
    """The type as which a column's text is read."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    BOOLEAN = "BOOLEAN"
    LIST = "LIST"
    DATE = "DATE"
    DATE_TIME = "DATE_TIME"


class LetterCase(StrEnum):
    """The way a text is evened out before it is looked up and kept."""

    AS_IS = "AS_IS"
    LOWER = "LOWER"
    SNAKE = "SNAKE"
    """In lower case, with _ for blanks."""


class TimeColumn(Part):
    """A column that holds a moment; naive times are of the time zone."""

    column: Column
    """The column."""
    format: str | None = None
    """The form of `strptime`, such as %d.%m.%Y; without one ISO 8601."""
    time_zone: Zone | None = None
    """The zone of naive times; without one the mapping's own."""


class ValueColumn(Part):
    """Where a value comes from, and how it is read; an empty text is no value."""

    column: Column | None = None
    """The column."""
    constant: str | int | float | bool | None = None
    """A value that all rows have."""
    type: ValueType = ValueType.TEXT
    """The type as which the text is read."""
    case: LetterCase = LetterCase.AS_IS
    """The way the text is evened out."""
    values: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """Other words for some texts; null drops the value."""
    separator: str = ","
    """The delimiter between the items of a list."""
    format: str | None = None
    """The form of a DATE or DATE_TIME."""
    time_zone: Zone | None = None
    """The zone of a naive DATE_TIME."""
    numbers: Numbers | None = None
    """The notation of an INTEGER or DECIMAL; without it as the mapping says."""
    on_fault: OnFault | None = None
    """The treatment of the lead where the value cannot be taken; without it as the mapping says."""

    @model_validator(mode="after")
    def _one_source(self) -> ValueColumn:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give a column or a constant")
        return self


Time = Annotated[TimeColumn, BeforeValidator(_as_column)]
Value = Annotated[ValueColumn, BeforeValidator(_as_column)]
Values = dict[str, Value]


class AccountMap(Part):
    """The company of a lead; a row whose key is empty has none."""

    key: Column
    """The pattern of its key, such as {customer}."""
    name: Column | None = None
    """The column of its name."""
    owner: Column | None = None
    """The column of the person who serves it."""
    fields: Values = Field(default_factory=dict)
    """Its fields."""


class ActivityMap(Part):
    """An activity that a row tells of, where its time is given."""

    type: str
    """Its type."""
    key: Column
    """The pattern of its key; the same row must always give the same."""
    at: Time
    """When it happened; an empty text: it did not."""
    party: Party | None = None
    """Who did it."""
    person: Column | None = None
    channel: Column | None = None
    campaign: Column | None = None
    content: Column | None = None
    fields: Values = Field(default_factory=dict)
    """Its fields."""


class StageMap(Part):
    """A stage that the lead reached, where its time is given; recorded with the past only."""

    stage: str
    """The stage's key in the agreement."""
    at: Time
    """When it was reached; an empty text: it was not."""
    value: Column | None = None
    """The column of the order's value."""
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    """The currency of the value."""
    reason: Column | None = None
    """The column of the reason."""


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
_COLUMNS = frozenset({"column", "name", "owner", "value", "person", "channel", "campaign", "content", "reason"})


def columns_of(part: Part) -> set[str]:
    """The columns that a part names itself, without those of the parts in it."""
    named = {name: getattr(part, name) for name in type(part).model_fields}
    texts = {name: content for name, content in named.items() if isinstance(content, str)}
    patterns = [column for name in _PATTERNS & texts.keys() for column in pattern_columns(texts[name])]
    return {*patterns, *(texts[name] for name in _COLUMNS & texts.keys())}
