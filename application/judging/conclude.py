"""The end of a command about leads: judge what changed, hold what is owed against it, write."""

from __future__ import annotations

from application.judging.judge_leads import judge_leads
from application.unit_of_work.reconciling import reconcile
from application.unit_of_work.unit_of_work import UnitOfWork
from application.unit_of_work.writing import write


async def conclude(unit: UnitOfWork) -> None:
    """Judge the leads that changed, bring what is owed in line with the facts, and write all of it."""
    await judge_leads(unit, sorted(unit.unjudged))
    await reconcile(unit)
    await write(unit)
