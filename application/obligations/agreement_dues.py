"""The obligations about agreements themselves: material, measures, meetings, the review; held against what is in
force."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.judging.conclude import conclude
from application.runtime.transaction import Application, Transaction
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.obligations.kind import Subject


async def hold_agreements(application: Application, agreement_ids: Iterable[UUID]) -> None:
    """Open what the versions in force promise by a day or in a rhythm, and close what they no longer do.

    Doing it again changes nothing; the clock does it after an activation, too, should this process die in between.
    """
    ids = sorted(set(agreement_ids))

    async def body(transaction: Transaction) -> None:
        unit = await UnitOfWork.open(transaction, (), agreement_ids=ids)
        unit.changed |= dict.fromkeys(unit.agreements, Subject.AGREEMENT)
        await conclude(unit)

    if ids:
        await application.transact(body)
