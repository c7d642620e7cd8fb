"""The recorded past of a simulation: read in portions, and once more for the leads of which causes are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import ActiveVersions, CompiledVersion
from application.runtime.heirs import Heirs
from application.runtime.transaction import Application
from application.simulation.cases import CopiedPortion, companies_of
from application.simulation.past import Needed, Period, Portion, portion_of
from domain.agreements.heirs import StagePosition
from domain.document.contact_vocabulary import ContactVocabulary
from domain.leads.contact import Consent
from persistence.as_of import copied, recorded
from persistence.as_of.recorded import RecordedLead
from persistence.leads import contact
from rules.differences.causes import Cause, Causes

Looked = tuple[UUID, datetime]
"""A lead at a moment."""


class RecordedPast:
    """The recorded past until a period ended, as two versions look at it: the one that is simulated first."""

    def __init__(self, application: Application, compiled_versions: Sequence[CompiledVersion], period: Period) -> None:
        self._application, self._books, self._period = application, compiled_versions, period
        self._needed = Needed.of(compiled_versions, period)
        self._words: Mapping[UUID, ContactVocabulary] = {}
        self._stages: dict[tuple[UUID, StagePosition], str] = {}
        self._stood: set[StagePosition] = set()

    async def count(self) -> int:
        """Return how many leads there are."""
        async with self._application.database.reading() as connection:
            return await recorded.count(connection, until=self._period.end)

    async def portion(self, *, after: UUID | None, limit: int) -> CopiedPortion:
        """The next leads; none behind the last."""
        span = {"start": self._period.start, "until": self._period.end}
        async with self._application.database.reading() as connection:
            leads = await recorded.leads(connection, **span, after=after, limit=limit)
            ends = [UUID(leads["id"][n].as_py()) for n in (0, -1)] if leads.num_rows else [UUID(int=0)] * 2
            consents = await self._consents(connection, leads)
            done = await copied.activities_between(
                connection,
                *ends,
                types=self._needed.types,
                since=self._needed.since,
                fields=self._needed.attributes,
            )
            values = await copied.values_between(connection, *ends)
            companies = companies_of(leads, values)
            told = await copied.values_of(connection, [UUID(id_) for id_ in companies.to_pylist()])
        return CopiedPortion(leads, values, companies, told, done, consents)

    async def _consents(self, connection: AsyncConnection, leads: pa.Table) -> Mapping[UUID, Sequence[Consent]]:
        if not self._needed.consents:
            return {}
        return await contact.consents(connection, [UUID(id_) for id_ in leads["id"].to_pylist()])

    async def words(self) -> Mapping[UUID, ContactVocabulary]:
        """By version the channels and purposes that are known where it is in force."""
        if not self._words:
            async with self._application.database.reading() as connection:
                self._words = _words(self._books, await self._application.version_cache.active(connection))
        return self._words

    async def stages(self, stood: Iterable[StagePosition]) -> dict[tuple[UUID, StagePosition], str]:
        """By version, and by where leads stood, at which of its stages they stand."""
        if missing := set(stood) - self._stood:
            async with self._application.database.reading() as connection:
                heirs = Heirs(connection, self._application.version_cache)
                for one in self._books:
                    for at in missing:
                        stage = await heirs.stage(one, at, agreement_id=one.agreement_id)
                        self._stages[one.version_id, at] = stage.key
            self._stood |= missing
        return self._stages

    async def causes(self, looked: Iterable[Looked], causes: Causes) -> dict[Looked, Sequence[Cause]]:
        """Why the versions differ about leads at moments: each is judged once more, as it was judged."""
        asked = set(looked)
        async with self._application.database.reading() as connection:
            leads = await recorded.these(connection, {id_ for id_, _ in asked}, start=self._period.start)
            portion = await self._with_all(connection, leads)
        by_id = {lead.id: lead for lead in leads}

        def explain() -> dict[Looked, Sequence[Cause]]:
            told: dict[Looked, Sequence[Cause]] = {}
            for id_, at in asked:
                after, before = (portion.facts(by_id[id_], at, compiled_version) for compiled_version in self._books)
                told[id_, at] = causes.of(before, after, now=at)
            return told

        return await asyncio.to_thread(explain)

    async def _with_all(self, connection: AsyncConnection, leads: Sequence[RecordedLead]) -> Portion:
        portion = await portion_of(connection, leads, self._needed, await self.words())
        return replace(portion, stages=await self.stages({lead.standing for lead in leads if lead.standing}))


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
