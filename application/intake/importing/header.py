"""The header of a file: which of its columns the mapping means, and what stands in the way."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from application.intake.importing.cells import Cell, text_of
from domain.words.spelling import folded


def clean(name: str) -> str:
    """A name without blanks around it, its letters composed."""
    return unicodedata.normalize("NFC", name).strip()


@dataclass(frozen=True)
class Header:
    """Where the columns of a mapping stand in a file."""

    width: int
    """The number of columns in the file."""
    places: dict[str, int]
    """By the name in the mapping, the place from 0."""
    faults: list[str]
    """The faults that must be mended before anything is read."""
    unused: list[str]
    """Columns of which nothing is read."""
    unused_twice: list[str]
    """Columns that stand there more than once; nothing of them is read."""


def read_header(cells: Sequence[Cell], wanted: Iterable[str]) -> Header:
    """Find each wanted column: as it is written, else written in another way; it must stand there once."""
    names = [clean(text_of(cell)) for cell in cells]
    folds = [folded(name) for name in names]
    places: dict[str, int] = {}
    faults = []
    for column in sorted(wanted):
        found = [i for i, name in enumerate(names) if name == clean(column)]
        found = found or [i for i, fold in enumerate(folds) if fold == folded(column)]
        if len(found) == 1:
            places[column] = found[0]
        elif found:
            numbers = " and ".join(str(place + 1) for place in found)
            faults.append(f"HEADER_TWICE: the column {column!r} stands there {len(found)} times, as columns {numbers}.")
        else:
            faults.append(_missing(column, names, folds))
    used = {names[place] for place in places.values()}
    unused = [name for place, name in enumerate(names) if name and place not in set(places.values())]
    twice = [name for name, number in Counter(names).items() if number > 1 and name and name not in used]
    return Header(len(names), places, faults, unused, twice)


def _missing(column: str, names: Sequence[str], folds: Sequence[str]) -> str:
    near = get_close_matches(folded(column), folds, 1, 0.5)
    hint = f"the nearest is {names[folds.index(near[0])]!r}; " if near else ""
    has = ", ".join(repr(name) for name in names[:30]) or "nothing"
    return f"HEADER_MISSING: there is no column {column!r} ({hint}it has {has})."
