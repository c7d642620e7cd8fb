"""Running a simulation: the past is read in portions, judged by both versions, compared, and the result stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog

from application.books import ActiveBooks, Book
from application.heirs import stages_in
from application.simulating import comparing
from application.simulating.benches import workbench_on
from application.simulating.past import Period, Portion, portion_of
from application.simulating.workbench import Workbench, WorkbenchUnavailable
from application.simulating.workload import answers_in_time, load
from application.work import House
from domain.contact_vocabulary import ContactVocabulary
from domain.simulation import Simulation, SimulationState, StoredDifference
from persistence import recorded, simulations, teams
from rules.columnar_plan import ColumnarPlan
from rules.columnar_tables import accounts_table, activities_table, leads_table, outcomes_table

log = structlog.get_logger("baton.simulation")

PORTION = 2_000
"""How many leads are read at once."""
ANSWERS = 10_000
"""Of how many of the latest handovers the response times are taken."""
LATELY = timedelta(days=365)
"""How far back from the end of the period they lie at most."""
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
        bench = await asyncio.to_thread(workbench_on, self._house.spark)
        try:
            await self._read(bench, books)
            await self._judge(bench, books)
            await asyncio.to_thread(comparing.gather, bench)
            await self._store(bench)
            return await self._summed(bench, books[0])
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
        async with self._house.database.reading() as connection:
            words = _words(books, await self._house.shelf.active(connection))
            number = await recorded.count(connection, until=self._period.end)
        after = None
        while True:
            async with self._house.database.reading() as connection:
                leads = await recorded.leads(
                    connection, start=self._period.start, until=self._period.end, after=after, limit=PORTION
                )
                portion = await portion_of(connection, leads, len(self._ids), books, self._period, words)
                stood = {lead.standing for lead in leads if lead.standing}
                stages = await stages_in(connection, self._house.shelf, books, stood)
                portion = replace(portion, stages=stages)
            if not leads:
                return
            after = leads[-1].id
            self._ids += [lead.id for lead in leads]
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

    async def _store(self, bench: Workbench) -> None:
        found = enumerate(comparing.differences(bench))
        while some := await asyncio.to_thread(lambda: list(islice(found, PORTION))):
            rows = [
                StoredDifference(self._simulation.id, number, one.kind, self._ids[one.lead], one.at, _detail(one))
                for number, one in some
            ]
            async with self._house.database.transaction() as connection:
                await simulations.add_differences(connection, rows)
            await self._told(READING + JUDGING)

    async def _summed(self, bench: Workbench, book: Book) -> dict[str, Any]:
        rate = self._simulation.acceptance_rate
        counted = await asyncio.to_thread(comparing.counts, bench)
        handed = await asyncio.to_thread(comparing.handed_over, bench)
        curve = await asyncio.to_thread(comparing.curve, bench)
        now, number = self._house.time.now(), counted["handovers"]
        async with self._house.database.reading() as connection:
            known = await teams.read_teams(connection, now=now)
            answers = await recorded.answers(
                connection, start=self._period.end - LATELY, until=self._period.end, limit=ANSWERS
            )
        return {
            "counts": counted,
            "quality": await asyncio.to_thread(comparing.quality, bench),
            "curve": comparing.thinned(curve),
            "meeting": None if rate is None else comparing.meeting(curve, rate),
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


def _words(books: Sequence[Book], active: ActiveBooks) -> dict[UUID, ContactVocabulary]:
    """By version the channels and purposes that are known where it is in force beside the other agreements."""
    return {
        book.version_id: ContactVocabulary(
            [book.document, *(b.document for b in active.books if b.agreement_id != book.agreement_id)]
        )
        for book in books
    }


def _detail(found: comparing.Found) -> dict[str, Any]:
    return {"before": found.before, "after": found.after, "reasons": comparing.reasons(found)}
