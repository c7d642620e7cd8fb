"""Workbooks of spreadsheet programs: the rows of one sheet, with cells of their own types."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from application.intake.importing.csv_file import CsvFile
from application.intake.importing.mapping import FileFault, Mapping
from application.intake.importing.records import Record
from application.intake.importing.source_file import SourceFile

ENDINGS = frozenset({".xlsx", ".xls", ".xlsb", ".ods"})


def source_file(path: Path, mapping: Mapping) -> SourceFile:
    """The file by the ending of its name: a workbook, else CSV."""
    return SheetFile(path, mapping) if path.suffix.lower() in ENDINGS else CsvFile(path, mapping)


class SheetFile(SourceFile):
    """A sheet of a workbook."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__(path, mapping)
        try:
            self._calamine: Any = import_module("python_calamine")  # of the extra `excel`
        except ImportError:
            fault = "workbooks are read with the extra `excel`: pip install 'baton[excel]'"
            raise FileFault(f"{self.name} cannot be read", [fault]) from None
        self._read = 0

    def close(self) -> None:
        """Nothing stays open: a workbook is read as a whole."""

    @property
    def position(self) -> int:
        """Return how many bytes have been read: all, once the workbook is read."""
        return self._read

    def records(self) -> Iterator[Record]:
        """The rows of the sheet."""
        try:
            with self._calamine.CalamineWorkbook.from_path(str(self.path)) as workbook:
                rows = self._rows(workbook)
        except (self._calamine.CalamineError, OSError) as fault:
            raise FileFault(f"{self.name} is no such workbook", [str(fault) or type(fault).__name__]) from None
        self._read = self.size
        for line, cells in enumerate(rows, 1):
            yield Record(line, cells)

    def _rows(self, workbook: Any) -> list[list[Any]]:
        names: list[str] = workbook.sheet_names
        wanted = self.mapping.file.sheet
        if wanted is None and names:
            wanted = names[0]
        if wanted not in names:
            has = ", ".join(map(repr, names)) or "nothing"
            raise FileFault(f"{self.name} does not fit the mapping", [f"there is no sheet {wanted!r} (it has {has})"])
        rows: list[list[Any]] = workbook.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
        return rows
