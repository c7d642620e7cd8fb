"""The records of one kind in a transaction: as they were loaded, and as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar
from uuid import UUID


class _Record(Protocol):
    @property
    def id(self) -> UUID: ...


R = TypeVar("R", bound=_Record)


class ChangeSet(Generic[R]):
    """Records by id; what is to be written is found by comparing their values."""

    def __init__(self, loaded: Iterable[R] = ()) -> None:
        self._loaded: dict[UUID, R] = {record.id: record for record in loaded}
        self._now: dict[UUID, R] = {}
        self._new: set[UUID] = set()

    def add(self, record: R) -> None:
        """Take in a record that is not stored yet."""
        self._new.add(record.id)
        self._now[record.id] = record

    def put(self, record: R) -> None:
        """Take in a record as it is now; one that was neither loaded nor added counts as changed."""
        self._now[record.id] = record

    def is_new(self, record_id: UUID) -> bool:
        """Return whether the record was added in this transaction."""
        return record_id in self._new

    def before(self, record_id: UUID) -> R | None:
        """Return the record as it was loaded."""
        return self._loaded.get(record_id)

    @property
    def touched(self) -> list[R]:
        """The records that were added or put, as they are now."""
        return list(self._now.values())

    @property
    def added(self) -> list[R]:
        """The records to insert."""
        return [record for record in self._now.values() if record.id in self._new]

    @property
    def changed(self) -> list[R]:
        """The stored records whose value is another now."""
        return [r for r in self._now.values() if r.id not in self._new and self._loaded.get(r.id) != r]
