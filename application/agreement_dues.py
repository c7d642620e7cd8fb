"""What is owed about agreements themselves: material, measures, meetings, the review; held against what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.desk import Desk
from application.work import House, Work
from domain.owed.kind import Subject


async def hold_agreements(house: House, agreement_ids: Iterable[UUID]) -> None:
    """Open what the versions in force promise by a day or in a rhythm, and close what they no longer do.

    Doing it again changes nothing; the clock does it after an activation, too, should this process die in between.
    """
    ids = sorted(set(agreement_ids))

    async def body(work: Work) -> None:
        desk = await Desk.open(work, (), agreement_ids=ids)
        desk.changed |= dict.fromkeys(desk.agreements, Subject.AGREEMENT)
        await desk.save()

    if ids:
        await house.transact(body)
