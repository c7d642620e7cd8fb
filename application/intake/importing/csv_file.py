"""CSV files: their delimiter, their encoding, and what is wrong with it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import IncrementalNewlineDecoder, TextIOWrapper
from pathlib import Path

from application.intake.importing.mapping import FileFault, Mapping
from application.intake.importing.records import Record, records
from application.intake.importing.source_file import SourceFile

_BEGINNING = 64 * 1024
_DELIMITER = re.compile(r"sep=(.)\r?\n?")
_GUESSES = ("utf-8", "utf-16", "cp1252")


class CsvFile(SourceFile):
    """A CSV file."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__(path, mapping)
        self._bytes = path.open("rb")
        self._text = TextIOWrapper(self._bytes, encoding=mapping.encoding, newline="")

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    @property
    def position(self) -> int:
        """Return how many bytes have been read."""
        return self._bytes.tell()

    def records(self) -> Iterator[Record]:
        """The records of the file; a first line such as `sep=;` names the delimiter and is none."""
        try:
            first = self._text.readline()
            named = _DELIMITER.fullmatch(first)
            delimiter = named[1] if named else self.mapping.delimiter
            lines = self._text if named else _before(first, self._text)
            yield from records(lines, delimiter=delimiter, quote=self.mapping.quote, line=2 if named else 1)
        except UnicodeDecodeError as fault:
            raise FileFault(f"{self.name} cannot be read", [self._wrong_byte(fault)]) from None

    def _wrong_byte(self, fault: UnicodeDecodeError) -> str:
        """The fault of a byte that the encoding does not have: its line, and what reads the beginning."""
        with self.path.open("rb") as file:
            beginning = file.read(_BEGINNING)
            file.seek(0)
            line = _line_of_wrong_byte(iter(lambda: file.read(_BEGINNING), b""), self.mapping.encoding)
        own = codecs.lookup(self.mapping.encoding).name
        others = [name for name in _GUESSES if codecs.lookup(name).name != own and _reads(name, beginning)]
        hint = f"; the beginning of the file can be read as {' or '.join(others)}" if others else ""
        return f"line {line}: the text is not {self.mapping.encoding} ({fault.reason}){hint}"


def _before(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _line_of_wrong_byte(chunks: Iterator[bytes], encoding: str) -> int:
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    line = 1
    for chunk in chunks:
        before = decoder.getstate()
        try:
            line += decoder.decode(chunk).count("\n")
        except UnicodeDecodeError as fault:
            decoder.setstate(before)
            good = fault.start - (len(fault.object) - len(chunk))
            return line + decoder.decode(chunk[: max(good, 0)]).count("\n")
    return line


def _reads(encoding: str, beginning: bytes) -> bool:
    """Return whether an encoding can be meant: nearly all bytes are some UTF-16, but few texts are."""
    wide = beginning[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} or b"\x00" in beginning
    if wide is not (encoding == "utf-16"):
        return False
    try:
        codecs.getincrementaldecoder(encoding)().decode(beginning)
    except UnicodeDecodeError:
        return False
    return True
