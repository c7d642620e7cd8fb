"""Running a simulation: the past is read in portions, judged by both versions, compared, and the result stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog

from application.books import Book
from application.simulating import comparing, goodness
from application.simulating.benches import workbench_on
from application.simulating.past import Period, Portion
from application.simulating.recorded_past import Looked, RecordedPast
from application.simulating.telling import RULE
from application.simulating.workbench import Workbench, WorkbenchUnavailable
from application.simulating.workload import answers_in_time, load
from application.work import House
from domain.simulation import Simulation, SimulationState, StoredDifference
from persistence import recorded, simulations, teams
from rules.causes import Cause, Causes
from rules.columnar_plan import ColumnarPlan
from rules.columnar_reach import threshold
from rules.columnar_tables import accounts_table, activities_table, leads_table, outcomes_table

log = structlog.get_logger("baton.simulation")

PORTION = 2_000
"""How many leads are read at once."""
ANSWERS = 10_000
"""Of how many of the latest handovers the response times are taken."""
LATELY = timedelta(days=365)
"""How far back from the end of the period they lie at most."""
EXPLAINED = 10_000
"""Of how many differences the causes are told: for each, a lead is judged once more by both versions."""
BEAT_SECONDS = 5
READING, JUDGING = 0.6, 0.3
"""The shares of the work."""


class GivenUp(Exception):
    """The simulation was cancelled meanwhile."""


async def run(house: House, simulation: Simulation) -> None:
    """Do all of it; what goes wrong ends the simulation, not the process."""
    running = _Running(house, simulation)
    beating = asyncio.create_task(running.beat(), name=f"simulation {simulation.id} alive")
    try:
        async with house.simulating:
            result = await running.result()
        await running.end(SimulationState.DONE, result=result)
    except GivenUp:
        await running.forget()
        log.info("simulation given up", simulation=str(simulation.id))
    except WorkbenchUnavailable as fault:
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

    def __init__(self, house: House, simulation: Simulation) -> None:
        self._house = house
        self._simulation = simulation
        self._period = Period(simulation.start_at, simulation.end_at)
        self._ids: list[UUID] = []

    async def result(self) -> dict[str, Any]:
        """What it finds; the differences are stored on the way."""
        books = await self._books()
        self._past = RecordedPast(self._house, books, self._period)
        bench = await asyncio.to_thread(workbench_on, self._house.spark)
        try:
            await self._read(bench, books)
            await self._judge(bench, books)
            await asyncio.to_thread(comparing.gather, bench)
            await self._store(bench, books)
            return await self._summed(bench, books)
        finally:
            await asyncio.to_thread(bench.close)

    async def _books(self) -> list[Book]:
        async with self._house.database.reading() as connection:
            ids = (self._simulation.version_id, self._simulation.against_id)
            books = [await self._house.shelf.version(connection, id_) for id_ in ids]
        for book in books:
            await asyncio.to_thread(getattr, book, "rulebook")  # compiles it, which takes a while
        return books

    async def _read(self, bench: Workbench, books: Sequence[Book]) -> None:
        plans = [ColumnarPlan(book.rulebook) for book in books]
        filling = _Filling(bench, books, plans, self._period)
        await asyncio.to_thread(filling.add, Portion(0, [], {}, {}, {}, {}))
        number, after = await self._past.count(), None
        while True:
            portion = await self._past.portion(after=after, first=len(self._ids), limit=PORTION)
            if not portion.leads:
                return
            after = portion.leads[-1].id
            self._ids += [lead.id for lead in portion.leads]
            await asyncio.to_thread(filling.add, portion)
            await self._told(READING * min(1.0, len(self._ids) / max(1, number)))

    async def _judge(self, bench: Workbench, books: Sequence[Book]) -> None:
        loop = asyncio.get_running_loop()
        for place, (side, book) in enumerate(zip((comparing.NEW, comparing.OLD), books, strict=True)):

            def keep_on(share: float, place: int = place) -> None:
                done = READING + JUDGING * (place + share) / len(books)
                asyncio.run_coroutine_threadsafe(self._told(done), loop).result()

            plan = ColumnarPlan(book.rulebook)
            await asyncio.to_thread(bench.judge, plan, side, key="case", keep_on=keep_on)

    async def _store(self, bench: Workbench, books: Sequence[Book]) -> None:
        found, causes = enumerate(comparing.differences(bench)), Causes(books[1].rulebook, books[0].rulebook)
        while some := await asyncio.to_thread(lambda: list(islice(found, PORTION))):
            looked = [(self._ids[one.lead], one.at) for number, one in some if number < EXPLAINED]
            explained = await self._past.causes(looked, causes) if looked else {}
            rows = [self._difference(number, one, explained) for number, one in some]
            async with self._house.database.transaction() as connection:
                await simulations.add_differences(connection, rows)
            await self._told(READING + JUDGING)

    def _difference(
        self, number: int, found: comparing.Found, explained: Mapping[Looked, Sequence[Cause]]
    ) -> StoredDifference:
        lead = self._ids[found.lead]
        causes = explained.get((lead, found.at), ())
        rules = [{"code": RULE, "path": cause.path, "sentences": dict(cause.sentences)} for cause in causes]
        reasons = [*rules, *comparing.reasons(found)]
        detail = {"before": found.before, "after": found.after, "reasons": reasons}
        return StoredDifference(self._simulation.id, number, found.kind, lead, found.at, detail)

    async def _summed(self, bench: Workbench, books: Sequence[Book]) -> dict[str, Any]:
        book, rate = books[0], self._simulation.acceptance_rate
        counted = await asyncio.to_thread(comparing.counts, bench)
        handed = await asyncio.to_thread(comparing.handed_over, bench)
        own = threshold(ColumnarPlan(book.rulebook))
        curve = await asyncio.to_thread(goodness.curve, bench, own)
        now, number = self._house.time.now(), counted["handovers"]
        async with self._house.database.reading() as connection:
            known = await teams.read_teams(connection, now=now)
            answers = await recorded.answers(
                connection,
                {one.agreement_id for one in books},
                start=self._period.end - LATELY,
                until=self._period.end,
                limit=ANSWERS,
            )
        return {
            "counts": counted,
            "quality": await asyncio.to_thread(goodness.quality, bench),
            "curve": goodness.thinned(curve, own),
            "meeting": None if rate is None else goodness.meeting(curve, rate),
            "load": load(book, known, handed),
            "answers": await asyncio.to_thread(answers_in_time, book, known, answers, number, now=now),
        }

    async def _told(self, progress: float) -> None:
        async with self._house.database.transaction() as connection:
            at = self._house.time.now()
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
        async with self._house.database.transaction() as connection:
            await simulations.forget_differences(connection, self._simulation.id)

    async def end(
        self, state: SimulationState, *, fault: str | None = None, result: dict[str, Any] | None = None
    ) -> None:
        """Note how it ended."""
        at: datetime = self._house.time.now()
        async with self._house.database.transaction() as connection:
            await simulations.finish(connection, self._simulation.id, state=state, at=at, fault=fault, result=result)


class _Filling:
    """Puts what was read onto the workbench, once for each version."""

    def __init__(self, bench: Workbench, books: Sequence[Book], plans: Sequence[ColumnarPlan], period: Period) -> None:
        self._bench, self._period = bench, period
        self._sides = list(zip((comparing.NEW, comparing.OLD), books, plans, strict=True))
        self._cases = dict.fromkeys((comparing.NEW, comparing.OLD), 0)

    def add(self, portion: Portion) -> None:
        """Add a portion."""
        for side, book, plan in self._sides:
            cases = list(portion.cases(book, self._period))
            first = self._cases[side]
            self._bench.add(f"{side}leads", leads_table(plan, cases, first=first))
            self._bench.add(f"{side}accounts", accounts_table(plan, cases, first=first))
            self._bench.add(f"{side}activities", activities_table(plan, portion.activities()))
            self._cases[side] += len(cases)
        outcomes = [(lead.answered, lead.accepted, lead.won, lead.closed) for lead in portion.leads]
        self._bench.add("outcomes", outcomes_table(outcomes, first=portion.first))
