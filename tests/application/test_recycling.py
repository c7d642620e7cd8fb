"""Return and recycle: cool-off, something new, missing data, at most n rounds, the history of rounds."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from application.handovers.answer_handover import accept_handover, withdraw_handover
from application.intake.upsert_leads import upsert_leads
from application.reading.rounds import rounds_of
from application.runtime.incoming import IncomingAccount, IncomingLead
from domain.document.sections.handover import Destination
from domain.leads.decision import Block
from tests.application.recycling_scene import blocks, decision_of, give_back, lead_of, open_one, rounds, with_reasons
from tests.application.scene import Scene


async def test_what_a_return_takes_is_decided_at_once(scene: Scene) -> None:
    """Says right after the return what stands against the next offer, and until exactly when."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "no-need")
    end = scene.time.now() + timedelta(days=60)
    decision = await decision_of(scene, handover)
    assert [(b.code, b.until) for b in decision.verdict.blocked_by] == [
        (Block.COOLING_OFF, end),
        (Block.NOTHING_NEW, None),
    ]
    assert (await lead_of(scene, handover)).next_crossing is not None
    assert decision.valid_until is not None
    assert decision.valid_until <= end
    assert await open_one(scene, handover) is None


async def test_a_cool_off_ends_to_the_microsecond(scene: Scene) -> None:
    """Offers nothing a microsecond before, and at the instant by itself, as the second round."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "no-need")
    end = scene.time.now() + timedelta(days=60)
    scene.time.at = end - timedelta(days=1)
    await scene.activity("lea", "webinar-attended")
    await scene.activity("lea", "contact-form")
    lead = await lead_of(scene, handover)
    assert lead.next_crossing is not None
    assert lead.next_crossing <= end
    scene.time.at = end - timedelta(microseconds=1)
    await scene.tick()
    assert await blocks(scene, handover) == [(Block.COOLING_OFF, None)]
    assert (await lead_of(scene, handover)).next_crossing == end
    scene.time.at = end
    await scene.tick()
    second = await open_one(scene, handover)
    assert second is not None
    assert (second.round, second.qualified_at, second.offered_at) == (2, end, end)


async def test_news_of_before_the_return_is_nothing_new(scene: Scene) -> None:
    """An activity that happened before the return brings nothing back, however late it is told; nor a call by sales."""
    await with_reasons(scene, {"key": "no-need", "destination": "NURTURE", "coolOff": "PT1H"})
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(hours=1)
    await give_back(scene, handover, "no-need")
    scene.time.pass_by(hours=2)
    await scene.activity("lea", "contact-form", occurred_at=handover.offered_at + timedelta(minutes=1))
    await scene.activity("lea", "sales-call", party=scene.sales.party)
    await scene.tick()
    assert await blocks(scene, handover) == [(Block.NOTHING_NEW, None)]
    await scene.activity("lea", "newsletter-click")
    assert (await open_one(scene, handover)) is not None


async def test_no_more_rounds_than_agreed(scene: Scene) -> None:
    """Offers a lead as often as agreed, then never again, and numbers the rounds."""
    handover = await scene.offered("lea")
    for expected in (1, 2, 3):
        current = await open_one(scene, handover)
        assert current is not None
        assert current.round == expected
        await give_back(scene, current, "bad-data")
        scene.time.pass_by(minutes=1)
        await scene.lead("lea", phone=str(expected))
    assert await open_one(scene, handover) is None
    assert await blocks(scene, handover) == [(Block.MAX_ROUNDS, None)]


async def test_the_history_of_rounds_says_what_brought_the_lead_back(scene: Scene) -> None:
    """Lists each round with its return, and between two of them activities and changed fields."""
    handover = await scene.offered("lea")
    returned_at = scene.time.pass_by(minutes=1)
    await give_back(scene, handover, "bad-data", ["phone"])
    clicked = scene.time.pass_by(minutes=1)
    await scene.activity("lea", "newsletter-click")
    known = scene.time.pass_by(minutes=1)
    await scene.lead("lea", phone="1")
    first, second = await rounds(scene, handover)
    assert (first.handover.id, first.returned_at, first.destination) == (handover.id, returned_at, Destination.DATA)
    assert first.news == ()
    assert (second.handover.round, second.returned_at, second.destination) == (2, None, None)
    assert [(n.field, n.activity_id is not None, n.at) for n in second.news] == [
        (None, True, clicked),
        ("phone", False, known),
    ]
    hidden = await rounds_of(scene.application, scene.sales, [handover.lead_id])
    assert [r.handover.round for r in hidden[0]] == [1, 2]


async def test_a_confirmation_brought_nothing_back(scene: Scene) -> None:
    """What is told again as it was, with a time of its own, stands in the past but not among the news of a round."""
    handover = await scene.offered("lea")
    scene.time.pass_by(minutes=1)
    await give_back(scene, handover, "bad-data", ["phone"])
    told = scene.time.pass_by(minutes=1)
    scene.time.pass_by(minutes=1)
    same = {"email": "lea@example.org", "country": "DE", "role": "Owner"}
    company = IncomingAccount("company of lea", fields={"employees": 60})
    for more in ({}, {"phone": "1"}):
        item = IncomingLead("lea", same | more, company, observed_at=told)
        await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])
    async with scene.application.database.reading() as connection:
        query = text("select count(*) from field_value where valid_from = :told and field <> 'phone'")
        assert await connection.scalar(query, {"told": told}), "they do stand in the past"
    _, second = await rounds(scene, handover)
    assert [n.field for n in second.news] == ["phone"]


async def test_what_marketing_withdraws_waits_for_something_new(scene: Scene) -> None:
    """Does not offer at once again what was just taken back, and does when something happens."""
    handover = await scene.offered("lea")
    await withdraw_handover(scene.application, scene.marketing, handover_id=handover.id, reason="double")
    scene.time.pass_by(hours=1)
    await scene.tick()
    assert await blocks(scene, handover) == [(Block.NOTHING_NEW, None)]
    await scene.activity("lea")
    second = await open_one(scene, handover)
    assert second is not None
    assert second.round == 2


async def test_news_racing_for_a_returned_lead_offer_it_once(scene: Scene) -> None:
    """Opens one second round though data and activities arrive in twenty transactions at once."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "bad-data", ["phone"])
    scene.time.pass_by(minutes=1)
    news = [scene.lead("lea", phone=f"{n}") for n in range(10)]
    await asyncio.gather(*news, *(scene.activity("lea", key=f"k{n}") for n in range(10)))
    found = [h for h in await scene.handovers() if h.lead_id == handover.lead_id]
    assert sorted(h.round for h in found) == [1, 2]


