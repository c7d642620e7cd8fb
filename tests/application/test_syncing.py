"""A change of an owned field reaches the other systems in time, or is missed [S4.7]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from application.agreements.deciding_versions import activate_version
from application.intake.upsert_leads import upsert_leads
from application.obligations.settle_obligation import meet_obligation
from application.runtime.incoming import ABSENT, IncomingAccount, IncomingLead
from domain.obligation import Obligation
from domain.words.keys import item_in
from tests.application.scene import Scene

HOUR = {"duration": "PT1H", "clock": "ELAPSED"}


async def in_force(scene: Scene, **mail: Any) -> None:
    """A version whose marketing automation must have what the CRM owns within an hour."""
    systems: dict[str, dict[str, Any]] = {
        "crm": {"label": "CRM", "kind": "CRM"},
        "marketing-automation": {"label": "M", "kind": "MARKETING_AUTOMATION", "sources": ["mail"], "syncWithin": HOUR},
    }
    systems["marketing-automation"] |= mail
    version = await scene.new_version("main", sections={"systems": systems})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def send(scene: Scene, source: str, *, employees: int | None = None, **fields: Any) -> None:
    """The lead as a source tells it."""
    same_as = None if source == "crm" else ("crm", "1")
    account = ABSENT if employees is None else IncomingAccount("firm", fields={"employees": employees})
    item = IncomingLead("1", fields, account, same_as=same_as)
    done = await upsert_leads(scene.application, scene.integration, source=source, items=[item])
    assert done.results[0].lead_id is not None


async def owed(scene: Scene) -> list[Obligation]:
    """What is and was owed about systems, in the order it began."""
    return sorted(await scene.obligations(kind=["sync"]), key=lambda o: o.opened_at)


async def test_a_change_is_owed_to_the_other_system_until_it_says_the_same(scene: Scene) -> None:
    """One clock for a lead and system, from the first change; what the system writes back ends it."""
    await in_force(scene)
    await send(scene, "crm", email="a@b.org")
    begun = scene.time.at
    scene.time.pass_by(minutes=20)
    await send(scene, "crm", phone="1", email="c@d.org")
    (one,) = await owed(scene)
    assert (one.party.value, one.opened_at, one.due_at) == ("MARKETING", begun, begun + timedelta(hours=1))
    assert (one.assignee, one.team, item_in(one.instance_key)) == (None, None, "marketing-automation")
    await send(scene, "mail", email="c@d.org")
    assert [o.state.value for o in await owed(scene)] == ["OPEN"]
    await send(scene, "mail", phone="1")
    (met,) = await owed(scene)
    assert (met.state.value, met.met_at) == ("MET", scene.time.at)
    scene.time.pass_by(minutes=1)
    await send(scene, "crm", phone="2")
    assert [o.state.value for o in await owed(scene)] == ["MET", "OPEN"]


async def test_what_does_not_arrive_in_time_is_a_breach(scene: Scene) -> None:
    """The miss is the party's that runs the system; the echo that comes late resolves it."""
    await in_force(scene)
    await send(scene, "crm", employees=60)
    scene.time.pass_by(minutes=61)
    await scene.tick()
    (breach,) = await scene.breaches(kind=["sync"])
    assert breach.party.value == "MARKETING"
    await send(scene, "mail", employees=60)
    (one,) = await owed(scene)
    assert one.state.value == "MET_LATE"
    (breach,) = await scene.breaches(kind=["sync"])
    assert breach.state.value == "RESOLVED"


async def test_a_person_s_word_ends_it_and_the_next_change_begins_anew(scene: Scene) -> None:
    """Somebody says that it is there; what changes afterwards is owed by a clock of its own."""
    await in_force(scene)
    await send(scene, "crm", phone="1")
    (one,) = await owed(scene)
    scene.time.pass_by(minutes=5)
    await meet_obligation(scene.application, scene.marketing, obligation_id=one.id, evidence="copied", at=None)
    await send(scene, "crm", phone="2")
    assert [(o.state.value, o.opened_at) for o in await owed(scene)] == [
        ("MET", one.opened_at),
        ("OPEN", scene.time.at),
    ]


async def test_only_what_a_system_needs_is_owed_to_it(scene: Scene) -> None:
    """A field it does not need, one it owns, and one that stays as it was open nothing."""
    await in_force(scene, needs=["phone"])
    await send(scene, "crm", email="a@b.org")
    await send(scene, "mail", role="Owner")
    assert await owed(scene) == []
    await send(scene, "crm", phone="1")
    await send(scene, "crm", phone="1")
    assert len(await owed(scene)) == 1
