"""Handovers: offered once, routed fairly, answered, returned, escalated."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover, reassign_handover, return_handover, withdraw_handover
from application.handovers.move_lead import move_lead
from application.intake.record_activities import record_activities
from application.reading import single
from application.runtime.incoming import IncomingActivity
from domain.handovers.handover import HandoverState
from domain.party import Party
from domain.people.principal import Forbidden
from domain.people.team import Member, Team
from domain.refusal import Refusal
from tests.application.scene import Scene, starter_document


async def test_a_hand_raiser_gets_one_open_handover_with_its_answer_owed(scene: Scene) -> None:
    """Offers, assigns and opens the answer obligation in one go [S1.3, S3.2]."""
    handover = await scene.offered("lea")
    assert (handover.state, handover.trigger, handover.round) == (HandoverState.OFFERED, "contact-request", 1)
    assert handover.team == "inside-sales"
    [answer] = await scene.obligations()
    assert answer.due_at == scene.time.now() + timedelta(hours=4) == handover.answer_due_at
    types = [event.type for event in await scene.events("handover")]
    assert types == ["handover.offered", "handover.assigned"]


async def test_a_second_contact_request_offers_nothing_while_a_handover_is_open(scene: Scene) -> None:
    """Keeps to one open handover per lead."""
    first = await scene.offered("lea")
    again = await scene.activity("lea")
    assert again.handover_id == first.id
    assert len(await scene.handovers()) == 1


async def test_twenty_racing_requests_leave_one_open_handover(scene: Scene) -> None:
    """Lets requests race for the same lead and hands it over once."""
    await scene.lead("lea")

    async def send(number: int) -> None:
        item = IncomingActivity(f"race{number}", "lea", "contact-form", scene.time.now())
        await record_activities(scene.application, scene.integration, source=scene.source, items=[item])

    await asyncio.gather(*(send(number) for number in range(20)))
    assert len(await scene.handovers()) == 1
    assert len(await scene.obligations()) == 1


async def test_accepting_moves_lead_and_owner_and_starts_the_first_contact(scene: Scene) -> None:
    """Gives contact to sales and owes the first contact [S3.3]."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment="mine")
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    assert (lead.stage, lead.contact_owner) == ("sal", Party.SALES)
    states = {o.kind: o.state.value for o in await scene.obligations()}
    assert states == {
        "answer": "MET",
        "first-contact": "OPEN",
        "attempts": "OPEN",
        "outcome-update": "OPEN",
        "stage-time": "OPEN",
    }


async def test_a_call_by_sales_meets_the_first_contact(scene: Scene) -> None:
    """Lets activities meet obligations by themselves."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(hours=1)
    await scene.activity("lea", "sales-call")
    [contact] = await scene.obligations(kind=["first-contact"])
    assert (contact.state.value, contact.met_at) == ("MET", scene.time.now())
    assert [e.type for e in await scene.events("handover.contacted")] == ["handover.contacted"]


async def test_accepting_twice_with_other_words_is_refused(scene: Scene) -> None:
    """Answers the second acceptance with WRONG_STATE and changes nothing."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    with pytest.raises(Refusal) as refusal:
        await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment="again")
    assert refusal.value.code == "WRONG_STATE"


async def test_accept_and_return_racing_leave_one_answer(scene: Scene) -> None:
    """Accepts or returns, and tells the later one; a return may follow an acceptance, not the other way round."""
    handover = await scene.offered("lea")
    answers = await asyncio.gather(
        *(accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=str(n)) for n in range(10)),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert {a.code for a in answers if isinstance(a, Refusal)} == {"WRONG_STATE"}


@pytest.mark.parametrize(
    ("reason", "state", "stage"),
    [
        ("no-need", "RETURNED", "recycled"),
        ("bad-data", "RETURNED", "recycled"),
        ("competitor", "DISCARDED", "disqualified"),
    ],
)
async def test_the_reason_decides_where_a_returned_lead_goes(scene: Scene, reason: str, state: str, stage: str) -> None:
    """Sends a returned lead where its coded reason says, and gives contact back to marketing."""
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason=reason, comment="no")
    returned = await scene.handover(handover.id)
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    assert (returned.state.value, returned.return_reason, lead.stage) == (state, reason, stage)
    assert (lead.contact_owner, returned.closed_at) == (Party.MARKETING, scene.time.now())


