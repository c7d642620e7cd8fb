"""The leads of an account together: what a judgement sees of the others, and who is judged again when one changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from domain.facts import BuyingCentre
from persistence import leads

if TYPE_CHECKING:
    from application.desk import Desk

ALONE = BuyingCentre()


async def buying_centres(desk: Desk, lead_ids: Iterable[UUID]) -> Mapping[UUID, BuyingCentre]:
    """The buying centres of leads, where an active version asks for them; leads on the desk as they lie there."""
    if not desk.active.buying_centre_needed:
        return {}
    asked = [desk.leads[lead_id] for lead_id in lead_ids]
    accounts = {lead.account_id for lead in asked if lead.account_id}
    grades = await leads.grades_of_accounts(desk.work.connection, accounts, but=desk.leads) if accounts else {}
    for lead in desk.leads.values():
        if lead.account_id in accounts and lead.account_id:
            grades.setdefault(lead.account_id, Counter())[lead.grade] += 1
    return {lead.id: _centre(grades[lead.account_id], lead.grade) if lead.account_id else ALONE for lead in asked}


def _centre(grades: Counter[str | None], own: str | None) -> BuyingCentre:
    others = grades - Counter([own])
    return BuyingCentre(grades.total(), tuple(sorted(grade for grade in others if grade is not None)))


async def judge_others_again(desk: Desk, lead_ids: Iterable[UUID]) -> None:
    """Have the clock judge the other leads of accounts in which a lead came, went or changed its grade."""
    if not desk.active.buying_centre_needed:
        return
    causes: dict[UUID, set[UUID]] = {}
    for lead_id in lead_ids:
        before, after = desk.before(lead_id), desk.leads[lead_id]
        came = before.account_id != after.account_id
        if came or before.grade != after.grade:
            for account_id in filter(None, {before.account_id, after.account_id}):
                causes.setdefault(account_id, set()).add(lead_id)
    if not causes:
        return
    await leads.mark_for_judging(desk.work.connection, causes, but=desk.leads, now=desk.work.now)
    for lead in list(desk.leads.values()):
        others = causes.get(lead.account_id, set()) - {lead.id} if lead.account_id else set()
        if others and not lead.historical:
            desk.put_lead(replace(lead, valid_until=desk.work.now))
    desk.work.wake_clock()
