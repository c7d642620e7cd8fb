"""Moving a lead by hand is no way around the answer of sales [S3.3, S4.4]."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from application.agreements.deciding_versions import activate_version
from application.clock.clock_loop import ClockLoop
from application.directory.edit_team import upsert_team
from application.handovers.move_lead import move_lead
from application.handovers.pause_clock import pause_clock, resume_clock
from application.obligations.acknowledge_breach import acknowledge_breach
from application.reading import single
from domain.handovers.handover import Handover
from domain.leads.lead import Lead
from domain.obligation import BreachState, ObligationState
from domain.party import Party
from domain.people.team import Member, Team
from domain.refusal import Refusal, Refusals
from tests.application.promises import accepted, move, states
from tests.application.scene import Scene, starter_document
from tests.application.test_acts import STAGES, open_document


async def refused(scene: Scene, handover: Handover, stage: str, **about: Any) -> tuple[str, str | None]:
    """The code and the place with which a move is refused."""
    with pytest.raises(Refusal) as refusal:
        await move(scene, handover, stage, **about)
    found = refusal.value.faults[0] if isinstance(refusal.value, Refusals) else refusal.value
    return found.code, ".".join(found.path) if found.path else None


async def lead_of(scene: Scene, handover: Handover) -> Lead:
    """The lead of a handover."""
    (lead,) = await single.leads(scene.application, scene.admin, [handover.lead_id])
    assert lead is not None
    return lead


async def free_to_move(scene: Scene) -> None:
    """An agreement in force in which a lead may go from any stage to any."""
    version = await scene.new_version("main", document=open_document())
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def test_no_move_answers_a_handover(scene: Scene) -> None:
    """Before the answer every move is refused; while sales works the lead, those that would give it back are."""
    await free_to_move(scene)
    handover = await scene.offered("lea")
    for stage in [stage for stage in STAGES if stage != "mql"]:
        assert (await refused(scene, handover, stage, reason="x"))[0] == "WRONG_STATE", stage
    assert await states(scene, "answer") == ["OPEN"]
    working = await accepted(scene, "ben")
    for stage in ("prospect", "mql", "recycled"):
        assert (await refused(scene, working, stage, reason="x"))[0] == "WRONG_STATE", stage
    now = await scene.handover(working.id)
    assert (now.state.value, now.closed_at) == ("ACCEPTED", None)


@pytest.mark.parametrize(
    ("first", "stage", "reason", "state"),
    [
        ("offered", "recycled", "no-need", "RETURNED"),
        ("offered", "disqualified", "competitor", "DISCARDED"),
        ("accepted", "recycled", "bad-data", "RETURNED"),
        ("accepted", "disqualified", "competitor", "DISCARDED"),
    ],
)
async def test_with_a_return_reason_the_move_is_the_return(
    scene: Scene, first: str, stage: str, reason: str, state: str
) -> None:
    """The same as returning: reason, comment, cool-off, what is awaited, contact with marketing, the promises."""
    handover = await (scene.offered("lea") if first == "offered" else accepted(scene))
    scene.time.pass_by(minutes=5)
    about = {"missing": ["phone"]} if reason == "bad-data" else {}
    await move(scene, handover, stage, return_reason=reason, reason="says so", **about)
    now, lead = await scene.handover(handover.id), await lead_of(scene, handover)
    assert (now.state.value, now.return_reason, now.comment) == (state, reason, "says so")
    assert now.closed_at == now.answered_at if first == "offered" else now.closed_at == scene.time.at
    assert (lead.stage, lead.contact_owner, lead.returned_at) == (stage, Party.MARKETING, scene.time.at)
    assert (lead.cool_off_until is not None, now.data_awaited) == (reason == "no-need", tuple(about.get("missing", ())))
    assert await states(scene, "answer") == ["MET"]


async def test_a_return_by_a_move_fits_its_reason(scene: Scene) -> None:
    """The stage is of the kind that the reason leads to; it happens now, is worth nothing, and needs a handover."""
    handover = await scene.offered("lea")
    for stage, reason in (("customer", "no-need"), ("disqualified", "no-need"), ("recycled", "competitor")):
        assert await refused(scene, handover, stage, return_reason=reason) == ("WRONG_STATE", "stage")
    assert await refused(scene, handover, "recycled", return_reason="mood") == ("UNKNOWN_REASON", "returnReason")
    given = {"value": Decimal(5), "currency": "EUR", "at": scene.time.at}
    for name, value in given.items():
        about = {"return_reason": "no-need", name: value}
        assert await refused(scene, handover, "recycled", **about) == ("VALUE_NOT_ALLOWED", name)
    missing = {"return_reason": "no-need", "missing": ["phone"]}
    assert await refused(scene, handover, "recycled", **missing) == ("VALUE_NOT_ALLOWED", "missing")
    assert await refused(scene, handover, "recycled", missing=["phone"]) == ("VALUE_NOT_ALLOWED", "missing")
    assert (await scene.handover(handover.id)).state.value == "OFFERED"
    await move(scene, handover, "recycled", return_reason="no-need")
    await free_to_move(scene)
    assert (await refused(scene, handover, "recycled", return_reason="no-need"))[0] == "WRONG_STATE"


@pytest.mark.parametrize(
    ("value", "currency", "taken"),
    [
        ("1.005", "EUR", False),
        ("1.50", "EUR", True),
        ("1.500", "EUR", True),
        ("0.5", "JPY", False),
        ("12", "JPY", True),
        ("1.005", "KWD", True),
        ("1.0005", "KWD", False),
        ("1.2345", None, True),
        ("1.23456", None, False),
        ("9999999999999999999999999999.01", "EUR", True),
    ],
)
async def test_a_value_is_a_number_of_the_smallest_units(
    scene: Scene, value: str, currency: str | None, taken: bool
) -> None:
    """No fractions of a cent, nor of a yen."""
    handover = await accepted(scene)
    about = {"reason": "price", "value": Decimal(value), "currency": currency}
    if taken:
        await move(scene, handover, "lost", **about)
    else:
        assert await refused(scene, handover, "lost", **about) == ("VALUE_NOT_ALLOWED", "value")


async def test_contact_with_a_lead_that_nobody_works_belongs_to_the_owner_of_its_stage(scene: Scene) -> None:
    """After the loss as the stage says, then back with marketing, which may write again what nurturing names."""
    await free_to_move(scene)
    handover = await accepted(scene)
    seen = []
    for stage in ("lost", "recycled", "lost", "disqualified"):
        scene.time.pass_by(days=1)
        await move(scene, handover, stage, reason="x")
        lead = await lead_of(scene, handover)
        (decision,) = await single.decisions(scene.application, [lead.decision_id] if lead.decision_id else [])
        assert decision is not None
        seen.append((lead.contact_owner.value, decision.result["nurture"] is not None))
        assert await scene.breaches(kind=["contact-collision"]) == []
    sales, marketing = ("SALES", False), ("MARKETING", True)
    assert seen == [sales, marketing, sales, marketing]


async def test_whoever_gets_a_handover_late_has_a_clock_of_the_own(scene: Scene) -> None:
    """With the full limit from the assignment, after the whole was missed in the queue."""
    full = Team("inside-sales", "I", Party.SALES, "ines.vogt", None, (Member("mia", max_open=0),))
    await upsert_team(scene.application, scene.management, team=full)
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    roomy = Team("inside-sales", "I", Party.SALES, "ines.vogt", None, (Member("mia"),))
    await upsert_team(scene.application, scene.management, team=roomy)
    await scene.tick()
    clocks = {o.state: o for o in await scene.obligations(kind=["answer"])}
    own = clocks[ObligationState.OPEN]
    assert (clocks[ObligationState.BREACHED].assignee, own.assignee) == (None, "mia")
    assert own.opened_at == (await scene.handover(handover.id)).assigned_at
    assert own.due_at == own.opened_at + timedelta(hours=4 + 16)  # the office closes two hours later
    while not [b for b in await scene.breaches(kind=["answer"]) if b.assignee == "mia"]:
        scene.time.pass_by(hours=8)
        await ClockLoop(scene.application).tick()


async def test_pauses_of_a_handover_last_as_long_as_agreed_together(scene: Scene) -> None:
    """What was given back does not count, what overlaps counts once; without an agreed length a year is the most."""
    handover = await accepted(scene)

    async def pause(days: int) -> None:
        until = scene.time.at + timedelta(days=days)
        await pause_clock(scene.application, scene.sales, handover_id=handover.id, until=until, reason="asked")

    async def too_long(days: int) -> bool:
        with pytest.raises(Refusal) as refusal:
            await pause(days)
        return (refusal.value.code, refusal.value.path) == ("VALUE_NOT_ALLOWED", ("until",))

    assert await too_long(31)
    await pause(30)
    scene.time.pass_by(days=10)
    await pause(20)
    assert await too_long(21)
    await resume_clock(scene.application, scene.sales, handover_id=handover.id)
    assert await too_long(21)
    await pause(20)
    unbounded = starter_document()
    del unbounded["handover"]["maxPause"]
    version = await scene.new_version("main", document=unbounded)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    handover = await accepted(scene, "ben")
    await pause(300)


async def test_a_breach_is_explained_once(scene: Scene) -> None:
    """The same by the same person again changes and tells nothing; one that is resolved unexplained may still be."""
    await scene.offered("lea")
    working = await accepted(scene, "ben")
    scene.time.pass_by(days=5)
    await scene.tick()
    await scene.activity("ben", "sales-call")
    breaches = {b.kind: b for b in await scene.breaches() if b.kind != "answer" or b.lead_id != working.lead_id}

    async def explain(kind: str, words: str, who: Any = scene.sales) -> UUID:
        return await acknowledge_breach(scene.application, who, breach_id=breaches[kind].id, explanation=words)

    for kind, state in (("answer", BreachState.ACKNOWLEDGED), ("first-contact", BreachState.RESOLVED)):
        await explain(kind, "fair week")
        assert await explain(kind, "fair week") == breaches[kind].id
        for words, who in (("another", scene.sales), ("fair week", scene.management)):
            with pytest.raises(Refusal, match="WRONG_STATE"):
                await explain(kind, words, who)
        (now,) = [b for b in await scene.breaches() if b.id == breaches[kind].id]
        assert (now.state, now.explanation, now.acknowledged_by) == (state, "fair week", "ines.vogt")
    assert len(await scene.events("breach.acknowledged")) == 2


async def test_a_move_is_judged_at_once(scene: Scene) -> None:
    """Accepted, lost and back: what stands against a handover is what stands against it now."""
    handover = await accepted(scene)

    async def blocked() -> list[str]:
        lead = await lead_of(scene, handover)
        assert lead.decision_id is not None
        (row,) = await single.decisions(scene.application, [lead.decision_id])
        assert row is not None
        return [one["code"] for one in row.result["verdict"]["blockedBy"]]

    assert await blocked() == ["OPEN_HANDOVER"]
    for stage, codes in (("lost", ["CLOSED_STAGE"]), ("recycled", ["NOTHING_NEW"])):
        scene.time.pass_by(minutes=1)
        await move_lead(scene.application, scene.admin, lead_id=handover.lead_id, stage=stage, reason="x")
        assert await blocked() == codes
