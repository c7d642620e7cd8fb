"""The parts of a mapping: where times and values, companies, activities, stages and consents stand in a row."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from application.intake.importing.numbers import Numbers
from application.intake.importing.part import Column, Part, Zone, as_column
from application.intake.importing.words import ColumnWord, Condition, FixedWord, Word
from application.runtime.incoming import OnFault
from domain.party import Party

CODE = re.compile(r"[A-Z]{3}")
"""The form of a currency."""


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
    """The form of `strptime`, such as %d.%m.%Y, or `excel`, `excel-1904`; without one ISO 8601."""
    time_zone: Zone | None = None
    """The zone of naive times; without one the mapping's own."""


class ValueColumn(Part):
    """Where a value comes from, and how it is read; an empty text is no value."""

    column: Column | None = None
    """The column."""
    constant: str | int | float | bool | None = None
    """A value that all rows have."""
    type: ValueType | None = None
    """The type as which the text is read; without it as the field's type in the agreement."""
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
    empty_clears: bool | None = None
    """True if an empty text clears what is known; without it as the company says, of leads: no."""

    @model_validator(mode="after")
    def _one_source(self) -> ValueColumn:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give a column or a constant")
        return self


Time = Annotated[TimeColumn, BeforeValidator(as_column, json_schema_input_type=str | TimeColumn)]
Value = Annotated[ValueColumn, BeforeValidator(as_column, json_schema_input_type=str | ValueColumn)]
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
    empty_clears: bool = False
    """True if an empty name, owner or field clears what is known, and an empty key takes the lead out of it."""


class ActivityMap(Part):
    """An activity that a row tells of, where its time is given."""

    type: FixedWord
    """Its type."""
    key: Column
    """The pattern of its key; the same row must always give the same."""
    at: Time
    """When it happened; an empty text: it did not."""
    when: Condition | None = None
    """The test of the row."""
    party: FixedWord | None = None
    """Who did it."""
    person: Column | None = None
    channel: ColumnWord | None = None
    campaign: ColumnWord | None = None
    content: Column | None = None
    fields: Values = Field(default_factory=dict)
    """Its fields."""

    @field_validator("party", mode="after")
    @classmethod
    def _parties_are_known(cls, party: Word | None) -> Word | None:
        return _need(party, set(Party), f"who did it is one of {', '.join(Party)}")


class StageMap(Part):
    """A stage that the lead reached, where its time is given; recorded with the past only."""

    stage: FixedWord
    """The stage's key in the agreement."""
    at: Time
    """When it was reached; an empty text: it was not."""
    when: Condition | None = None
    """The test of the row."""
    value: Column | None = None
    """The column of the order's value."""
    currency: FixedWord | None = None
    """The currency of the value."""
    reason: ColumnWord | None = None
    """The reason."""

    @field_validator("currency", mode="after")
    @classmethod
    def _currencies_are_codes(cls, currency: Word | None) -> Word | None:
        known = {word for word in (currency.constants() if currency else ()) if CODE.fullmatch(str(word))}
        return _need(currency, known, "a currency is three capitals such as EUR")


class ConsentMap(Part):
    """The words of the lead about being contacted; an empty `granted`: nothing."""

    purpose: FixedWord
    """For what."""
    channel: FixedWord
    """On which channel."""
    granted: FixedWord
    """True if it consented, false if it withdrew."""
    at: Time | None = None
    """When it said so; without one when the row was true."""
    evidence: Column | None = None
    """The column of how that can be shown."""
    expires_at: Time | None = None
    """Until when a consent holds."""


class FileMap(Part):
    """Where the rows stand in the file."""

    sheet: str | None = None
    """The name of the sheet; without it the first one."""
    header_row: int = Field(default=1, ge=1)
    """Which row holds the names of the columns; what stands before it is not read."""


def _need(word: Word | None, known: set[Any], message: str) -> Word | None:
    if word is not None and not word.constants() <= known:
        raise ValueError(message)
    return word
