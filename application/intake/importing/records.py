"""The records of a CSV text, one after another; a broken one is told, and reading goes on at the next line."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from application.intake.importing.cells import Cell, text_of

LONGEST_RECORD = 1_000
"""Up to how many lines a quote may stay open; one that is open for longer was never meant as one."""
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True)
class Record:
    """The cells of a record, or why it is none."""

    line: int
    """The line of the text at which it begins; 1 is the first."""
    cells: Sequence[Cell]
    fault: str | None = None

    @property
    def blank(self) -> bool:
        """Return whether it holds nothing."""
        return self.fault is None and not any(map(text_of, self.cells))


class _Lines:
    """The lines of a text, which can be taken back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rest = iter(lines)
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        """Those of the record that is being read."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            raise StopIteration
        line = self._back.popleft() if self._back else next(self._rest)
        self.taken.append(line)
        return line

    def done(self, number: int) -> None:
        """The first so many lines taken are dealt with; the others come again."""
        self._back.extendleft(reversed(self.taken[number:]))
        self.taken.clear()


def records(lines: Iterable[str], *, delimiter: str, quote: str, line: int = 1) -> Iterator[Record]:
    """The records of the lines of a text, blank ones too; the first line has that number."""
    csv.field_size_limit(_LONGEST_FIELD)
    source = _Lines(lines)
    while True:
        reader = csv.reader(source, delimiter=delimiter, quotechar=quote, strict=True)
        try:
            for cells in reader:
                begun, line = line, line + len(source.taken)
                source.done(len(source.taken))
                yield Record(begun, cells)
        except csv.Error as fault:
            source.done(1)
            yield Record(line, [], str(fault))
            line += 1
            continue
        return
