"""A file that is read row by row; what is not as the mapping says stops the reading with a clear fault."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from application.intake.importing.agreed_types import NONE, AgreedTypes
from application.intake.importing.header import Header, read_header
from application.intake.importing.mapping import FileFault, Mapping
from application.intake.importing.records import Record
from application.intake.importing.rows import ImportedRow, RowReading


class SourceFile(ABC):
    """A file with rows; to be used as a context manager."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.mapping = mapping
        self.path = path
        self.size = path.stat().st_size
        self.name = path.name
        self.unused: list[str] = []
        """Columns of which nothing is read; known behind the header."""
        self.unused_twice: list[str] = []
        """Those of them that stand there more than once."""
        self.unmapped: dict[str, list[str]] = {}
        """By column, the first texts that the mapping does not name; known so far."""

    def __enter__(self) -> SourceFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    @property
    @abstractmethod
    def position(self) -> int:
        """Return how many bytes have been read."""

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """The records of the file, the header among them; raises FileFault where they cannot be read."""

    def rows(self, types: AgreedTypes = NONE) -> Iterator[ImportedRow]:
        """The rows behind the header; raises FileFault when the file is not what the mapping says."""
        found = self.records()
        for _ in range(self.mapping.file.header_row - 1):
            next(found, None)
        reading = RowReading(self.mapping, self._header(next(found, None)), types)
        self.unmapped = reading.unmapped
        for record in found:
            yield reading.row(record)

    def _header(self, first: Record | None) -> Header:
        if first is not None and first.fault is not None:
            raise FileFault(f"{self.name} is no such CSV", [f"line {first.line}: {first.fault}"])
        header = read_header(first.cells if first else [], self.mapping.columns())
        if header.faults:
            raise FileFault(f"{self.name} does not fit the mapping", header.faults)
        self.unused, self.unused_twice = header.unused, header.unused_twice
        return header
