"""Activities arrive: each counts once, whenever and in whatever order it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from application import answering, reconciling
from application.channels import HeardChannel, heard_channel
from application.collisions import find_collisions
from application.contact_facts import outbound_types
from application.desk import Desk
from application.holding import leads_held
from application.incoming import (
    IncomingActivity,
    ItemResult,
    ItemStatus,
    check_activity,
    check_batch,
    refuse_all,
    storable,
)
from application.judging import judge_leads, still_stands
from application.speaking import Speaker
from application.turns import in_turns
from application.work import House, Work
from domain import rights
from domain.document.fields import Direction
from domain.facts import Canonical
from domain.ids import new_id
from domain.owed.kind import Touch
from domain.party import Party
from domain.principal import Principal
from domain.refusal import Refusal
from persistence import activities, leads
from persistence.activities import Activity


@dataclass
class Recorded:
    """What became of a batch: one result for each item, in input order; or the batch's own faults."""

    results: list[ItemResult] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)


_Good = tuple[ItemResult, IncomingActivity, UUID, Mapping[str, Canonical], Party | None]
"""An item without fault: its lead, its fields in canonical form, and the party that did it, where one is known."""


class _AtomicFault(Exception):
    """An item of an atomic batch turned out to be at fault after writing began."""


async def record_activities(
    house: House, principal: Principal, *, source: str, items: Sequence[IncomingActivity], atomic: bool = False
) -> Recorded:
    """Record activities of one source; good items are kept and bad ones told, unless `atomic`."""
    rights.need(principal, "Mutation.recordActivities")
    faults = check_batch(items, source)
    if faults:
        return Recorded(faults=faults)
    results: list[ItemResult] = []

    async def body(work: Work) -> None:
        results[:] = [ItemResult(index, item.key) for index, item in enumerate(items)]
        await _record(work, source, items, results, atomic)

    try:
        await house.transact(body, principal=principal)
    except _AtomicFault:
        refuse_all(results)
    return Recorded(results)


async def _record(
    work: Work, source: str, items: Sequence[IncomingActivity], results: list[ItemResult], atomic: bool
) -> None:
    active = await work.shelf.active(work.connection)
    ids = await leads.ids_of_keys(work.connection, source, [item.lead for item in items if storable(item.lead)])
    if work.principal is not None and not work.principal.sees_all:
        ids = await _own(work, ids, work.principal)
    speaker = await Speaker.of(work.connection, work.principal, items)
    good: list[_Good] = []
    async for result, item in in_turns(zip(results, items, strict=True)):
        fields, result.faults = check_activity(item, active, now=work.now)
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
        await _store(work, source, good, atomic)


async def _own(work: Work, ids: Mapping[str, UUID], principal: Principal) -> dict[str, UUID]:
    """Those of the leads that stand with sales; the others are as unknown to it as those that do not exist."""
    own = await leads_held(work.connection, principal, "Mutation.recordActivities", ids.values())
    return {key: lead_id for key, lead_id in ids.items() if lead_id in own}


async def _store(work: Work, source: str, good: Sequence[_Good], atomic: bool) -> None:
    desk = await Desk.open(work, {one[2] for one in good})
    heard = [heard_channel(one[1], desk.active) for one in good]
    candidates = [(one[0], _activity(desk, source, one, on)) for one, on in zip(good, heard, strict=True)]
    first: dict[str, Activity] = {}
    for _, activity in candidates:
        first.setdefault(activity.key, activity)
    new = await activities.record(work.connection, list(first.values()))
    present = {key: activity for key, activity in first.items() if activity.id in new}
    known = [key for key in first if key not in present]
    if known:
        present |= await activities.by_keys(work.connection, source, known)
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
    await _follow_up(desk, recorded, {r.lead_id for r, _ in candidates if r.lead_id})
    for (result, activity), on in zip(candidates, heard, strict=True):
        handover = desk.handovers.get(activity.lead_id)
        result.handover_id = handover.id if handover and not result.faults else None
        result.faults += on.unknown


async def _follow_up(desk: Desk, recorded: Sequence[Activity], touched: set[UUID]) -> None:
    await find_collisions(desk, recorded)
    async for activity in in_turns(sorted(recorded, key=lambda a: (a.occurred_at, a.id))):
        lead = desk.leads[activity.lead_id]
        touch = _touch(desk, activity)
        by_sales = touch.outbound and touch.party is Party.SALES
        news = min(activity.occurred_at, desk.work.now)
        handed_over = lead.returned_at is not None or desk.rounds.of(lead.id)
        if handed_over and not by_sales and (lead.news_at is None or lead.news_at < news):
            desk.put_lead(replace(lead, news_at=news))
        desk.touches.append((lead, touch))
        handover = reconciling.concerned(desk, lead.id, touch) if by_sales else None
        if handover is not None:
            answering.contact(desk, await desk.book(handover.version_id), handover, activity)
        _tell(desk, activity)
    counting = desk.active.activity_types_needed
    to_judge = {a.lead_id for a in recorded if a.type in counting or not still_stands(desk, desk.leads[a.lead_id])}
    to_judge |= {lead_id for lead_id in touched if desk.leads[lead_id].historical}
    happened = {a.lead_id: a.occurred_at for a in sorted(recorded, key=lambda a: a.occurred_at)}
    await judge_leads(desk, sorted(to_judge), happened=happened)
    await desk.save()


def _touch(desk: Desk, activity: Activity) -> Touch:
    return Touch(
        at=activity.occurred_at,
        party=activity.party,
        person=activity.person,
        activity=activity.type,
        outbound=desk.active.activity_types[activity.type].direction is Direction.OUTBOUND,
        channel=activity.channel,
    )


def _tell(desk: Desk, activity: Activity) -> None:
    payload = {
        "activity": activity.id,
        "type": activity.type,
        "source": activity.source,
        "key": activity.key,
        "party": activity.party.value if activity.party else None,
        "partyUnknown": activity.party is None and activity.type in outbound_types(desk.active),
        "channel": activity.channel,
        "channelTold": activity.channel_told,
        "campaign": activity.campaign,
        "content": activity.content,
    }
    desk.work.tell(
        "activity.recorded",
        ("Activity", activity.id),
        payload=payload,
        lead_id=activity.lead_id,
        at=activity.occurred_at,
        visible_to=desk.teams_of(activity.lead_id),
    )


def _activity(desk: Desk, source: str, good: _Good, on: HeardChannel) -> Activity:
    _, item, lead_id, fields, party = good
    now = desk.work.now
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