async def test_an_unknown_reason_is_refused(scene: Scene) -> None:
    """Names the reasons that the version knows."""
    handover = await scene.offered("lea")
    with pytest.raises(Refusal) as refusal:
        await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="mood", comment=None)
    assert refusal.value.code == "UNKNOWN_REASON"
    assert "no-need" in refusal.value.message


async def test_a_returned_lead_comes_again_only_after_cool_off_and_news(scene: Scene) -> None:
    """Keeps a returned lead from going back and forth."""
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    scene.time.pass_by(days=1)
    assert (await scene.activity("lea")).handover_id is None
    scene.time.pass_by(days=60)
    await scene.tick()
    second = next(h for h in await scene.handovers() if h.id != handover.id)
    assert (second.round, second.state) == (2, HandoverState.OFFERED)


async def test_nothing_new_keeps_a_returned_lead_with_marketing(scene: Scene) -> None:
    """Waits for an activity or a changed field even when the cool-off is over."""
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="bad-data", comment=None)
    scene.time.pass_by(days=2)
    await scene.tick()
    assert len(await scene.handovers()) == 1
    await scene.lead("lea", phone="+49 30 1")
    assert len(await scene.handovers()) == 2


async def test_a_return_after_acceptance_cancels_what_sales_owes(scene: Scene) -> None:
    """Returns the same handover, still counted as accepted."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    returned = await scene.handover(handover.id)
    assert returned.state is HandoverState.RETURNED
    assert returned.accepted_at is not None
    assert {o.state.value for o in await scene.obligations(kind=["first-contact"])} == {"CANCELLED"}


async def test_marketing_withdraws_what_is_not_answered(scene: Scene) -> None:
    """Takes an offered handover back and cancels the answer."""
    handover = await scene.offered("lea")
    await withdraw_handover(scene.application, scene.marketing, handover_id=handover.id, reason="double")
    assert (await scene.handover(handover.id)).state is HandoverState.WITHDRAWN
    assert {o.state.value for o in await scene.obligations()} == {"CANCELLED"}
    with pytest.raises(Forbidden):
        await withdraw_handover(scene.application, scene.sales, handover_id=handover.id, reason="x")


async def test_turns_are_fair_under_concurrency(scene: Scene) -> None:
    """Gives equal members equally many, even when leads arrive at once [S3.4]."""
    await asyncio.gather(*(scene.lead(f"l{number}") for number in range(20)))
    await asyncio.gather(*(scene.activity(f"l{number}", key=f"k{number}") for number in range(20)))
    counts = Counter(h.assignee for h in await scene.handovers())
    assert counts == {"jonas": 10, "mia": 10}


async def test_when_nobody_has_room_the_handover_waits_and_sales_is_in_breach(scene: Scene) -> None:
    """Queues at once, opens a no-capacity breach, and assigns when room is found."""
    small = Team("inside-sales", "Inside", Party.SALES, None, None, (Member("jonas", max_open=1),))
    await upsert_team(scene.application, scene.management, team=small)
    first = await scene.offered("one")
    waiting = await scene.offered("two")
    assert waiting.queued
    assert [(b.kind, b.state.value) for b in await scene.breaches()] == [("no-capacity", "OPEN")]
    await return_handover(scene.application, scene.sales, handover_id=first.id, reason="no-need", comment=None)
    scene.time.pass_by(minutes=5)
    await scene.tick()
    assigned = await scene.handover(waiting.id)
    assert (assigned.assignee, assigned.offered_at < scene.time.now()) == ("jonas", True)
    assert assigned.assigned_at == scene.time.now()
    assert [(b.kind, b.state.value) for b in await scene.breaches()] == [("no-capacity", "RESOLVED")]


async def test_accepting_a_queued_handover_assigns_it_first(scene: Scene) -> None:
    """Assigns to whoever accepts, if that is a member."""
    full = Team("inside-sales", "Inside", Party.SALES, None, None, (Member("ines.vogt", max_open=0),))
    await upsert_team(scene.application, scene.management, team=full)
    waiting = await scene.offered("one")
    await accept_handover(scene.application, scene.sales, handover_id=waiting.id, comment=None)
    accepted = await scene.handover(waiting.id)
    assert (accepted.assignee, accepted.state) == ("ines.vogt", HandoverState.ACCEPTED)


async def test_a_large_company_goes_to_field_sales(scene: Scene) -> None:
    """Routes by territory condition."""
    handover = await scene.offered("big", employees=900)
    assert handover.team == "field-sales"


async def test_reassigning_starts_a_personal_clock(scene: Scene) -> None:
    """Lets the whole's clock run on and opens one for the new assignee."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=1)
    await reassign_handover(
        scene.application,
        scene.management,
        handover_id=handover.id,
        team="field-sales",
        assignee="petra",
        reason="knows them",
    )
    moved = await scene.handover(handover.id)
    assert (moved.team, moved.assignee, moved.answer_due_at) == ("field-sales", "petra", handover.answer_due_at)
    dues = sorted(o.due_at for o in await scene.obligations(kind=["answer"]) if o.due_at)
    assert dues == [handover.answer_due_at, scene.time.now() + timedelta(hours=4)]
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    assert {o.state.value for o in await scene.obligations(kind=["answer"])} == {"MET"}


