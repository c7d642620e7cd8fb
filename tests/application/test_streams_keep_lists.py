"""A list kept by a stream alone equals a fresh one: for each filter, for whoever follows, also who loses sight."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover, reassign_handover, return_handover, withdraw_handover
from application.obligations.acknowledge_breach import acknowledge_breach
from application.reading import lists
from application.reading.event_filters import Accepts, Side, breach_events, handover_events, side_of
from application.reading.lists import BreachFilter, HandoverFilter
from application.runtime.page import PageRequest
from domain.handovers.handover import Handover, HandoverState
from domain.obligation import Breach, BreachSeverity, BreachState
from domain.party import Party
from domain.people.principal import Principal
from domain.people.team import Member, Team
from domain.refusal import Refusal
from persistence.events.event_log import StoredEvent
from tests.application.routing_scene import inside, routed
from tests.application.scene import Scene

INSIDE, FIELD = "inside-sales", "field-sales"


def handover_filters(one: Handover) -> Iterator[HandoverFilter]:
    """A filter by each property; time alone makes nothing leave, so those by time are left out."""
    yield HandoverFilter()
    yield from (HandoverFilter(state=[state]) for state in HandoverState)
    yield from (HandoverFilter(open=flag) for flag in (True, False))
    yield from (HandoverFilter(queued=flag) for flag in (True, False))
    yield from (HandoverFilter(team=[team]) for team in (INSIDE, FIELD))
    yield from (HandoverFilter(assignee=person) for person in ("jonas", "lena.schulte", one.assignee or "nobody"))
    yield HandoverFilter(lead=one.lead_id)
    yield from (HandoverFilter(agreement=key) for key in ("main", "nowhere"))
    yield HandoverFilter(offered_since=one.offered_at)


def breach_filters(one: Breach) -> Iterator[BreachFilter]:
    """A filter by each property."""
    yield BreachFilter()
    yield from (BreachFilter(state=[state]) for state in BreachState)
    yield from (BreachFilter(party=party) for party in Party)
    yield from (BreachFilter(severity=[severity]) for severity in BreachSeverity)
    yield from (BreachFilter(kind=[kind]) for kind in (one.kind, "no-capacity"))
    yield from (BreachFilter(team=[team]) for team in (INSIDE, FIELD))
    yield BreachFilter(opened_since=one.opened_at)


async def acted(scene: Scene, seed: int) -> None:
    """Whatever others may do with handovers, at random; what is refused changes nothing."""
    chance = random.Random(seed)
    await routed(scene, {"team": INSIDE, "overflow": [FIELD]}, {"team": FIELD})
    await inside(scene, Member("jonas", max_open=1))
    field = Team(FIELD, "Field", Party.SALES, None, None, (Member("lena.schulte", max_open=1),))
    await upsert_team(scene.application, scene.management, team=field)
    for number in range(5):
        await scene.offered(f"l{number}")
    application, admin, management = scene.application, scene.admin, scene.management
    acts: list[Callable[[UUID], Any]] = [
        lambda h: accept_handover(application, admin, handover_id=h, comment=None),
        lambda h: return_handover(application, admin, handover_id=h, reason="no-need", comment=None),
        lambda h: withdraw_handover(application, scene.marketing, handover_id=h, reason="x"),
        lambda h: reassign_handover(application, management, handover_id=h, team=FIELD, assignee=None, reason="x"),
        lambda h: reassign_handover(application, management, handover_id=h, team=INSIDE, assignee=None, reason="x"),
    ]
    for _ in range(14):
        handover = chance.choice(await scene.handovers())
        with suppress(Refusal):
            await chance.choice(acts)(handover.id)
        scene.time.pass_by(hours=chance.choice([0, 1, 5]))
        await scene.tick()
    for breach in (await scene.breaches())[:3]:
        if breach.state is BreachState.OPEN and breach.party is Party.SALES:
            await acknowledge_breach(scene.application, scene.management, breach_id=breach.id, explanation="busy")


def kept(events: list[StoredEvent], accepts: Accepts, principal: Principal, about: str) -> set[UUID]:
    """What a client has that adds what it is told of and takes out what left."""
    found: set[UUID] = set()
    for event in events:
        side = side_of(event, accepts, principal) if event.subject_type == about else None
        if side is Side.AFTER:
            found.add(event.subject_id)
        elif side is Side.BEFORE_ONLY:
            assert event.subject_id in found, "what was never told does not leave"
            found.discard(event.subject_id)
    return found


async def test_a_list_kept_by_the_stream_equals_a_fresh_one(scene: Scene) -> None:
    """For every filter property, and for a party, a team and a team that lost sight."""
    await acted(scene, seed=7)
    handovers, breaches = await scene.handovers(), await scene.breaches()
    told = await scene.events("handover.", "breach.")
    assert {event.type for event in told} >= {"handover.assigned", "handover.returned", "breach.resolved"}
    left = 0
    for who in (scene.marketing, _of(scene.sales, INSIDE), _of(scene.sales, FIELD)):
        for wanted in handover_filters(handovers[0]):
            fresh = await lists.handovers(scene.application, who, wanted).page(PageRequest(first=1000))
            mine = kept(told, handover_events(wanted), who, "Handover")
            assert mine == {one.id for one in fresh.items}, (who.teams, wanted)
            left += sum(side_of(e, handover_events(wanted), who) is Side.BEFORE_ONLY for e in told)
        for about in breach_filters(breaches[0]):
            known = await lists.breaches(scene.application, who, about).page(PageRequest(first=1000))
            own = kept(told, breach_events(about), who, "Breach")
            assert own == {one.id for one in known.items if one.lead_id is not None}, (who.teams, about)
    assert left > 20


def _of(principal: Principal, team: str) -> Principal:
    return replace(principal, teams=frozenset({team}))
