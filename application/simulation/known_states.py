"""The states of leads and accounts as arrays: each subject is in one state from a change of it to the next.

Subjects are numbers from 0; moments are microseconds since 1970. Nothing is looped over but the fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
NOTHING = -1
"""The number of a value that is missing, of a state before the first, of no account."""
_UNSET = -2


def numbers_of(column: pa.Array) -> Numbers:
    """Whole numbers or moments as an array; missing ones are NOTHING."""
    found: Numbers = pc.fill_null(column.cast(pa.int64()), NOTHING).to_numpy(zero_copy_only=False)
    return found


def numbered(column: pa.Array) -> tuple[Numbers, pa.Array]:
    """The number of the value in each row, and the values by their numbers."""
    found = column.dictionary_encode()
    return numbers_of(found.indices), found.dictionary


def distinct(numbers: Numbers) -> Numbers:
    """The numbers in order, each once; sorting is quicker here than the hashing of np.unique."""
    ordered = np.sort(numbers)
    found: Numbers = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return found


@dataclass(frozen=True)
class Changes:
    """The cause of a change, in order of subject, field and time."""

    subject: Numbers
    field: Numbers
    at: Numbers
    value: Numbers

    @classmethod
    def of(cls, subject: Numbers, field: Numbers, at: Numbers, seq: Numbers, value: Numbers) -> Changes:
        """Of histories what counts: neither what was told again, nor what another word of that time undid."""
        order = np.lexsort((seq, at, field, subject))
        subject, field, at, value = (column[order] for column in (subject, field, at, value))
        same = (subject[1:] == subject[:-1]) & (field[1:] == field[:-1])
        last = np.append(~(same & (at[1:] == at[:-1])), True)[: len(subject)]
        subject, field, at, value = (column[last] for column in (subject, field, at, value))
        same = (subject[1:] == subject[:-1]) & (field[1:] == field[:-1])
        before = np.concatenate(([NOTHING], np.where(same, value[:-1], NOTHING)))[: len(value)]
        changed = value != before
        return cls(*(column[changed] for column in (subject, field, at, value)))


class Moments:
    """Subjects at moments as single numbers that have the same order."""

    def __init__(self, *moments: Numbers) -> None:
        self._known = distinct(np.concatenate(moments))

    def key(self, subject: Numbers, at: Numbers) -> Numbers:
        """The number of a subject at a moment, which is one of those known."""
        found: Numbers = subject * len(self._known) + np.searchsorted(self._known, at)
        return found

    def subject(self, key: Numbers) -> Numbers:
        """The subject again."""
        found: Numbers = key // len(self._known)
        return found

    def at(self, key: Numbers) -> Numbers:
        """The moment again."""
        found: Numbers = self._known[key % len(self._known)]
        return found


class States:
    """The states of subjects, in order of subject and time."""

    def __init__(self, changes: Changes, moments: Moments) -> None:
        self._changes, self._moments = changes, moments
        self._keys, self._state = np.unique(moments.key(changes.subject, changes.at), return_inverse=True)
        self._subject = moments.subject(self._keys)

    def value(self, field: int) -> Numbers:
        """The number of the value that a field has in each state."""
        held = np.full(len(self._keys), _UNSET)
        of_field = self._changes.field == field
        held[self._state[of_field]] = self._changes.value[of_field]
        since = np.maximum.accumulate(np.where(held == _UNSET, 0, np.arange(len(held))))
        told = (self._subject[since] == self._subject) & (held[since] != _UNSET)
        return np.where(told, held[since], NOTHING)

    def at(self, subject: Numbers, moment: Numbers) -> Numbers:
        """The state in which each subject is at a moment."""
        if not len(self._keys):
            return np.full(len(subject), NOTHING)
        place = np.searchsorted(self._keys, self._moments.key(subject, moment), side="right") - 1
        return np.where((place >= 0) & (self._subject[place] == subject), place, NOTHING)

    def began(self, subject: Numbers) -> tuple[Numbers, Numbers]:
        """When the states of subjects began: the place of the subject among those given, and the moment."""
        first = np.searchsorted(self._subject, subject)
        number = np.searchsorted(self._subject, subject, side="right") - first
        place = np.repeat(np.arange(len(subject)), number)
        within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        return place, self._moments.at(self._keys[np.repeat(first, number) + within])


def chosen(values: Numbers, by: Numbers) -> Numbers:
    """The values at these places; NOTHING where there is no place."""
    if not len(values):
        return np.full(len(by), NOTHING)
    return np.where(by == NOTHING, NOTHING, values[by])


def taken(values: pa.Array, numbers: np.ndarray[Any, np.dtype[Any]]) -> pa.Array:
    """The values by their numbers; missing where that is NOTHING."""
    return values.take(pa.array(numbers, mask=numbers == NOTHING))
