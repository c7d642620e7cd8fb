"""A CSV file, read row by row; what is not as the mapping says stops the reading with a clear fault."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from application.importing.mapping import FileFault, Mapping
from application.importing.rows import ImportedRow, RowReading

_LONGEST_FIELD = 10_000_000


class CsvFile:
    """A CSV file that is read row by row; to be used as a context manager."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self._mapping = mapping
        self._bytes = path.open("rb")
        self._text = TextIOWrapper(self._bytes, encoding=mapping.encoding, newline="")
        self.size = path.stat().st_size
        self.name = path.name

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._bytes.tell()

    def rows(self) -> Iterator[ImportedRow]:
        """The rows behind the header; raises FileFault when the file is not what the mapping says."""
        csv.field_size_limit(_LONGEST_FIELD)
        reader = csv.reader(self._text, delimiter=self._mapping.delimiter, quotechar=self._mapping.quote, strict=True)
        try:
            reading = RowReading(self._mapping, self._header(reader))
            for cells in reader:
                if cells:
                    yield reading.row(reader.line_num, cells)
        except csv.Error as fault:
            raise FileFault(f"{self.name} is no such CSV", [f"line {reader.line_num}: {fault}"]) from None
        except UnicodeDecodeError as fault:
            message = f"after line {reader.line_num}: the text is not {self._mapping.encoding} ({fault.reason})"
            raise FileFault(f"{self.name} cannot be read", [message]) from None

    def _header(self, reader: Any) -> list[str]:
        header: list[str] = next(reader, [])
        missing = sorted(self._mapping.columns() - set(header))
        if missing:
            has = ", ".join(header[:30]) or "none"
            raise FileFault(f"{self.name} lacks columns", [f"{', '.join(missing)} (it has: {has})"])
        return header
