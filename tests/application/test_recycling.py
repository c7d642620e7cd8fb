"""Return and recycle: cool-off, something new, missing data, at most n rounds, the history of rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.answer_handover import accept_handover, return_handover, withdraw_handover
from application.decision_record import stored_decision
from application.incoming import IncomingAccount, IncomingLead
from application.reading import single
from application.reading.rounds import Round, rounds_of
from application.upsert_leads import upsert_leads
from domain.decision import Block, Decision
from domain.document.handover import Destination
from domain.handover import Handover, HandoverState
from domain.lead import Lead
from domain.refusal import Refusal
from domain.routing import Because
from tests.application.scene import Scene, starter_document
from tests.application.test_routing import absent, because, in_force


async def lead_of(scene: Scene, handover: Handover) -> Lead:
    """The lead of a handover as it is now."""
    [lead] = await single.leads(scene.house, scene.admin, [handover.lead_id])
    assert lead is not None
    return lead


async def decision_of(scene: Scene, handover: Handover) -> Decision:
    """The latest decision about the lead of a handover."""
    lead = await lead_of(scene, handover)
    assert lead.decision_id is not None
    [stored] = await single.decisions(scene.house, [lead.decision_id])
    assert stored is not None
    return stored_decision(stored)


async def blocks(scene: Scene, handover: Handover) -> list[tuple[Block, str | None]]:
    """What stands against a handover of the lead now."""
    return [(b.code, b.rule) for b in (await decision_of(scene, handover)).verdict.blocked_by]


async def give_back(scene: Scene, handover: Handover, reason: str, missing: Sequence[str] | None = None) -> None:
    """Sales returns a handover."""
    await return_handover(
        scene.house, scene.sales, handover_id=handover.id, reason=reason, comment=None, missing=missing
    )


async def open_one(scene: Scene, handover: Handover) -> Handover | None:
    """The open handover of the same lead."""
    return next((h for h in await scene.handovers() if h.lead_id == handover.lead_id and h.closed_at is None), None)


async def rounds(scene: Scene, handover: Handover) -> list[Round]:
    """The rounds of the lead."""
    [found] = await rounds_of(scene.house, scene.admin, [handover.lead_id])
    return found


async def with_reasons(scene: Scene, *reasons: dict[str, Any], **more: Any) -> None:
    """The starter agreement with other return reasons in force."""
    labelled = [{"label": [{"language": "en", "text": r["key"]}], **r} for r in reasons]
    await in_force(scene, handover=starter_document()["handover"] | {"returnReasons": labelled} | more)


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
    assert (await lead_of(scene, handover)).valid_until is not None
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
    assert lead.valid_until is not None
    assert lead.valid_until <= end
    scene.time.at = end - timedelta(microseconds=1)
    await scene.tick()
    assert await blocks(scene, handover) == [(Block.COOLING_OFF, None)]
    assert (await lead_of(scene, handover)).valid_until == end
    scene.time.at = end
    await scene.tick()
    second = await open_one(scene, handover)
    assert second is not None
    assert (second.round, second.qualified_at, second.offered_at) == (2, end, end)


async def test_news_of_before_the_return_is_nothing_new(scene: Scene) -> None:
    """An activity that happened before the return brings nothing back, however late it is told; nor a call by sales."""
    await with_reasons(scene, {"key": "no-need", "destination": "NURTURE", "coolOff": "PT1H"})
    handover = await scene.offered("lea")
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(hours=1)
    await give_back(scene, handover, "no-need")
    scene.time.pass_by(hours=2)
    await scene.activity("lea", "contact-form", occurred_at=handover.offered_at + timedelta(minutes=1))
    await scene.activity("lea", "sales-call", party=scene.sales.party)
    await scene.tick()
    assert await blocks(scene, handover) == [(Block.NOTHING_NEW, None)]
    await scene.activity("lea", "newsletter-click")
    assert (await open_one(scene, handover)) is not None


async def test_a_lead_returned_for_data_comes_back_when_it_arrives(scene: Scene) -> None:
    """Waits for the named fields, each with a new value, whatever else is new; then at once, to whoever asked."""
    handover = await scene.offered("lea", phone="000")
    await give_back(scene, handover, "bad-data", ["phone", "account.industry"])
    scene.time.pass_by(minutes=1)
    waiting = [(Block.DATA_AWAITED, "phone"), (Block.DATA_AWAITED, "account.industry")]
    assert await blocks(scene, handover) == waiting
    await scene.activity("lea")
    await scene.lead("lea", phone="000", role="Buyer")
    assert await blocks(scene, handover) == waiting
    await scene.lead("lea", phone="+49 30 1")
    assert await blocks(scene, handover) == waiting[1:]
    company = IncomingAccount("company of lea", fields={"industry": "automotive"})
    item = IncomingLead("lea", {}, company)
    answer = await upsert_leads(scene.house, scene.integration, source=scene.source, items=[item])
    second = await open_one(scene, handover)
    assert second is not None
    assert answer.results[0].handover_id == second.id
    assert (second.round, second.assignee) == (2, handover.assignee)
    assert await because(scene, second) == [Because.ASKED_FOR_DATA]
    first = await scene.handover(handover.id)
    assert first.data_awaited == ("phone", "account.industry")


async def test_data_of_a_company_told_by_another_lead_counts(scene: Scene) -> None:
    """Brings a lead back when its company's field becomes known through a colleague."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "bad-data", ["account.employees"])
    scene.time.pass_by(minutes=1)
    item = IncomingLead("kim", {"email": "kim@x.example"}, IncomingAccount("company of lea", fields={"employees": 80}))
    await upsert_leads(scene.house, scene.integration, source=scene.source, items=[item])
    assert await open_one(scene, handover) is not None


