"""The clock: what happens because time passes, without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog

from application import passing_on, queueing, ticking
from application.deciding_versions import activate_scheduled
from application.desk import Desk
from application.digests import send_digests
from application.judging import judge_leads
from application.moving import move_batch
from application.trouble import DatabaseAway, DatabaseBusy
from application.work import House, Work
from domain.owed.kind import Subject
from persistence import agreements, leads, obligations, rejudgements, versions

log = structlog.get_logger("baton.clock")

CLAIM = 200
CATCHING_UP = 500
BATCH = 200
LONGEST_SLEEP = 1.0
SHORTEST_SLEEP = 0.02
"""Seconds of the world."""


class ClockLoop:
    """Acts on what falls due, in this process; any number of instances may run, and any may die."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._task: asyncio.Task[None] | None = None
        self._limit = CLAIM
        self.caught_up_at: datetime | None = None
        """When it last had nothing left to do."""

    async def start(self) -> None:
        """Begin to act."""
        self._task = asyncio.create_task(self._run(), name="clock")

    async def stop(self) -> None:
        """Stop after the transaction at hand."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                self._house.alarm.clear()
                busy = await self.tick()
                if busy:
                    await asyncio.sleep(0)
                    continue
                self.caught_up_at = self._house.time.now()
                await self._sleep()
            except asyncio.CancelledError:
                raise
            except (DatabaseAway, DatabaseBusy) as trouble:
                log.warning("the clock waits for the database", reason=str(trouble))
                await asyncio.sleep(LONGEST_SLEEP)
            except Exception:
                log.exception("the clock stumbled and goes on")
                await asyncio.sleep(LONGEST_SLEEP)

    async def tick(self) -> bool:
        """Do one round of all that time asks for; True when more may be waiting."""
        rounds: tuple[Callable[[], Awaitable[bool]], ...] = (
            self._act_on_due,
            self._act_on_agreements,
            self._activate,
            self._judge_expired,
            self._drain_queue,
            self._tell_gathered,
            self._move_open_work,
            self._judge_again,
        )
        busy = False
        for one in rounds:
            busy |= await one()
        return busy

    async def _sleep(self) -> None:
        async with self._house.database.reading() as connection:
            moments = [await obligations.next_due(connection), await versions.next_scheduled(connection)]
            moments.append(await leads.next_expiry(connection))
        moments.append(await queueing.next_chance(self._house))
        waits = [self._house.time.seconds_until(at) for at in moments if at is not None]
        seconds = max(SHORTEST_SLEEP, min([LONGEST_SLEEP, *waits]))
        self._house.clock_sleeps_until = self._house.time.after(seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._house.alarm.wait()
        self._house.clock_sleeps_until = None

    async def _act_on_due(self) -> bool:
        now = self._house.time.now()
        async with self._house.database.reading() as connection:
            due = await obligations.leads_due(connection, now=now, limit=self._limit)
        if not due:
            self._limit = CLAIM
            return False

        async def body(work: Work) -> int:
            desk = await Desk.open(work, due, skip_locked=True)
            for lead_id in [lead_id for lead_id in due if lead_id in desk.leads]:
                await ticking.act(desk, lead_id)
            await desk.save()
            return len(desk.leads)

        acted = await self._house.transact(body)
        full = len(due) >= self._limit
        self._limit = CATCHING_UP if full else CLAIM
        return full and acted > 0

    async def _act_on_agreements(self) -> bool:
        """What is owed about agreements themselves: nobody's lead is concerned."""
        async with self._house.database.reading() as connection:
            due = await obligations.agreements_due(connection, now=self._house.time.now(), limit=BATCH)
        if not due:
            return False

        async def body(work: Work) -> bool:
            desk = await Desk.open(work, (), agreement_ids=due, skip_locked=True)
            for agreement_id in sorted(desk.agreements):
                await ticking.act(desk, agreement_id)
            await desk.save()
            return bool(desk.agreements)

        return await self._house.transact(body) and len(due) == BATCH

    async def _judge_expired(self) -> bool:
        now = self._house.time.now()
        async with self._house.database.reading() as connection:
            expired = await leads.to_judge_again(connection, now=now, limit=BATCH)
        return bool(expired) and await self._judge(expired) > 0 and len(expired) == BATCH

    async def _judge(self, lead_ids: list[UUID]) -> int:
        async def body(work: Work) -> int:
            desk = await Desk.open(work, lead_ids, skip_locked=True)
            await judge_leads(desk, sorted(desk.leads))
            await desk.save()
            return len(desk.leads)

        return await self._house.transact(body)

    async def _activate(self) -> bool:
        async with self._house.database.reading() as connection:
            due = await versions.scheduled(connection, now=self._house.time.now())
        for version_id in due:
            await activate_scheduled(self._house, version_id)
        return bool(due)

    async def _drain_queue(self) -> bool:
        return await queueing.drain(self._house) | await passing_on.drain(self._house)

    async def _move_open_work(self) -> bool:
        return await move_batch(self._house)

    async def _tell_gathered(self) -> bool:
        return await send_digests(self._house)

    async def _judge_again(self) -> bool:
        """Judge the next batch of leads after an activation; the progress is kept, so that any instance may go on."""

        async def body(work: Work) -> bool:
            running = await rejudgements.claim(work.connection)
            if running is None:
                return False
            batch = await leads.next_after(work.connection, running.after_lead, limit=BATCH)
            first = running.after_lead is None
            concerned = await agreements.concerned(work.connection) if first else []
            desk = await Desk.open(work, batch, agreement_ids=concerned)
            desk.changed |= dict.fromkeys(desk.agreements, Subject.AGREEMENT)
            await judge_leads(desk, batch)
            await desk.save()
            last = batch[-1] if batch else running.after_lead
            done = len(batch) < BATCH
            await rejudgements.advance(
                work.connection, running.id, after=last, judged=len(batch), finished_at=work.now if done else None
            )
            return not done

        return await self._house.transact(body)
