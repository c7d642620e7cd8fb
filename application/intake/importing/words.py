"""Words of a mapping that may come from a column, and conditions on a column."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from application.intake.importing.part import Column, Part, as_column
from domain.words.spelling import folded


class Otherwise(StrEnum):
    """The treatment of a text that `values` does not name."""

    REFUSE = "REFUSE"
    """The row is refused with VALUE_NOT_MAPPED."""
    SKIP = "SKIP"
    """It says nothing."""
    AS_IS = "AS_IS"
    """The text itself is the word."""


class Unmapped(LookupError):
    """A text that the mapping does not name."""


class Word(Part):
    """A word that all rows have, or that stands in a column."""

    column: Column | None = None
    """The column."""
    constant: str | bool | None = None
    """The word of all rows."""
    values: dict[str, str | bool | None] = Field(default_factory=dict)
    """The words for the texts of the column; null: nothing is said."""
    otherwise: Otherwise | None = None
    """The treatment of other texts; REFUSE where there are `values`, else AS_IS."""

    @model_validator(mode="after")
    def _one_source(self) -> Word:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give a column or a constant")
        if self.column is None and (self.values or self.otherwise):
            raise ValueError("values and otherwise go with a column")
        return self

    @cached_property
    def _by_fold(self) -> dict[str, str | bool | None]:
        return {folded(text): word for text, word in reversed(self.values.items())}

    def of(self, text: str) -> str | bool | None:
        """The word for a text: as it is written, else written in another way; raises Unmapped."""
        if self.column is None:
            return self.constant
        if text in self.values:
            return self.values[text]
        if folded(text) in self._by_fold:
            return self._by_fold[folded(text)]
        if not text:
            return None
        if self.values and self.otherwise is not Otherwise.AS_IS:
            raise Unmapped(text)
        return text

    @property
    def refuses(self) -> bool:
        """Return whether a row with a text that is not named is refused."""
        return self.otherwise in {None, Otherwise.REFUSE}

    def constants(self) -> set[str | bool]:
        """The words that are known before any row is read."""
        return {word for word in (self.constant, *self.values.values()) if word is not None}

    def may_be(self, word: str) -> bool:
        """Return whether some row may have this word."""
        own = self.column is not None and (not self.values or self.otherwise is Otherwise.AS_IS)
        return own or word in self.constants()


def _as_constant(written: Any) -> Any:
    return {"constant": written} if isinstance(written, str | bool) else written


FixedWord = Annotated[Word, BeforeValidator(_as_constant, json_schema_input_type=str | bool | Word)]
"""A bare text is the word itself."""
ColumnWord = Annotated[Word, BeforeValidator(as_column, json_schema_input_type=str | Word)]
"""A bare text is the column in which it stands."""


class Condition(Part):
    """The test of a row: the text of a column is one of some, none of some, empty or not."""

    column: Column
    """The column."""
    in_: tuple[str, ...] | None = None
    """The texts of which it is one; capitals, width and blanks aside."""
    not_in: tuple[str, ...] | None = None
    """The texts of which it is none."""
    empty: bool | None = None
    """True if it is empty."""

    @model_validator(mode="after")
    def _one_question(self) -> Condition:
        if [self.in_, self.not_in, self.empty].count(None) != 2:
            raise ValueError("give one of in, notIn, empty")
        return self

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(map(folded, self.in_ or self.not_in or ()))

    def holds(self, text: str) -> bool:
        """Return whether it holds of the column's text."""
        if self.empty is not None:
            return self.empty is not bool(text)
        return (folded(text) in self._texts) is (self.in_ is not None)
