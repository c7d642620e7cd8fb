"""What is owed to customers: touchpoints, the case study, re-activation, and the answer to signs [S3.6, S4.10]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.handovers.move_lead import move_lead
from domain.obligation import BreachSeverity, Obligation, ObligationState
from domain.party import Party
from domain.words.keys import item_in
from tests.application.scene import Scene, starter_document

OURS = {"party": "MARKETING", "person": "anna.berg"}
THEIRS = {"party": "SALES", "team": "inside-sales"}
WEEK = {"duration": "P7D", "clock": "ELAPSED"}
TOUCHPOINTS = {
    "welcome": {"label": "Welcome", "within": WEEK, "owner": OURS},
    "quarter": {"label": "Quarter", "after": "P90D", "within": WEEK, "owner": OURS, "activities": ["newsletter"]},
}
STUDIES = {
    "story": {"label": "Story", "within": WEEK, "owner": OURS, "when": {"field": "role", "op": "eq", "value": "Owner"}}
}
QUIET = {"quiet": {"label": "Quiet", "silentFor": "P30D", "within": WEEK, "owner": OURS}}
SIGNS = {
    "asks": {
        "label": "Asks",
        "when": {"field": "activities.contact-form.count", "op": "gte", "value": 1, "within": "P10D"},
        "callsFor": "OFFER",
        "within": WEEK,
        "owner": THEIRS,
    },
    "trouble": {
        "label": "Trouble",
        "when": {"field": "activities.whitepaper-download.count", "op": "gte", "value": 1, "within": "P10D"},
        "callsFor": "CONTACT",
        "within": {"duration": "PT4H", "clock": "ELAPSED"},
        "owner": THEIRS,
    },
}


async def agreed(scene: Scene, **rules: Any) -> None:
    """An agreement in force that says this of what is owed to customers."""
    version = await scene.new_version("main", sections={"afterSales": rules})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def customer(scene: Scene, key: str = "c", **about: Any) -> UUID:
    """A lead that is won at once; it never asked for contact."""
    lead = (await scene.lead(key, **about)).lead_id
    assert lead is not None
    for stage in ("mql", "sal", "sql", "opportunity", "customer"):
        await move_lead(scene.application, scene.admin, lead_id=lead, stage=stage)
    return lead


async def owed(scene: Scene, *kinds: str) -> dict[str, Obligation]:
    """What is and was owed, by the key of its rule; of several the last one opened."""
    found = await scene.obligations(kind=list(kinds) or ["touchpoint", "case-study", "offer", "prompt-contact"])
    return {item_in(o.instance_key): o for o in sorted(found, key=lambda o: (o.opened_at, o.is_open))}


async def test_a_new_customer_is_owed_touchpoints_in_their_time(scene: Scene) -> None:
    """Each from its own beginning; an activity of marketing before that does not count for it."""
    await agreed(scene, touchpoints=TOUCHPOINTS)
    won = scene.time.now()
    await customer(scene)
    found = await owed(scene)
    assert {key: (o.due_at, o.party, o.assignee) for key, o in found.items()} == {
        "welcome": (won + timedelta(days=7), Party.MARKETING, "anna.berg"),
        "quarter": (won + timedelta(days=97), Party.MARKETING, "anna.berg"),
    }
    scene.time.pass_by(days=3)
    await scene.activity("c", "newsletter", party=Party.MARKETING)
    found = await owed(scene)
    assert found["welcome"].state is ObligationState.MET
    assert found["quarter"].state is ObligationState.OPEN
    scene.time.pass_by(days=89)
    await scene.activity("c", "sales-email", party=Party.MARKETING)
    assert (await owed(scene))["quarter"].state is ObligationState.OPEN
    await scene.activity("c", "newsletter", party=Party.SALES)
    assert (await owed(scene))["quarter"].state is ObligationState.OPEN
    await scene.activity("c", "newsletter", party=Party.MARKETING)
    assert (await owed(scene))["quarter"].state is ObligationState.MET


async def test_a_touchpoint_that_stays_out_is_a_breach_of_marketing(scene: Scene) -> None:
    """Missed at the end of its time; a touchpoint that was made in time and told late makes it met."""
    await agreed(scene, touchpoints=TOUCHPOINTS)
    won = scene.time.now()
    await customer(scene)
    scene.time.pass_by(days=8)
    await scene.tick()
    (breach,) = await scene.breaches(kind=["touchpoint"])
    assert (breach.party, breach.due_at) == (Party.MARKETING, won + timedelta(days=7))
    await scene.activity("c", "newsletter", party=Party.MARKETING, occurred_at=won + timedelta(days=6))
    assert (await owed(scene))["welcome"].state is ObligationState.MET


async def test_nothing_is_owed_to_leads_that_are_no_customers(scene: Scene) -> None:
    """Before the order there is no after-sales."""
    await agreed(scene, touchpoints=TOUCHPOINTS, caseStudies=STUDIES, reactivations=QUIET, signs=SIGNS)
    await scene.lead("c")
    scene.time.pass_by(days=60)
    await scene.tick()
    assert await owed(scene) == {}


async def test_the_case_study_is_asked_of_those_for_whom_its_condition_holds(scene: Scene) -> None:
    """At once, or when the customer becomes one of them; once there is one, no other is asked for."""
    await agreed(scene, caseStudies=STUDIES)
    await customer(scene, "a", role="Owner")
    await customer(scene, "b", role="Buyer")
    (first,) = await scene.obligations(kind=["case-study"])
    assert first.due_at == scene.time.now() + timedelta(days=7)
    scene.time.pass_by(days=1)
    await scene.lead("b", role="Owner")
    both = await scene.obligations(kind=["case-study"])
    assert [o.due_at for o in both] == [first.due_at, scene.time.now() + timedelta(days=7)]
    await scene.lead("b", role="Buyer")
    assert [o.state for o in await scene.obligations(kind=["case-study"])] == [ObligationState.OPEN] * 2


async def test_a_customer_gone_quiet_is_owed_a_touchpoint(scene: Scene) -> None:
    """From the very moment at which the silence has lasted long enough, also when nobody looked then."""
    await agreed(scene, reactivations=QUIET)
    won = scene.time.now()
    await customer(scene)
    assert await owed(scene) == {}
    scene.time.pass_by(days=33)
    await scene.tick()
    quiet = (await owed(scene))["quiet"]
    assert (quiet.opened_at, quiet.due_at) == (won + timedelta(days=30), won + timedelta(days=37))
    await scene.activity("c", "newsletter", party=Party.MARKETING)
    assert (await owed(scene))["quiet"].state is ObligationState.MET
    scene.time.pass_by(days=31)
    await scene.tick()
    again = (await owed(scene))["quiet"]
    assert (again.state, again.id == quiet.id) == (ObligationState.OPEN, False)


async def test_a_customer_who_comes_back_by_itself_need_not_be_called_back(scene: Scene) -> None:
    """An activity of the customer breaks the silence, and what was owed is called off."""
    await agreed(scene, reactivations=QUIET)
    await customer(scene)
    scene.time.pass_by(days=31)
    await scene.tick()
    await scene.activity("c", "pricing-page-visit")
    assert (await owed(scene))["quiet"].state is ObligationState.CANCELLED


async def test_a_sign_that_calls_for_an_offer_is_owed_by_sales(scene: Scene) -> None:
    """Once each time it begins to show; it stays owed when the sign ends, and no call is an offer by itself."""
    await agreed(scene, signs=SIGNS)
    await customer(scene)
    await scene.activity("c", "contact-form")
    offer = (await owed(scene))["asks"]
    assert (offer.kind, offer.party, offer.team) == ("offer", Party.SALES, "inside-sales")
    assert offer.due_at == scene.time.now() + timedelta(days=7)
    await scene.activity("c", "contact-form")
    await scene.activity("c", "sales-call", party=Party.SALES)
    assert len(await scene.obligations(kind=["offer"])) == 1
    scene.time.pass_by(days=11)
    await scene.tick()
    assert (await owed(scene))["asks"].state is ObligationState.BREACHED
    await scene.activity("c", "contact-form")
    assert len(await scene.obligations(kind=["offer"])) == 2


async def test_trouble_calls_for_prompt_contact(scene: Scene) -> None:
    """High severity; a call by sales after it is the contact, one before it is not."""
    await agreed(scene, signs=SIGNS)
    await customer(scene)
    before = scene.time.now()
    scene.time.pass_by(hours=1)
    await scene.activity("c", "whitepaper-download")
    await scene.activity("c", "sales-call", party=Party.SALES, occurred_at=before)
    trouble = (await owed(scene))["trouble"]
    assert (trouble.kind, trouble.severity, trouble.state) == (
        "prompt-contact",
        BreachSeverity.HIGH,
        ObligationState.OPEN,
    )
    scene.time.pass_by(hours=1)
    await scene.activity("c", "sales-call", party=Party.SALES)
    assert (await owed(scene))["trouble"].state is ObligationState.MET


async def test_a_customer_lost_again_is_owed_nothing_more(scene: Scene) -> None:
    """What is owed to customers ends with being one."""
    await agreed(scene, touchpoints=TOUCHPOINTS, signs=SIGNS)
    lead = await customer(scene)
    await scene.activity("c", "contact-form")
    sections = {"journey": (await _journey_with_a_way_out(scene))}
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    await move_lead(scene.application, scene.admin, lead_id=lead, stage="lost")
    assert {o.state for o in (await owed(scene)).values()} == {ObligationState.CANCELLED}


async def _journey_with_a_way_out(scene: Scene) -> dict[str, Any]:
    journey: dict[str, Any] = starter_document()["journey"]
    stages = [s | {"next": ["lost"]} if s["key"] == "customer" else s for s in journey["stages"]]
    return journey | {"stages": stages}


async def test_an_imported_customer_is_answered_when_something_shows(scene: Scene) -> None:
    """The past owes no touchpoints; what shows in an old customer from now on is owed like in any other."""
    await agreed(scene, touchpoints=TOUCHPOINTS, signs=SIGNS)
    lead = await customer(scene, "old")
    async with scene.application.database.transaction() as connection:
        past = "update lead set stage_clock_from = null, stage_version_id = null, historical = true where id = :id"
        await connection.execute(text(past), {"id": lead})
        await connection.execute(text("delete from obligation where lead_id = :id"), {"id": lead})
    await scene.activity("old", "whitepaper-download")
    assert (await owed(scene)).keys() == {"trouble"}
