"""A person is the same however the name is spelled: in the directory, in routing, when asked for and when named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.directory.set_absence import set_absence
from application.handovers.answer_handover import accept_handover, reassign_handover
from application.reading import lists, single
from application.runtime.page import PageRequest
from domain.document.sections.contact import ContactSection
from domain.leads.contact import ContactFacts, Offer
from domain.party import Party
from domain.people.team import Absence, Member
from domain.refusal import Refusal
from domain.words.ids import new_id
from rules.contact.contact import permission
from tests.application.routing_scene import inside
from tests.application.scene import MONDAY, Scene
from tests.rules.test_contact import words_of


async def test_the_directory_keeps_the_first_spelling(scene: Scene) -> None:
    """A team written anew with other capitals has the same people, once each, with their absences and loads."""
    away = Absence(scene.time.now(), scene.time.now() + timedelta(days=1))
    await set_absence(scene.application, replace(scene.sales, person="INES.VOGT"), person="Mia", absence=away)
    await inside(scene, Member("JONAS"), Member("Mia"), Member("Zoë"))
    team = next(team for team in await single.team_directory(scene.application) if team.key == "inside-sales")
    assert [(m.person, len(m.absences)) for m in team.members] == [("jonas", 0), ("mia", 1), ("Zoë", 0)]
    with pytest.raises(Refusal, match="once"):
        await inside(scene, Member("jonas"), Member("Jonas"))


async def test_a_handover_goes_to_whoever_is_meant(scene: Scene) -> None:
    """Given by hand, by who leads the team; asked for in a list; taken from the queue by whoever accepts it."""
    handover = await scene.offered("lead")
    given = {"team": "inside-sales", "assignee": " MIA", "reason": "x"}
    await reassign_handover(
        scene.application, replace(scene.sales, person="Ines.Vogt"), handover_id=handover.id, **given
    )
    assert (await scene.handover(handover.id)).assignee == "mia"
    wanted = lists.HandoverFilter(assignee="Mia ")
    found = await lists.handovers(scene.application, scene.admin, wanted).page(PageRequest(first=5))
    assert [one.id for one in found.items] == [handover.id]
    await inside(scene, Member("jonas", max_open=0))
    waiting = await scene.offered("waits")
    assert waiting.queued
    jonas = replace(scene.sales, person="Jonas")
    await accept_handover(scene.application, jonas, handover_id=waiting.id, comment=None)
    assert (await scene.handover(waiting.id)).assignee == "jonas"


def test_the_assignee_of_a_hand_raiser_may_call_under_any_spelling() -> None:
    """While it is offered only the assignee may."""
    lead = new_id(now=MONDAY)
    facts = ContactFacts(owner=Party.MARKETING, offers=[Offer(lead, "Müller", MONDAY, None)])

    def allowed(person: str) -> bool:
        rules = ContactSection()
        told: dict[str, Any] = {"party": Party.SALES, "channel": "phone", "person": person, "at": MONDAY}
        return permission(rules, facts, words_of(rules), **told).allowed

    assert allowed("MU\u0308LLER")
    assert not allowed("Mueller")
