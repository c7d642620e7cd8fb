"""The clock: what happens because time passes, without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog

from application.agreements.deciding_versions import activate_scheduled
from application.agreements.version_migrations import move_batch
from application.clock import clock_actions
from application.clock.fading import PriorityPass
from application.clock.notice_digests import send_digests
from application.handovers import passing_on, queueing
from application.judging.conclude import conclude
from application.judging.judge_leads import judge_leads
from application.runtime.transaction import Application, Transaction
from application.runtime.trouble import DatabaseAway, DatabaseBusy
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.obligations.kind import Subject
from persistence.agreements import agreements, rejudgements, versions
from persistence.handovers import obligations
from persistence.leads import leads

log = structlog.get_logger("baton.clock")

CLAIM = 200
CATCHING_UP = 500
BATCH = 200
LONGEST_SLEEP = 1.0
SHORTEST_SLEEP = 0.02
"""Seconds of the world."""


class ClockLoop:
    """Acts on what falls due, in this process; any number of instances may run, and any may die."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None
        self._limit = CLAIM
        self._fading = PriorityPass(application)
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
                self._application.alarm.clear()
                busy = await self.tick()
                if busy:
                    await asyncio.sleep(0)
                    continue
                self.caught_up_at = self._application.time.now()
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
            self._fade,
        )
        busy = False
        for one in rounds:
            busy |= await one()
        return busy

    async def _sleep(self) -> None:
        async with self._application.database.reading() as connection:
            moments = [await obligations.next_due(connection), await versions.next_scheduled(connection)]
            moments.append(await leads.next_crossing(connection))
        moments.append(await queueing.next_chance(self._application))
        waits = [self._application.time.seconds_until(at) for at in moments if at is not None]
        seconds = max(SHORTEST_SLEEP, min([LONGEST_SLEEP, *waits]))
        self._application.clock_sleeps_until = self._application.time.after(seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._application.alarm.wait()
        self._application.clock_sleeps_until = None

    async def _act_on_due(self) -> bool:
        now = self._application.time.now()
        async with self._application.database.reading() as connection:
            due = await obligations.leads_due(connection, now=now, limit=self._limit)
        if not due:
            self._limit = CLAIM
            return False

        async def body(transaction: Transaction) -> int:
            unit = await UnitOfWork.open(transaction, due, skip_locked=True)
            await unit.read_once.learn_all()
            await clock_actions.hold_heirs(unit)
            for lead_id in [lead_id for lead_id in due if lead_id in unit.leads]:
                await clock_actions.act(unit, lead_id)
            await conclude(unit)
            return len(unit.leads)

        acted = await self._application.transact(body)
        full = len(due) >= self._limit
        self._limit = CATCHING_UP if full else CLAIM
        return full and acted > 0

    async def _act_on_agreements(self) -> bool:
        """Return what is owed about agreements themselves: nobody's lead is concerned."""
        async with self._application.database.reading() as connection:
            due = await obligations.agreements_due(connection, now=self._application.time.now(), limit=BATCH)
        if not due:
            return False

        async def body(transaction: Transaction) -> bool:
            unit = await UnitOfWork.open(transaction, (), agreement_ids=due, skip_locked=True)
            await unit.read_once.learn_all()
            for agreement_id in sorted(unit.agreements):
                await clock_actions.act(unit, agreement_id)
            await conclude(unit)
            return bool(unit.agreements)

        return await self._application.transact(body) and len(due) == BATCH

    async def _judge_expired(self) -> bool:
        now = self._application.time.now()
        async with self._application.database.reading() as connection:
            expired = await leads.to_judge_again(connection, now=now, limit=BATCH)
        return bool(expired) and await self._judge(expired) > 0 and len(expired) == BATCH

    async def _judge(self, lead_ids: list[UUID]) -> int:
        async def body(transaction: Transaction) -> int:
            unit = await UnitOfWork.open(transaction, lead_ids, skip_locked=True)
            await judge_leads(unit, sorted(unit.leads))
            await conclude(unit)
            return len(unit.leads)

        return await self._application.transact(body)

    async def _activate(self) -> bool:
        async with self._application.database.reading() as connection:
            due = await versions.scheduled(connection, now=self._application.time.now())
        for version_id in due:
            await activate_scheduled(self._application, version_id)
        return bool(due)

    async def _drain_queue(self) -> bool:
        return await queueing.drain(self._application) | await passing_on.drain(self._application)

    async def _move_open_work(self) -> bool:
        return await move_batch(self._application)

    async def _tell_gathered(self) -> bool:
        return await send_digests(self._application)

    async def _fade(self) -> bool:
        return await self._fading.go_on()

    async def _judge_again(self) -> bool:
        """Judge the next batch of leads after an activation; the progress is kept, so that any instance may go on."""

        async def body(transaction: Transaction) -> bool:
            running = await rejudgements.claim(transaction.connection)
            if running is None:
                return False
            batch = await leads.next_after(transaction.connection, running.after_lead, limit=BATCH)
            first = running.after_lead is None
            concerned = await agreements.concerned(transaction.connection) if first else []
            unit = await UnitOfWork.open(transaction, batch, agreement_ids=concerned)
            unit.changed |= dict.fromkeys(unit.agreements, Subject.AGREEMENT)
            await judge_leads(unit, batch)
            await conclude(unit)
            last = batch[-1] if batch else running.after_lead
            done = len(batch) < BATCH
            await rejudgements.advance(
                transaction.connection,
                running.id,
                after=last,
                judged=len(batch),
                finished_at=transaction.now if done else None,
            )
            return not done

        return await self._application.transact(body)
