"""A lead returned for missing data comes back by itself when the data arrives [S4.4]."""

from __future__ import annotations

import pytest

from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingLead
from domain.handovers.handover import HandoverState
from domain.handovers.routing import Because
from domain.leads.decision import Block
from domain.refusal import Refusal
from tests.application.recycling_scene import blocks, give_back, open_one, with_reasons
from tests.application.routing_scene import absent, because
from tests.application.scene import Scene


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
    answer = await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])
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
    await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])
    assert await open_one(scene, handover) is not None


async def test_a_changed_field_of_the_company_is_something_new(scene: Scene) -> None:
    """Counts what becomes known of the company as news, also where no field is named."""
    handover = await scene.offered("lea")
    await give_back(scene, handover, "bad-data")
    scene.time.pass_by(minutes=1)
    assert await blocks(scene, handover) == [(Block.NOTHING_NEW, None)]
    item = IncomingLead("lea", {}, IncomingAccount("company of lea", fields={"employees": 80}))
    await upsert_leads(scene.application, scene.integration, source=scene.source, items=[item])
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
