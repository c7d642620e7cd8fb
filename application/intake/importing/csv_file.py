"""A CSV file, read row by row; what is not as the mapping says stops the reading with a clear fault."""

from __future__ import annotations

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from application.intake.importing.amounts import NONE, Amounts
from application.intake.importing.header import Header, read_header
from application.intake.importing.mapping import FileFault, Mapping
from application.intake.importing.records import Record, records
from application.intake.importing.rows import ImportedRow, RowReading


class CsvFile:
    """A CSV file that is read row by row; to be used as a context manager."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self._mapping = mapping
        self._bytes = path.open("rb")
        self._text = TextIOWrapper(self._bytes, encoding=mapping.encoding, newline="")
        self.size = path.stat().st_size
        self.name = path.name
        self.unused_twice: list[str] = []
        """Columns that stand there more than once and of which nothing is read; known behind the header."""

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    @property
    def position(self) -> int:
        """Return how many bytes have been read."""
        return self._bytes.tell()

    def rows(self, amounts: Amounts = NONE) -> Iterator[ImportedRow]:
        """The rows behind the header; raises FileFault when the file is not what the mapping says."""
        line = 1
        try:
            found = records(self._text, delimiter=self._mapping.delimiter, quote=self._mapping.quote)
            reading = RowReading(self._mapping, self._header(next(found, None)), amounts)
            for record in found:
                line = record.line
                yield reading.row(record)
        except UnicodeDecodeError as fault:
            message = f"after line {line}: the text is not {self._mapping.encoding} ({fault.reason})"
            raise FileFault(f"{self.name} cannot be read", [message]) from None

    def _header(self, first: Record | None) -> Header:
        if first is not None and first.fault is not None:
            raise FileFault(f"{self.name} is no such CSV", [f"line 1: {first.fault}"])
        header = read_header(first.cells if first else [], self._mapping.columns())
        if header.faults:
            raise FileFault(f"{self.name} does not fit the mapping", header.faults)
        self.unused_twice = header.unused_twice
        return header