async def test_a_breach_is_seen_by_the_team_that_has_the_handover_only(scene: Scene) -> None:
    """Shows a breach to who owes, the lead to every team that has or had it."""
    handover = await scene.offered("lea")
    await reassign_handover(
        scene.application, scene.management, handover_id=handover.id, team="field-sales", assignee="petra", reason="x"
    )
    scene.time.pass_by(hours=5)
    await scene.tick()
    assert {breach.visible_to for breach in await scene.breaches()} == {("field-sales",)}
    [lead] = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    assert lead.seen_by == ("inside-sales", "field-sales")


async def test_only_leaders_and_management_reassign(scene: Scene) -> None:
    """Refuses a rep of the team who does not lead it, and unknown teams and persons."""
    handover = await scene.offered("lea")
    rep = replace(scene.sales, person="jonas")
    for principal, team, person, code in (
        (scene.management, "nobody", None, "UNKNOWN_TEAM"),
        (scene.management, "field-sales", "jonas", "UNKNOWN_PERSON"),
    ):
        with pytest.raises(Refusal) as refusal:
            await reassign_handover(
                scene.application, principal, handover_id=handover.id, team=team, assignee=person, reason="x"
            )
        assert refusal.value.code == code
    with pytest.raises(Forbidden):
        await reassign_handover(
            scene.application, rep, handover_id=handover.id, team="field-sales", assignee=None, reason="x"
        )


async def test_winning_closes_the_handover(scene: Scene) -> None:
    """Ends the handover with its lead, along allowed transitions only."""
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    with pytest.raises(Refusal) as refusal:
        await move_lead(scene.application, scene.sales, lead_id=handover.lead_id, stage="customer")
    assert refusal.value.code == "TRANSITION_NOT_ALLOWED"
    for stage in ("sql", "opportunity", "customer"):
        await move_lead(scene.application, scene.sales, lead_id=handover.lead_id, stage=stage)
    closed = await scene.handover(handover.id)
    assert (closed.state, closed.closed_at) == (HandoverState.ACCEPTED, scene.time.now())
    assert [e.type for e in await scene.events("handover.closed")] == ["handover.closed"]


async def test_a_handover_keeps_the_version_under_which_it_was_opened(scene: Scene) -> None:
    """Judges answers by the version of the offer, leads by the version in force."""
    handover = await scene.offered("lea")
    reasons = [{"key": "other", "label": [{"language": "en", "text": "Other"}], "destination": "NURTURE"}]
    section = starter_document()["handover"] | {"returnReasons": reasons}
    version = await scene.new_version("main", sections={"handover": section})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    assert (await scene.handover(handover.id)).version_id == scene.version
