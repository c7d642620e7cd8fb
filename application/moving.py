"""Open work passes to another version: in the background after an activation, or tried out and thrown away [X.2]."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from application import reconciling
from application.books import Book
from application.desk import Desk
from application.heirs import arrive
from application.offering import offered_route, tell
from application.work import House, Work
from domain.document.findings import Finding
from domain.handover import Handover
from domain.open_work import Counts, MovedClock, changes_of, counts_of, same_route
from domain.owed.kind import Subject
from domain.version import SlaVersionState
from persistence import movements, versions
from rules.routing import teams_of

BATCH = 200
SHOWN = 100
"""So many clocks a preview tells one by one."""
PREVIEW_SECONDS = 6.0
"""How long a preview looks; one of more open work than that tells that it is not complete."""


async def move_batch(house: House) -> bool:
    """Move the next batch of open work to the version that asked for it; True when something was.

    The batch and how far it brings the movement are one transaction: one that dies is repeated whole.
    """

    async def body(work: Work) -> bool:
        running = await movements.claim(work.connection)
        if running is None:
            return False
        version = await versions.version_by_id(work.connection, running.version_id)
        if version is None or version.state is not SlaVersionState.ACTIVE:
            await movements.update(work.connection, running.ended_early(now=work.now))
            return True
        book = await work.shelf.version(work.connection, running.version_id)
        batch = await movements.left(
            work.connection, agreement_id=book.agreement_id, version_id=book.version_id,
            after=running.after_lead, limit=BATCH,
        )  # fmt: skip
        desk = await Desk.open(work, batch)
        counts, _ = await _move(desk, book)
        await desk.save()
        done = len(batch) < BATCH
        moved = running.advanced(
            counts, after=batch[-1] if batch else running.after_lead, finished_at=work.now if done else None
        )
        await movements.update(work.connection, moved)
        if done:
            told = {"agreement": book.agreement_key, **moved.counts.to_json()}
            work.tell("version.moved", ("SlaVersion", version.id), payload=told)
        return bool(batch)

    return await house.transact(body)


@dataclass
class Preview:
    """What moving open work to a version would change."""

    counts: Counts = field(default_factory=Counts)
    items: list[MovedClock] = field(default_factory=list)
    """Of the clocks that would change the most urgent ones."""
    complete: bool = True
    vocabulary: tuple[Finding, ...] = ()
    """What becomes of leads that carry words which the version takes away."""


async def preview(house: House, version_id: UUID) -> Preview:
    """Try out what moving open work to a version would change, batch by batch, and store nothing."""
    found, after, begun = Preview(), None, time.monotonic()
    while True:
        batch, counts, clocks = await _tried(house, version_id, after)
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
    house: House, version_id: UUID, after: UUID | None
) -> tuple[Sequence[UUID], Counts, list[MovedClock]]:  # fmt: skip
    async def body(work: Work) -> tuple[Sequence[UUID], Counts, list[MovedClock]]:
        book = await work.shelf.version(work.connection, version_id)
        batch = await movements.left(
            work.connection, agreement_id=book.agreement_id, version_id=version_id, after=after, limit=BATCH
        )
        counts, clocks = await _move(await Desk.look(work, batch), book)
        work.events.clear()
        work.wakes_at = None
        return batch, counts, [c for c in clocks if c.due_before != c.due_after]

    return await house.transact(body)


async def _move(desk: Desk, book: Book) -> tuple[Counts, list[MovedClock]]:
    """Pass what lies on the desk to a version; clocks keep their start and pauses, what was missed stays missed."""
    before = {o.id: o for lead_id in desk.leads for o in desk.owed(lead_id)}
    olds = {h.version_id for h in desk.handovers.values()} | {v.stage_version_id for v in desk.leads.values()}
    own = {id_ for id_ in olds if id_ and (await desk.book(id_)).agreement_id == book.agreement_id} - {book.version_id}
    moved = [h for h in desk.handovers.values() if h.version_id in own]
    desk.moving = True
    for lead in [lead for lead in desk.leads.values() if lead.agreement_id == book.agreement_id]:
        await arrive(desk, book, lead)
    for handover in moved:
        await _pass(desk, book, handover)
    for lead in [lead for lead in desk.leads.values() if lead.stage_version_id in own]:
        desk.put_lead(replace(lead, stage_version_id=book.version_id))
        desk.changed[lead.id] = Subject.LEAD
    await reconciling.reconcile(desk)
    subjects = {o.subject_id for o in before.values()} | desk.leads.keys() | {h.id for h in moved}
    after = before | {o.id: o for subject in subjects for o in desk.touched_about(subject)}
    clocks = changes_of(before, after, now=desk.work.now)
    for handover in moved:
        now_is = desk.rounds[handover.id]
        about = {"fromVersion": str(handover.version_id), "version": str(book.version_id)}
        tell(desk, "handover.moved", now_is, book, **about, also_visible_to=handover.visible_to)
    return counts_of(clocks, handovers=len(moved), leads=len(desk.leads)), clocks


async def _pass(desk: Desk, book: Book, handover: Handover) -> None:
    old = offered_route(await desk.book(handover.version_id), handover.route)
    place = same_route(old, book.document.handover.routing)
    route = offered_route(book, place)
    seen_by = teams_of(route) if handover.queued and route is not None else handover.visible_to
    desk.put_handover(replace(handover, version_id=book.version_id, route=place, visible_to=seen_by))
    desk.changed[handover.id] = Subject.HANDOVER
    desk.changed[handover.lead_id] = Subject.LEAD
