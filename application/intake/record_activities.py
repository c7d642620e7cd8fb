"""Activities arrive: each counts once, whenever and in whatever order it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from application.handovers.efforts import note_efforts
from application.intake.channels import HeardChannel, heard_channel
from application.intake.collisions import find_collisions
from application.intake.contact_facts import outbound_types
from application.intake.speaking import Speaker
from application.judging.conclude import conclude
from application.judging.judge_leads import judge_leads, still_stands
from application.runtime.incoming import (
    IncomingActivity,
    ItemResult,
    ItemStatus,
    check_activity,
    check_batch,
    refuse_all,
)
from application.runtime.item_faults import storable
from application.runtime.transaction import Application, Transaction
from application.runtime.turns import in_turns
from application.unit_of_work.holding import leads_held
from application.unit_of_work.obligation_subjects import concerned
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.fields import Direction
from domain.events.leads import ActivityRecorded
from domain.facts import Canonical
from domain.handovers.handover import Handover
from domain.obligations.kind import Interaction
from domain.party import Party
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal
from domain.words.ids import new_id
from persistence.leads import activities, leads
from persistence.leads.activities import Activity


@dataclass
class Recorded:
    """The result of a batch: one result for each item, in input order; or the batch's own faults."""

    results: list[ItemResult] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)


_Good = tuple[ItemResult, IncomingActivity, UUID, Mapping[str, Canonical], Party | None]
"""An item without fault: its lead, its fields in canonical form, and the party that did it, where one is known."""


class _AtomicFault(Exception):
    """An item of an atomic batch turned out to be at fault after writing began."""


async def record_activities(
    application: Application,
    principal: Principal,
    *,
    source: str,
    items: Sequence[IncomingActivity],
    atomic: bool = False,
) -> Recorded:
    """Record activities of one source; good items are kept and bad ones told, unless `atomic`."""
    rights.need(principal, "Mutation.recordActivities")
    faults = check_batch(items, source)
    if faults:
        return Recorded(faults=faults)
    results: list[ItemResult] = []

    async def body(transaction: Transaction) -> None:
        results[:] = [ItemResult(index, item.key) for index, item in enumerate(items)]
        await _record(transaction, source, items, results, atomic)

    try:
        await application.transact(body, principal=principal)
    except _AtomicFault:
        refuse_all(results)
    return Recorded(results)


async def _record(
    transaction: Transaction, source: str, items: Sequence[IncomingActivity], results: list[ItemResult], atomic: bool
) -> None:
    active = await transaction.version_cache.active(transaction.connection)
    ids = await leads.ids_of_keys(transaction.connection, source, [item.lead for item in items if storable(item.lead)])
    if transaction.principal is not None and not transaction.principal.sees_all:
        ids = await _own(transaction, ids, transaction.principal)
    speaker = await Speaker.of(transaction.connection, transaction.principal, items)
    good: list[_Good] = []
    async for result, item in in_turns(zip(results, items, strict=True)):
        fields, result.faults = check_activity(item, active, now=transaction.now)
        kind = active.activity_types.get(item.type)
        lead_id = ids.get(item.lead)
        result.faults += speaker.faults(item, kind) if kind and lead_id else []
        if lead_id is None:
            if storable(item.lead):
                result.faults.append(Refusal("UNKNOWN_LEAD", "This source has no such lead.", ("lead",)))
        elif kind is not None and not result.faults:
            result.lead_id = lead_id
            good.append((result, item, lead_id, fields, speaker.party_of(item, kind)))
    if atomic and len(good) < len(items):
        raise _AtomicFault
    if good:
        await _store(transaction, source, good, atomic)


async def _own(transaction: Transaction, ids: Mapping[str, UUID], principal: Principal) -> dict[str, UUID]:
    """Those of the leads that stand with sales; the others are as unknown to it as those that do not exist."""
    own = await leads_held(transaction.connection, principal, "Mutation.recordActivities", ids.values())
    return {key: lead_id for key, lead_id in ids.items() if lead_id in own}


