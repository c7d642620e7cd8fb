"""Running a simulation: the past is read in portions, judged by both versions, compared, and the result stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import pyarrow as pa
import structlog

from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application
from application.simulation import comparing, goodness
from application.simulation.backend import Backend, BackendUnavailable
from application.simulation.backends import backend_on
from application.simulation.case_tables import positions
from application.simulation.filling import Filling
from application.simulation.past import Period
from application.simulation.recorded_past import Looked, RecordedPast
from application.simulation.sentences import RULE
from application.simulation.workload import answers_in_time, load
from domain.agreements.simulation import Simulation, SimulationState, StoredDifference
from persistence.agreements import simulations
from persistence.as_of import recorded
from persistence.people import teams
from rules.columnar.plan import ColumnarPlan
from rules.columnar.reach import threshold
from rules.differences.causes import Cause, Causes

log = structlog.get_logger("baton.simulation")

PORTION = 20_000
"""The number of leads read at once."""
STORED = 2_000
"""The number of differences stored at once."""
ANSWERS = 10_000
"""Of how many of the latest handovers the response times are taken."""
LATELY = timedelta(days=365)
"""The furthest that they lie before the end of the period."""
EXPLAINED = 10_000
"""Of how many differences the causes are told: for each, a lead is judged once more by both versions."""
BEAT_SECONDS = 5
READING, JUDGING = 0.6, 0.3
"""The shares of the work."""


class GivenUp(Exception):
    """The simulation was cancelled meanwhile."""


async def run(application: Application, simulation: Simulation) -> None:
    """Do all of it; what goes wrong ends the simulation, not the process."""
    running = _Running(application, simulation)
    beating = asyncio.create_task(running.beat(), name=f"simulation {simulation.id} alive")
    try:
        async with application.simulating:
            result = await running.result()
        await running.end(SimulationState.DONE, result=result)
    except GivenUp:
        await running.forget()
        log.info("simulation given up", simulation=str(simulation.id))
    except BackendUnavailable as fault:
        await running.end(SimulationState.FAILED, fault=str(fault))
    except asyncio.CancelledError:
        await asyncio.shield(running.end(SimulationState.FAILED, fault="The process that ran it was stopped."))
        raise
    except Exception as fault:
        log.exception("simulation failed", simulation=str(simulation.id))
        await running.end(SimulationState.FAILED, fault=f"{type(fault).__name__}")
    finally:
        beating.cancel()


class _Running:
    """One simulation at work in this process."""

    def __init__(self, application: Application, simulation: Simulation) -> None:
        self._application = application
        self._simulation = simulation
        self._period = Period(simulation.start_at, simulation.end_at)
        self._ids: list[pa.Array] = []

    async def result(self) -> dict[str, Any]:
        """Return what it finds; the differences are stored on the way."""
        compiled_versions = await self._books()
        self._past = RecordedPast(self._application, compiled_versions, self._period)
        backend = await asyncio.to_thread(backend_on, self._application.spark)
        try:
            await self._read(backend, compiled_versions)
            await self._judge(backend, compiled_versions)
            await asyncio.to_thread(comparing.gather, backend)
            await self._store(backend, compiled_versions)
            return await self._summed(backend, compiled_versions)
        finally:
            await asyncio.to_thread(backend.close)

    async def _books(self) -> list[CompiledVersion]:
        async with self._application.database.reading() as connection:
            ids = (self._simulation.version_id, self._simulation.against_id)
            compiled_versions = [await self._application.version_cache.version(connection, id_) for id_ in ids]
        for compiled_version in compiled_versions:
            await asyncio.to_thread(getattr, compiled_version, "compiled_rules")  # compiles it, which takes a while
        return compiled_versions

    async def _read(self, backend: Backend, compiled_versions: Sequence[CompiledVersion]) -> None:
        filling = Filling(backend, compiled_versions, await self._past.words(), self._period)
        number, done = await self._past.count(), 0
        coming = asyncio.ensure_future(self._past.portion(after=None, limit=PORTION))
        try:
            while True:
                portion = await coming
                ids = portion.leads["id"].combine_chunks()
                if len(ids):
                    coming = asyncio.ensure_future(self._past.portion(after=UUID(ids[-1].as_py()), limit=PORTION))
                stages = await self._past.stages(filter(None, positions(portion.leads)[0]))
                await asyncio.to_thread(filling.add, portion, stages)  # the empty one behind the last makes the tables
                if not len(ids):
                    return
                self._ids.append(ids)
                done += len(ids)
                await self._told(READING * min(1.0, done / max(1, number)))
        finally:
            coming.cancel()

    async def _judge(self, backend: Backend, compiled_versions: Sequence[CompiledVersion]) -> None:
        loop = asyncio.get_running_loop()
        for place, (side, compiled_version) in enumerate(
            zip((comparing.NEW, comparing.OLD), compiled_versions, strict=True)
        ):

            def keep_on(share: float, place: int = place) -> None:
                done = READING + JUDGING * (place + share) / len(compiled_versions)
                asyncio.run_coroutine_threadsafe(self._told(done), loop).result()

            plan = ColumnarPlan(compiled_version.compiled_rules)
            await asyncio.to_thread(backend.judge, plan, side, key="case", keep_on=keep_on)

    async def _store(self, backend: Backend, compiled_versions: Sequence[CompiledVersion]) -> None:
        found, causes = (
            enumerate(comparing.differences(backend)),
            Causes(compiled_versions[1].compiled_rules, compiled_versions[0].compiled_rules),
        )
        while some := await asyncio.to_thread(lambda: list(islice(found, STORED))):
            looked = [(self._id(one.lead), one.at) for number, one in some if number < EXPLAINED]
            explained = await self._past.causes(looked, causes) if looked else {}
            rows = [self._difference(number, one, explained) for number, one in some]
            async with self._application.database.transaction() as connection:
                await simulations.add_differences(connection, rows)
            await self._told(READING + JUDGING)

    def _id(self, lead: int) -> UUID:
        """The id of a lead by its number; all portions but the last have as many leads."""
        return UUID(self._ids[lead // PORTION][lead % PORTION].as_py())

    def _difference(
        self, number: int, found: comparing.Found, explained: Mapping[Looked, Sequence[Cause]]
    ) -> StoredDifference:
        lead = self._id(found.lead)
        causes = explained.get((lead, found.at), ())
        rules = [{"code": RULE, "path": cause.path, "sentences": dict(cause.sentences)} for cause in causes]
        reasons = [*rules, *comparing.reasons(found)]
        detail = {"before": found.before, "after": found.after, "reasons": reasons}
        return StoredDifference(self._simulation.id, number, found.kind, lead, found.at, detail)

    async def _summed(self, backend: Backend, compiled_versions: Sequence[CompiledVersion]) -> dict[str, Any]:
        compiled_version, rate = compiled_versions[0], self._simulation.acceptance_rate
        counted = await asyncio.to_thread(comparing.counts, backend)
        handed = await asyncio.to_thread(comparing.handed_over, backend)
        own = threshold(ColumnarPlan(compiled_version.compiled_rules))
        curve = await asyncio.to_thread(goodness.curve, backend, own)
        now, number = self._application.time.now(), counted["handovers"]
        async with self._application.database.reading() as connection:
            known = await teams.read_teams(connection, now=now)
            answers = await recorded.answers(
                connection,
                {one.agreement_id for one in compiled_versions},
                start=self._period.end - LATELY,
                until=self._period.end,
                limit=ANSWERS,
            )
        return {
            "counts": counted,
            "quality": await asyncio.to_thread(goodness.quality, backend),
            "curve": goodness.thinned(curve, own),
            "meeting": None if rate is None else goodness.meeting(curve, rate),
            "load": load(compiled_version, known, handed),
            "answers": await asyncio.to_thread(answers_in_time, compiled_version, known, answers, number, now=now),
        }

    async def _told(self, progress: float) -> None:
        async with self._application.database.transaction() as connection:
            at = self._application.time.now()
            if not await simulations.advance(connection, self._simulation.id, progress=progress, at=at):
                raise GivenUp

    async def beat(self) -> None:
        """Say every few seconds that the work goes on, however long a step of it takes."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._told(0)
            except GivenUp:
                return
            except Exception:  # noqa: BLE001 - the database may be away for a while; the work itself finds out
                log.warning("simulation not told alive", simulation=str(self._simulation.id))

    async def forget(self) -> None:
        """Throw away what was found so far."""
        async with self._application.database.transaction() as connection:
            await simulations.forget_differences(connection, self._simulation.id)

    async def end(
        self, state: SimulationState, *, fault: str | None = None, result: dict[str, Any] | None = None
    ) -> None:
        """Note how it ended."""
        at: datetime = self._application.time.now()
        async with self._application.database.transaction() as connection:
            await simulations.finish(connection, self._simulation.id, state=state, at=at, fault=fault, result=result)
