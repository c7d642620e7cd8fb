"""Open work passes to another version: in the background after an activation, or tried out and thrown away [X.2]."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from application.agreements.moving_plan import moving
from application.judging.conclude import conclude
from application.judging.heirs import arrive
from application.judging.offering import emit, offered_route
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application, Transaction
from application.unit_of_work import reconciling
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.agreements.open_work import Counts, MovedClock, changes_of, counts_of, same_route
from domain.agreements.version import SlaVersionState
from domain.document.findings import Finding
from domain.events.handovers import HandoverMoved
from domain.events.versions import VersionMoved
from domain.handovers.handover import Handover
from domain.obligations.kind import Subject
from persistence.agreements import movements, versions
from rules.routing.routing import teams_of

BATCH = 200
SHOWN = 100
"""So many clocks a preview tells one by one."""
PREVIEW_SECONDS = 6.0
"""The time that a preview looks; one of more open work than that tells that it is not complete."""


async def move_batch(application: Application) -> bool:
    """Move the next batch of open work to the version that asked for it; True when something was.

    The batch and how far it brings the movement are one transaction: one that dies is repeated whole.
    """

    async def body(transaction: Transaction) -> bool:
        running = await movements.claim(transaction.connection)
        if running is None:
            return False
        version = await versions.version_by_id(transaction.connection, running.version_id)
        if version is None or version.state is not SlaVersionState.ACTIVE:
            await movements.update(transaction.connection, running.ended_early(now=transaction.now))
            return True
        compiled_version = await transaction.version_cache.version(transaction.connection, running.version_id)
        batch = await movements.left(
            transaction.connection,
            agreement_id=compiled_version.agreement_id,
            version_id=compiled_version.version_id,
            after=running.after_lead,
            limit=BATCH,
        )
        unit = await UnitOfWork.open(transaction, batch)
        counts, _ = await _move(unit, compiled_version)
        await conclude(unit)
        done = len(batch) < BATCH
        moved = running.advanced(
            counts, after=batch[-1] if batch else running.after_lead, finished_at=transaction.now if done else None
        )
        await movements.update(transaction.connection, moved)
        if done:
            event = VersionMoved(agreement=compiled_version.agreement_key, **moved.counts.to_json())
            transaction.emit(event, version.id)
        return bool(batch)

    return await application.transact(body)


@dataclass
class Preview:
    """The effect of moving open work to a version."""

    counts: Counts = field(default_factory=Counts)
    items: list[MovedClock] = field(default_factory=list)
    """Of the clocks that would change the most urgent ones."""
    complete: bool = True
    vocabulary: tuple[Finding, ...] = ()
    """The treatment of leads that carry words which the version takes away."""


async def preview(application: Application, version_id: UUID) -> Preview:
    """Try out what moving open work to a version would change, batch by batch, and store nothing."""
    found, after, begun = Preview(), None, time.monotonic()
    while True:
        batch, counts, clocks = await _tried(application, version_id, after)
        found.counts += counts
        found.items = sorted([*found.items, *clocks], key=_urgency)[:SHOWN]
        if len(batch) < BATCH:
            return found
        after = batch[-1]
        if time.monotonic() - begun > PREVIEW_SECONDS:
            found.complete = False
            return found


def _urgency(one: MovedClock) -> tuple[int, str, UUID]:
    ranks = {change: rank for rank, change in enumerate(type(one.change))}
    due = one.due_after or one.due_before
    return ranks[one.change], due.isoformat() if due else "", one.obligation.id


async def _tried(
    application: Application, version_id: UUID, after: UUID | None
) -> tuple[Sequence[UUID], Counts, list[MovedClock]]:
    async def body(transaction: Transaction) -> tuple[Sequence[UUID], Counts, list[MovedClock]]:
        compiled_version = await transaction.version_cache.version(transaction.connection, version_id)
        batch = await movements.left(
            transaction.connection,
            agreement_id=compiled_version.agreement_id,
            version_id=version_id,
            after=after,
            limit=BATCH,
        )
        counts, clocks = await _move(await UnitOfWork.read_only(transaction, batch), compiled_version)
        transaction.events.clear()
        transaction.wakes_at = None
        return batch, counts, [c for c in clocks if c.due_before != c.due_after]

    return await application.transact(body)


async def _move(unit: UnitOfWork, compiled_version: CompiledVersion) -> tuple[Counts, list[MovedClock]]:
    """Pass what lies on the desk to a version; clocks keep their start and pauses, what was missed stays missed."""
    before = {o.id: o for lead_id in unit.leads for o in unit.owed(lead_id)}
    olds = {h.version_id for h in unit.handovers.values()} | {v.stage_version_id for v in unit.leads.values()}
    own = {
        id_ for id_ in olds if id_ and (await unit.compiled_version(id_)).agreement_id == compiled_version.agreement_id
    } - {compiled_version.version_id}
    moved = [h for h in unit.handovers.values() if h.version_id in own]
    way = await moving(unit)
    for lead in [lead for lead in unit.leads.values() if lead.agreement_id == compiled_version.agreement_id]:
        await arrive(unit, compiled_version, lead)
    for handover in moved:
        await _pass(unit, compiled_version, handover)
    for lead in [lead for lead in unit.leads.values() if lead.stage_version_id in own]:
        unit.put_lead(replace(lead, stage_version_id=compiled_version.version_id))
        unit.changed[lead.id] = Subject.LEAD
    await reconciling.reconcile(unit, way=way)
    subjects = {o.subject_id for o in before.values()} | unit.leads.keys() | {h.id for h in moved}
    after = before | {o.id: o for subject in subjects for o in unit.touched_about(subject)}
    clocks = changes_of(before, after, now=unit.transaction.now)
    for handover in moved:
        now_is = unit.handover_history[handover.id]
        event = HandoverMoved(from_version=str(handover.version_id), version=str(compiled_version.version_id))
        emit(unit, event, now_is, compiled_version)
    return counts_of(clocks, handovers=len(moved), leads=len(unit.leads)), clocks


async def _pass(unit: UnitOfWork, compiled_version: CompiledVersion, handover: Handover) -> None:
    old = offered_route(await unit.compiled_version(handover.version_id), handover.route)
    place = same_route(old, compiled_version.document.handover.routing)
    route = offered_route(compiled_version, place)
    seen_by = teams_of(route) if handover.queued and route is not None else handover.visible_to
    unit.put_handover(replace(handover, version_id=compiled_version.version_id, route=place, visible_to=seen_by))
    unit.changed[handover.id] = Subject.HANDOVER
    unit.changed[handover.lead_id] = Subject.LEAD
