"""Values of a row: the text of a column read as its type, by the mapping, else as the agreement says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from application.intake.importing.agreed_types import ACCOUNT, AgreedTypes
from application.intake.importing.cells import SHOWN, Cell, RowCells, text_of
from application.intake.importing.mapping import Mapping as FileMapping
from application.intake.importing.mapping_parts import CODE, LetterCase, TimeColumn, ValueColumn, ValueType
from application.intake.importing.numbers import Ambiguous, OtherCurrency, certain, decimal, whole
from application.intake.importing.times import day_of, moment_of
from application.intake.importing.words import Unmapped, Word
from application.runtime.incoming import OnFault
from domain.document.sections.fields import FieldType
from domain.words.money import fits, places_of

TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_MOST_UNMAPPED = 20
_READ_AS: dict[FieldType, ValueType] = {kind: ValueType(kind.value) for kind in FieldType if kind is not FieldType.ENUM}


class ValueReading:
    """Reads the values of the rows of one file."""

    def __init__(self, mapping: FileMapping, types: AgreedTypes) -> None:
        self._mapping = mapping
        self._types = types
        self._zones = {name: ZoneInfo(name) for name in mapping.zones()}
        self.unmapped: dict[str, list[str]] = {}
        """By column, the first texts that the mapping does not name."""

    def values(self, row: RowCells, has: str, mapped: Mapping[str, ValueColumn]) -> dict[str, Any]:
        """The fields of something; what is empty is left out, or None where it clears."""
        read = {}
        for name, one in mapped.items():
            value = self._value(row, one, self._types.get((has, name)))
            if value is not None or self._clears(row, one, has):
                read[name] = value
        return read

    def time(self, row: RowCells, mapped: TimeColumn | None) -> datetime | None:
        """The moment of a column; nothing where it is empty or at fault."""
        if mapped is None or not row.text(mapped.column):
            return None
        try:
            return moment_of(row.cell(mapped.column), mapped.format, self._zone(mapped))
        except (ValueError, OverflowError):
            text = row.text(mapped.column)[:SHOWN]
            row.fault(mapped.column, f"{text!r} is no time of the form {mapped.format or 'ISO 8601'}.")
            return None

    def word(self, row: RowCells, mapped: Word | None) -> str | bool | None:
        """The word of a row; nothing where none is said, or the mapping does not name it."""
        if mapped is None:
            return None
        text = row.text(mapped.column)
        try:
            return mapped.of(text)
        except Unmapped:
            column = str(mapped.column)
            noted = self.unmapped.setdefault(column, [])
            if text not in noted and len(noted) < _MOST_UNMAPPED:
                noted.append(text)
            if mapped.refuses:
                row.fault(column, f"The mapping does not say what {text[:SHOWN]!r} means.", "VALUE_NOT_MAPPED")
            return None

    def text_word(self, row: RowCells, mapped: Word | None) -> str | None:
        """The word of a row as a text."""
        word = self.word(row, mapped)
        return word if word is None or isinstance(word, str) else text_of(word)

    def truth(self, row: RowCells, mapped: Word) -> bool | None:
        """The word of a row as true or false."""
        word = self.word(row, mapped)
        if word is None or isinstance(word, bool):
            return word
        if word.lower() not in TRUTHS:
            row.fault(str(mapped.column), f"{word[:SHOWN]!r} is no BOOLEAN.")
        return TRUTHS.get(word.lower())

    def amount(self, row: RowCells, column: str, currency: str | None) -> str | None:
        """The number of a column, in a currency; None where it is at fault, which stands in the row."""
        if currency is not None and CODE.fullmatch(currency) is None:
            row.fault(column, f"{currency[:SHOWN]!r} is no currency such as EUR.")
            return None
        try:
            amount = decimal(row.cell(column), self._mapping.numbers, currency)
            if fits(Decimal(amount), currency):
                return amount
            row.fault(column, f"A value has at most {places_of(currency)} decimal places here.")
        except Ambiguous:
            _ambiguous(row, column)
        except OtherCurrency as other:
            row.fault(column, f"{str(other)!r} is not the currency {currency}.")
        except ValueError:
            row.fault(column, f"{row.text(column)[:SHOWN]!r} is no number.")
        return None

    def _zone(self, mapped: TimeColumn | ValueColumn) -> ZoneInfo | None:
        zone = mapped.time_zone or self._mapping.time_zone
        return self._zones.get(zone) if zone else None

    def _clears(self, row: RowCells, mapped: ValueColumn, has: str) -> bool:
        account = self._mapping.account
        own = account.empty_clears if has == ACCOUNT and account is not None else False
        clears = own if mapped.empty_clears is None else mapped.empty_clears
        return clears and mapped.column is not None and not row.text(mapped.column)

    def _value(self, row: RowCells, mapped: ValueColumn, agreed: FieldType | None) -> Any:
        if mapped.column is None:
            return mapped.constant
        cell = row.cell(mapped.column)
        text = _evened(row.text(mapped.column), mapped.case)
        if text in mapped.values:
            return mapped.values[text]
        if not text:
            return None
        kind = mapped.type or (_READ_AS.get(agreed) if agreed else None) or ValueType.TEXT
        skip = (mapped.on_fault or self._mapping.on_fault) is OnFault.SKIP_VALUE
        try:
            if agreed is FieldType.DECIMAL and kind is ValueType.TEXT:
                certain(text, mapped.numbers or self._mapping.numbers)
            return _READERS[kind](self, text if isinstance(cell, str) else cell, mapped)
        except Ambiguous:
            _ambiguous(row, mapped.column, skip=skip)
        except (ValueError, OverflowError):
            form = f" of the form {mapped.format}" if mapped.format else ""
            row.fault(mapped.column, f"{text[:SHOWN]!r} is no {kind.value}{form}.", skip=skip)
        return None

    def _whole(self, cell: Cell, mapped: ValueColumn) -> int:
        return whole(cell, mapped.numbers or self._mapping.numbers)

    def _decimal(self, cell: Cell, mapped: ValueColumn) -> str:
        return decimal(cell, mapped.numbers or self._mapping.numbers)

    def _date_time(self, cell: Cell, mapped: ValueColumn) -> str:
        return moment_of(cell, mapped.format, self._zone(mapped)).isoformat()


def _ambiguous(row: RowCells, column: str, *, skip: bool = False) -> None:
    message = (
        f"{row.text(column)[:SHOWN]!r} may be a number with decimals or one with thousands; say how `numbers` are"
        " written, such as `{locale: de}` or PLAIN, or mend it."
    )
    row.fault(column, message, "AMBIGUOUS_NUMBER", skip=skip)


def _evened(text: str, case: LetterCase) -> str:
    if case is LetterCase.AS_IS:
        return text
    return text.lower() if case is LetterCase.LOWER else "_".join(text.lower().split())


def _boolean(cell: Cell) -> bool:
    text = text_of(cell).lower()
    if text not in TRUTHS:
        raise ValueError(text)
    return TRUTHS[text]


def _list(cell: Cell, mapped: ValueColumn) -> list[str]:
    return [part.strip() for part in text_of(cell).split(mapped.separator) if part.strip()]


_READERS: dict[ValueType, Callable[[ValueReading, Cell, ValueColumn], Any]] = {
    ValueType.TEXT: lambda _, cell, __: text_of(cell),
    ValueType.INTEGER: ValueReading._whole,
    ValueType.DECIMAL: ValueReading._decimal,
    ValueType.BOOLEAN: lambda _, cell, __: _boolean(cell),
    ValueType.LIST: lambda _, cell, mapped: _list(cell, mapped),
    ValueType.DATE: lambda _, cell, mapped: day_of(cell, mapped.format),
    ValueType.DATE_TIME: ValueReading._date_time,
}
