"""The leads of an account together: what a judgement sees of the others, and who is judged again when one changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from domain.facts import BuyingCentre
from persistence.leads import leads

if TYPE_CHECKING:
    from application.unit_of_work.unit_of_work import UnitOfWork

ALONE = BuyingCentre()


async def buying_centres(unit: UnitOfWork, lead_ids: Iterable[UUID]) -> Mapping[UUID, BuyingCentre]:
    """The buying centres of leads, where an active version asks for them; leads on the desk as they lie there."""
    if not unit.active.buying_centre_needed:
        return {}
    asked = [unit.leads[lead_id] for lead_id in lead_ids]
    accounts = {lead.account_id for lead in asked if lead.account_id}
    grades = await leads.grades_of_accounts(unit.transaction.connection, accounts, but=unit.leads) if accounts else {}
    for lead in unit.leads.values():
        if lead.account_id in accounts and lead.account_id:
            grades.setdefault(lead.account_id, Counter())[lead.grade] += 1
    return {lead.id: _centre(grades[lead.account_id], lead.grade) if lead.account_id else ALONE for lead in asked}


def _centre(grades: Counter[str | None], own: str | None) -> BuyingCentre:
    others = grades - Counter([own])
    return BuyingCentre(grades.total(), tuple(sorted(grade for grade in others if grade is not None)))


async def judge_others_again(unit: UnitOfWork, lead_ids: Iterable[UUID]) -> None:
    """Have the clock judge the other leads of accounts in which a lead came, went or changed its grade."""
    if not unit.active.buying_centre_needed:
        return
    causes: dict[UUID, set[UUID]] = {}
    for lead_id in lead_ids:
        before, after = unit.before(lead_id), unit.leads[lead_id]
        came = before.account_id != after.account_id
        if came or before.grade != after.grade:
            for account_id in filter(None, {before.account_id, after.account_id}):
                causes.setdefault(account_id, set()).add(lead_id)
    if not causes:
        return
    await leads.mark_for_judging(unit.transaction.connection, causes, but=unit.leads, now=unit.transaction.now)
    for lead in list(unit.leads.values()):
        others = causes.get(lead.account_id, set()) - {lead.id} if lead.account_id else set()
        if others and not lead.historical:
            unit.put_lead(replace(lead, next_crossing=unit.transaction.now))
    unit.transaction.wake_clock()
