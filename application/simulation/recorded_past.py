"""The recorded past of a simulation: read in portions, and once more for the leads of which causes are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.heirs import Heirs
from application.runtime.transaction import Application
from application.simulation.past import Period, Portion, portion_of
from domain.document.contact_vocabulary import ContactVocabulary
from persistence.as_of import recorded
from persistence.as_of.recorded import RecordedLead
from rules.differences.causes import Cause, Causes

Looked = tuple[UUID, datetime]
"""A lead at a moment."""


class RecordedPast:
    """The recorded past until a period ended, as two versions look at it: the one that is simulated first."""

    def __init__(self, application: Application, compiled_versions: Sequence[CompiledVersion], period: Period) -> None:
        self._application, self._books, self._period = application, compiled_versions, period
        self._words: dict[UUID, ContactVocabulary] = {}

    async def count(self) -> int:
        """Return how many leads there are."""
        async with self._application.database.reading() as connection:
            return await recorded.count(connection, until=self._period.end)

    async def portion(self, *, after: UUID | None, first: int, limit: int) -> Portion:
        """The next leads, numbered from the first."""
        async with self._application.database.reading() as connection:
            span = {"start": self._period.start, "until": self._period.end}
            leads = await recorded.leads(connection, **span, after=after, limit=limit)
            return await self._with_all(connection, leads, first)

    async def causes(self, looked: Iterable[Looked], causes: Causes) -> dict[Looked, Sequence[Cause]]:
        """Why the versions differ about leads at moments: each is judged once more, as it was judged."""
        asked = set(looked)
        async with self._application.database.reading() as connection:
            leads = await recorded.these(connection, {id_ for id_, _ in asked}, start=self._period.start)
            portion = await self._with_all(connection, leads, 0)
        by_id = {lead.id: lead for lead in leads}

        def explain() -> dict[Looked, Sequence[Cause]]:
            told: dict[Looked, Sequence[Cause]] = {}
            for id_, at in asked:
                after, before = (portion.facts(by_id[id_], at, compiled_version) for compiled_version in self._books)
                told[id_, at] = causes.of(before, after, now=at)
            return told

        return await asyncio.to_thread(explain)

    async def _with_all(self, connection: AsyncConnection, leads: Sequence[RecordedLead], first: int) -> Portion:
        self._words = self._words or _words(self._books, await self._application.version_cache.active(connection))
        portion = await portion_of(connection, leads, first, self._books, self._period, self._words)
        stood = {lead.standing for lead in leads if lead.standing}
        heirs = Heirs(connection, self._application.version_cache)
        stages = {
            (one.version_id, at): (await heirs.stage(one, at, agreement_id=one.agreement_id)).key
            for one in self._books
            for at in stood
        }
        return replace(portion, stages=stages)


def _words(compiled_versions: Sequence[CompiledVersion], active: ActiveVersions) -> dict[UUID, ContactVocabulary]:
    """By version the channels and purposes that are known where it is in force beside the other agreements."""
    return {
        compiled_version.version_id: ContactVocabulary(
            [
                compiled_version.document,
                *(b.document for b in active.compiled_versions if b.agreement_id != compiled_version.agreement_id),
            ]
        )
        for compiled_version in compiled_versions
    }