async def test_a_changed_field_of_the_company_is_something_new(scene: Scene) -> None:
    """Counts what becomes known of the company as news, also where no field is named."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "bad-data")
    scene.time.pass_by(minutes=1)
    assert await blocks(scene, handover) == [(Block.NOTHING_NEW, None)]
    item = IncomingLead("lea", {}, IncomingAccount("company of lea", fields={"employees": 80}))
    await upsert_leads(scene.house, scene.integration, source=scene.source, items=[item])
    assert await open_one(scene, handover) is not None


async def test_a_reason_may_say_which_data_it_waits_for(scene: Scene) -> None:
    """Takes the reason's fields where the return names none, and its cool-off besides."""
    await with_reasons(scene, {"key": "phone", "destination": "DATA", "coolOff": "P2D", "fields": ["phone"]})
    handover = await scene.offered("lea")
    await give_back(scene, handover, "phone")
    assert await blocks(scene, handover) == [(Block.COOLING_OFF, None), (Block.DATA_AWAITED, "phone")]
    scene.time.pass_by(days=1)
    await scene.lead("lea", phone="+49 30 1")
    assert await blocks(scene, handover) == [(Block.COOLING_OFF, None)]
    scene.time.pass_by(days=1)
    await scene.tick()
    assert await open_one(scene, handover) is not None


async def test_missing_fields_are_checked(scene: Scene) -> None:
    """Refuses fields that the agreement does not know, and fields for reasons that wait for none."""
    handover = await scene.offered("lea")
    for reason, missing, code, path in (
        ("bad-data", ["phone", "shoe-size"], "UNKNOWN_FIELD", ("missing", "1")),
        ("no-need", ["phone"], "VALUE_NOT_ALLOWED", ("missing",)),
    ):
        with pytest.raises(Refusal) as refusal:
            await give_back(scene, handover, reason, missing)
        assert (refusal.value.code, refusal.value.path) == (code, path)
    assert (await scene.handover(handover.id)).state is HandoverState.OFFERED


async def test_whoever_asked_for_data_is_passed_over_when_absent(scene: Scene) -> None:
    """Gives the lead to the next in turn; after any other return the turn decides anyway."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "bad-data", ["phone"])
    assert handover.assignee is not None
    await absent(scene, handover.assignee, days=1)
    scene.time.pass_by(minutes=1)
    await scene.lead("lea", phone="1")
    second = await open_one(scene, handover)
    assert second is not None
    assert second.assignee != handover.assignee
    assert await because(scene, second) == [Because.ROUND_ROBIN]


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
    hidden = await rounds_of(scene.house, scene.sales, [handover.lead_id])
    assert [r.handover.round for r in hidden[0]] == [1, 2]


async def test_what_marketing_withdraws_waits_for_something_new(scene: Scene) -> None:
    """Does not offer at once again what was just taken back, and does when something happens."""
    handover = await scene.offered("lea")
    await withdraw_handover(scene.house, scene.marketing, handover_id=handover.id, reason="double")
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
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    called = scene.time.pass_by(minutes=30)
    await scene.activity("lea", "sales-call")
    done = await scene.handover(handover.id)
    assert (done.first_assigned_at, done.answered_at, done.contacted_at) == (offered, answered, called)
