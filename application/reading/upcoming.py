"""What comes next about handovers if nothing happens meanwhile: read from the agendas of what is owed [S3.2b]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.books import Book
from application.notifying import concerning, escalation_of
from application.reading import single
from application.work import House
from domain.document.handover import Audience, EscalationAction
from domain.handover import Handover
from domain.notice import Leaders, Recipient, recipients
from domain.obligation import Act, Obligation, in_order
from domain.principal import Principal
from persistence import teams


@dataclass(frozen=True, slots=True)
class UpcomingStep:
    """A step that the clock will take."""

    at: datetime
    act: Act
    obligation: Obligation
    action: EscalationAction | None
    audience: Audience | None
    recipients: tuple[Recipient, ...]


async def upcoming_of(house: House, principal: Principal, handover_ids: Sequence[UUID]) -> list[list[UpcomingStep]]:
    """What comes next about each handover that is open, in order of time."""
    found = await single.handovers(house, principal, handover_ids)
    running = {h.id: h for h in found if h is not None and h.closed_at is None}
    owed = dict(zip(running, await single.obligations_of(house, list(running)), strict=True))
    standing = {id_: [o for o in items if o.is_open] for id_, items in owed.items()}
    versions = list({o.version_id for items in standing.values() for o in items})
    books = dict(zip(versions, await single.books(house, versions), strict=True))
    async with house.database.reading() as connection:
        leaders = await teams.leaders(connection) if versions else {}
    return [_steps(running.get(id_), standing.get(id_, ()), books, leaders) for id_ in handover_ids]


def _steps(
    handover: Handover | None, standing: Sequence[Obligation], books: Mapping[UUID, Book], leaders: Leaders
) -> list[UpcomingStep]:
    if handover is None:
        return []
    steps = (step for o in standing for step in _of_obligation(handover, o, books[o.version_id], leaders))
    rank = {act: place for place, act in enumerate(Act)}
    return sorted(steps, key=lambda s: (s.at, rank[s.act], s.obligation.id))


def _of_obligation(handover: Handover, obligation: Obligation, book: Book, leaders: Leaders) -> Iterator[UpcomingStep]:
    escalation, concerned = escalation_of(book, obligation), concerning(obligation, handover)
    for step in in_order(obligation.agenda[obligation.step :]):
        action, audience = None, Audience.PERSON if step.act is Act.WARN else None
        if step.act is Act.ESCALATE:
            action, audience = escalation[step.index].action, escalation[step.index].audience
        told = recipients(audience, concerned, leaders) if audience else ()
        yield UpcomingStep(step.at, step.act, obligation, action, audience, told)
