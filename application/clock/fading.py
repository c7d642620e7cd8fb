"""Who is called first: where points have faded, the order of calling is brought up to date once a day."""

from __future__ import annotations

from datetime import UTC, date

from application.judging.conclude import conclude
from application.judging.judge_leads import judge_leads
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.unit_of_work import UnitOfWork
from persistence.leads import fading

BATCH = 200


class PriorityPass:
    """Goes once a day over the leads whose points can fade; the progress is stored, so that any instance goes on."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._done_on: date | None = None

    async def go_on(self) -> bool:
        """Judge the next batch; a decision or event comes of it only where more than points changed."""
        today = self._application.time.now().astimezone(UTC).date()
        if self._done_on == today:
            return False

        async def body(transaction: Transaction) -> bool:
            connection = transaction.connection
            progress = await fading.claim(connection, today)
            if progress is None or progress.finished_at is not None:
                return progress is not None
            batch = await fading.next_after(connection, progress.after_lead, limit=BATCH)
            unit = await UnitOfWork.open(transaction, batch)
            await judge_leads(unit, batch)
            await conclude(unit)
            done = len(batch) < BATCH
            after = batch[-1] if batch else progress.after_lead
            await fading.advance(connection, today, after=after, finished_at=transaction.now if done else None)
            return done

        done = await self._application.transact(body)
        if done:
            self._done_on = today
        return not done
