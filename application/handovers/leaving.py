"""People leave: what was offered to them is routed again, what they had accepted is owed to be taken over [S3.2b]."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from application.judging.offering import assign, emit, passed_over, route_of, wish_of
from application.runtime.compiled_versions import CompiledVersion
from application.unit_of_work import obligation_lifecycle
from application.unit_of_work.account_service import hold_for
from application.unit_of_work.unit_of_work import UnitOfWork
from domain.document.sections.handover import Route
from domain.events.handovers import HandoverQueued
from domain.handovers.handover import Handover, HandoverState
from domain.words.persons import folded
from rules.routing.routing import Assigned, Queued, teams_of

LEFT = "LEFT"
"""Why somebody else has a handover now."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """The work of a person who left."""

    person: str
    handovers: int
    """Accepted handovers that nobody works now."""
    prospects: int
    """Leads in the care of the person."""
    obligations: int
    """Obligations about those handovers."""
    rerouted: int
    """Offered handovers that were routed again."""


async def leave(unit: UnitOfWork, gone: Iterable[str]) -> list[Unattended]:
    """Route again what was offered to people who left, and owe that what they accepted is taken over."""
    return [await _leave(unit, person) for person in sorted(gone)]


async def _leave(unit: UnitOfWork, person: str) -> Unattended:
    own = [h for h in unit.handovers.values() if folded(h.assignee or "") == folded(person)]
    offered = [handover for handover in own if handover.state is HandoverState.OFFERED]
    accepted = [handover for handover in own if handover.state is HandoverState.ACCEPTED]
    for handover in sorted(offered, key=lambda h: (h.offered_at, h.id)):
        await _route_again(unit, handover)
    leaders = (await unit.staff()).leaders
    for handover in accepted:
        unit.put_handover(handover.left(leaders.get(handover.team or ""), now=unit.transaction.now))
    about = {handover.id for handover in accepted}
    owed = [o for handover in accepted for o in unit.owed(handover.lead_id) if o.subject_id in about]
    return Unattended(person, len(accepted), 0, len(owed), len(offered))


async def _route_again(unit: UnitOfWork, handover: Handover) -> None:
    version = await unit.compiled_version(handover.version_id)
    route = route_of(version, handover)
    await hold_for(unit, [handover.lead_id], [route])
    wish = wish_of(unit, handover, exclude=frozenset({handover.assignee or ""}))
    choice = unit.team_capacity.choose(route, wish)
    if isinstance(choice, Assigned):
        given = handover.assigned(choice.team, choice.person, now=unit.transaction.now)
        unit.put_handover(given)
        assign(unit, version, given, LEFT, choice)
        return
    give_up(unit, version, handover, route, choice)


def give_up(
    unit: UnitOfWork, version: CompiledVersion, handover: Handover, route: Route | None, choice: Queued
) -> None:
    """Put a handover that nobody can take over into the queue of its route."""
    unit.end_assignment(handover.id)
    waits = handover.given_up(teams_of(route) if route else ()).waiting(choice.reason, choice.passed_over)
    unit.put_handover(waits)
    emit(unit, HandoverQueued(because=choice.reason, passed_over=passed_over(choice)), waits, version)
    obligation_lifecycle.lack_of_capacity(unit, waits)


def come_back(unit: UnitOfWork, people: Collection[str]) -> None:
    """The return of work to people who come back, as far as nobody took it over."""
    there = {folded(person) for person in people}
    for handover in list(unit.handovers.values()):
        if handover.unattended and folded(handover.assignee or "") in there:
            unit.put_handover(handover.attended())
