"""What few commands need of their records: read when the first record asks, for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligation import Breach, Obligation
from domain.obligations.kind import Fulfilment
from persistence.handovers import handovers, obligations


class ReadOnce:
    """Stored records about the subjects of a unit of work; what is opened later in the transaction has none."""

    def __init__(self, connection: AsyncConnection, subjects: Iterable[UUID]) -> None:
        self._connection = connection
        self._subjects = tuple(subjects)
        self._breaches: dict[UUID, list[Breach]] | None = None
        self._settled: dict[UUID, list[Obligation]] | None = None
        self._fulfilments: dict[UUID, list[Fulfilment]] | None = None
        self._assignees: dict[UUID, set[str]] | None = None
        self._anything_waits: bool | None = None

    async def breaches_about(self, subject_id: UUID) -> list[Breach]:
        """Return the breaches about a subject as they are stored, the resolved ones too."""
        if self._breaches is None:
            self._breaches = await obligations.breaches_about(self._connection, self._subjects)
        return self._breaches.get(subject_id, [])

    async def settled_about(self, subject_id: UUID) -> list[Obligation]:
        """Return what was owed about a subject and is met or forgiven."""
        if self._settled is None:
            self._settled = await obligations.settled_of(self._connection, self._subjects)
        return self._settled.get(subject_id, [])

    async def fulfilments_of(self, subject_id: UUID) -> list[Fulfilment]:
        """Return what was done that counts for what is owed about a subject."""
        if self._fulfilments is None:
            self._fulfilments = await obligations.fulfilments_of(self._connection, self._subjects)
        return self._fulfilments.get(subject_id, [])

    async def assignees_of(self, handover_id: UUID) -> set[str]:
        """Return everybody who ever had a handover."""
        if self._assignees is None:
            self._assignees = await handovers.assignees_of(self._connection, self._subjects)
        return self._assignees.get(handover_id, set())

    async def anything_waits(self) -> bool:
        """Return whether a handover waited for room when that was asked first."""
        if self._anything_waits is None:
            self._anything_waits = await handovers.anything_waits(self._connection)
        return self._anything_waits
