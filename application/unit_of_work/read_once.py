"""The further records that few commands need: read when the first record asks, for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.obligation import Breach, Obligation
from domain.obligations.kind import Fulfilment
from persistence.handovers import handovers, obligations, queue


class ReadOnce:
    """Stored records about the subjects of a unit of work; what is opened later in the transaction has none."""

    def __init__(self, connection: AsyncConnection, subjects: Iterable[UUID]) -> None:
        self._connection = connection
        self._subjects = tuple(subjects)
        self._breaches: dict[UUID, list[Breach]] | None = None
        self._known: set[UUID] = set()
        self._settled: dict[UUID, list[Obligation]] = {}
        self._fulfilments: dict[UUID, list[Fulfilment]] = {}
        self._assignees: dict[UUID, set[str]] | None = None
        self._anything_waits: bool | None = None

    async def breaches_about(self, subject_id: UUID) -> list[Breach]:
        """Return the breaches about a subject as they are stored, the resolved ones too."""
        if self._breaches is None:
            self._breaches = await obligations.breaches_about(self._connection, self._subjects)
        return self._breaches.get(subject_id, [])

    async def learn(self, subjects: Iterable[UUID]) -> None:
        """Read what was settled about subjects and what was done for them, of those of which it is not known yet."""
        unknown = set(subjects) - self._known
        if unknown:
            self._known |= unknown
            self._settled |= await obligations.settled_of(self._connection, unknown)
            self._fulfilments |= await obligations.fulfilments_of(self._connection, unknown)

    async def learn_all(self) -> None:
        """Read that of all subjects, where one after another will be asked about."""
        await self.learn(self._subjects)

    def settled_about(self, subject_id: UUID) -> list[Obligation]:
        """Return what was owed about a subject and is met or forgiven, as far as it was learnt."""
        return self._settled.get(subject_id, [])

    def fulfilments_of(self, subject_id: UUID) -> list[Fulfilment]:
        """Return what was done that counts for what is owed about a subject, as far as it was learnt."""
        return self._fulfilments.get(subject_id, [])

    async def assignees_of(self, handover_id: UUID) -> set[str]:
        """Return everybody who ever had a handover."""
        if self._assignees is None:
            self._assignees = await handovers.assignees_of(self._connection, self._subjects)
        return self._assignees.get(handover_id, set())

    async def anything_waits(self) -> bool:
        """Return whether a handover waited for room when that was asked first."""
        if self._anything_waits is None:
            self._anything_waits = await queue.anything_waits(self._connection)
        return self._anything_waits