async def _store(transaction: Transaction, source: str, good: Sequence[_Good], atomic: bool) -> None:
    unit = await UnitOfWork.open(transaction, {one[2] for one in good})
    heard = [heard_channel(one[1], unit.active) for one in good]
    candidates = [(one[0], _activity(unit, source, one, on)) for one, on in zip(good, heard, strict=True)]
    first: dict[str, Activity] = {}
    for _, activity in candidates:
        first.setdefault(activity.key, activity)
    new = await activities.record(transaction.connection, list(first.values()))
    present = {key: activity for key, activity in first.items() if activity.id in new}
    known = [key for key in first if key not in present]
    if known:
        present |= await activities.by_keys(transaction.connection, source, known)
    for result, activity in candidates:
        if activity.id in new:
            result.status = ItemStatus.RECORDED
        elif activity.same_as(present[activity.key]):
            result.status = ItemStatus.DUPLICATE
        else:
            message = "This source used the key for another activity."
            result.faults.append(Refusal("KEY_REUSED", message, ("key",)))
            result.lead_id = None
    if atomic and any(result.faults for result, _ in candidates):
        raise _AtomicFault
    recorded = [activity for _, activity in candidates if activity.id in new]
    await _follow_up(unit, recorded, {r.lead_id for r, _ in candidates if r.lead_id})
    for (result, activity), on in zip(candidates, heard, strict=True):
        handover = unit.handovers.get(activity.lead_id)
        result.handover_id = handover.id if handover and not result.faults else None
        result.faults += on.unknown


async def _follow_up(unit: UnitOfWork, recorded: Sequence[Activity], touched: set[UUID]) -> None:
    await find_collisions(unit, recorded)
    tried: dict[UUID, set[str]] = {}
    async for activity in in_turns(sorted(recorded, key=lambda a: (a.occurred_at, a.id))):
        lead = unit.leads[activity.lead_id]
        interaction = _interaction_of(unit, activity)
        by_sales = interaction.outbound and interaction.party is Party.SALES
        news = min(activity.occurred_at, unit.transaction.now)
        handed_over = lead.returned_at is not None or unit.handover_history.of(lead.id)
        if handed_over and not by_sales and (lead.news_at is None or lead.news_at < news):
            unit.put_lead(replace(lead, news_at=news))
        unit.interactions.append((lead, interaction))
        handover = concerned(unit, lead.id, interaction) if by_sales or not interaction.outbound else None
        if handover is not None and await _tells_of_effort(unit, handover, activity):
            tried.setdefault(handover.id, set()).add(str(activity.id))
        _tell(unit, activity)
    await note_efforts(unit, tried)
    counting = unit.active.activity_types_needed
    told = {a.lead_id for a in recorded if a.type in counting}
    to_judge = told | {a.lead_id for a in recorded if not still_stands(unit, unit.leads[a.lead_id])}
    to_judge |= {lead_id for lead_id in touched if unit.leads[lead_id].historical}
    happened = {a.lead_id: a.occurred_at for a in sorted(recorded, key=lambda a: a.occurred_at)}
    await judge_leads(unit, sorted(to_judge), happened=happened, news=told)
    await conclude(unit)


async def _tells_of_effort(unit: UnitOfWork, handover: Handover, activity: Activity) -> bool:
    """Return whether an activity may be an attempt or a contact; what was done after the end is neither."""
    after = handover.closed_at is not None and activity.occurred_at > handover.closed_at
    version = await unit.compiled_version(handover.version_id)
    return not after and activity.type in version.compiled_rules.effort.kinds


def _interaction_of(unit: UnitOfWork, activity: Activity) -> Interaction:
    return Interaction(
        at=activity.occurred_at,
        party=activity.party,
        person=activity.person,
        activity=activity.type,
        outbound=unit.active.activity_types[activity.type].direction is Direction.OUTBOUND,
        channel=activity.channel,
    )


def _tell(unit: UnitOfWork, activity: Activity) -> None:
    event = ActivityRecorded(
        activity=activity.id,
        type=activity.type,
        source=activity.source,
        key=activity.key,
        party=activity.party.value if activity.party else None,
        party_unknown=activity.party is None and activity.type in outbound_types(unit.active),
        channel=activity.channel,
        channel_told=activity.channel_told,
        campaign=activity.campaign,
        content=activity.content,
    )
    visible = unit.teams_of(activity.lead_id)
    unit.transaction.emit(event, activity.id, lead_id=activity.lead_id, at=activity.occurred_at, visible_to=visible)


def _activity(unit: UnitOfWork, source: str, good: _Good, on: HeardChannel) -> Activity:
    _, item, lead_id, fields, party = good
    now = unit.transaction.now
    return Activity(
        id=new_id(now=now),
        lead_id=lead_id,
        source=source,
        key=item.key,
        type=item.type,
        occurred_at=item.occurred_at,
        recorded_at=now,
        party=party,
        party_found=party is not item.party,
        person=item.person,
        channel=on.channel,
        campaign=item.campaign,
        content=item.content,
        fields=fields,
        channel_told=on.told,
    )
