"""The cells of a row: texts of a CSV file, typed values of a sheet; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from application.intake.importing.part import PLACE
from domain.refusal import Refusal

Cell = str | bool | int | float | date | time | timedelta
"""A text, or what a sheet has of its own types; days and moments both are dates."""
SHOWN = 80
"""The length up to which a text is shown in a fault."""


def text_of(cell: Cell) -> str:
    """A cell as a text, without the blanks around it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return format(number_of(cell), "f")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def number_of(cell: float) -> Decimal:
    """A number as it is shown, with no more digits than it needs."""
    number = Decimal(repr(cell))
    if not number.is_finite():
        raise ValueError(cell)
    return number.to_integral_value() if number == number.to_integral_value() else number


class RowCells:
    """The cells of one row by column, with the faults that are found in them."""

    def __init__(self, cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self.faults: list[Refusal] = []
        self.skipped: list[Refusal] = []
        """Why values were left out, which does not refuse the row."""

    def cell(self, column: str) -> Cell:
        """A cell as it is; a blank text is an empty one."""
        cell = self._cells.get(column, "")
        return cell.strip() if isinstance(cell, str) else cell

    def text(self, column: str | None) -> str:
        """The text of a cell; empty where there is none."""
        return "" if column is None else text_of(self._cells.get(column, ""))

    def pattern(self, pattern: str) -> str:
        """The text of a pattern; nothing where one of its places is empty, since then it would name several."""
        if PLACE.search(pattern) is None:
            return self.text(pattern)
        if not all(map(self.text, PLACE.findall(pattern))):
            return ""
        return PLACE.sub(lambda place: self.text(place[1]), pattern).strip()

    def fault(self, column: str, message: str, code: str = "WRONG_TYPE", *, skip: bool = False) -> None:
        """Remember what is wrong with a column, once; with `skip` its value is left out."""
        told = self.skipped if skip else self.faults
        if not any(fault.path == (column,) and fault.message == message for fault in told):
            told.append(Refusal(code, message, (column,)))