async def test_a_return_racing_with_news_loses_nothing(scene: Scene) -> None:
    """Whatever comes first, a lead whose data is there in the end stands offered once."""
    for number in range(5):
        handover = await scene.offered(f"lea{number}")

        async def arrives(key: str = f"lea{number}") -> None:
            await scene.lead(key, phone="+49 30 1")

        await asyncio.gather(give_back(scene, handover, "bad-data", ["phone"]), arrives())
        current = await open_one(scene, handover)
        lead = await lead_of(scene, handover)
        if current is None:
            assert lead.data_awaited == {"phone": "+49 30 1"}
        else:
            assert (current.round, lead.data_awaited) == (2, {})


async def test_system_and_human_delay_are_kept_apart(scene: Scene) -> None:
    """Stores when it was qualified, offered, first assigned, answered and contacted, each exactly."""
    asked = scene.time.now()
    await scene.lead("lea")
    scene.time.pass_by(minutes=3)
    told = await scene.activity("lea", occurred_at=asked)
    assert told.handover_id is not None
    handover = await scene.handover(told.handover_id)
    offered: datetime = scene.time.now()
    assert (handover.qualified_at, handover.offered_at, handover.first_assigned_at) == (asked, offered, offered)
    answered = scene.time.pass_by(hours=1)
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    called = scene.time.pass_by(minutes=30)
    await scene.activity("lea", "sales-call")
    done = await scene.handover(handover.id)
    assert (done.first_assigned_at, done.answered_at, done.contacted_at) == (offered, answered, called)
