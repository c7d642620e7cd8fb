"""Everything owed about leads and agreements is opened and met by the facts [S3.3]."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import return_handover
from application.handovers.answer_return import answer_return
from application.obligations.settle_obligation import meet_obligation, waive_obligation
from domain.document.document import SlaDocument
from domain.obligations.all_kinds import KINDS
from domain.obligations.kind import Kind, ObligationContext, ObligationSpec, Subject
from domain.party import Party
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.promises import accepted, move, states, the_one
from tests.application.scene import Scene, starter_document


async def test_each_update_meets_what_is_owed_and_begins_the_next_stretch(scene: Scene) -> None:
    """Counts a call, a move by hand and a person's word; each opens the next update [S3.3]."""
    handover = await accepted(scene)
    assert await states(scene, "outcome-update") == ["OPEN"]
    scene.time.pass_by(days=1)
    await scene.activity("lea", "sales-call")
    assert await states(scene, "outcome-update") == ["MET", "OPEN"]
    scene.time.pass_by(days=1)
    await move(scene, handover, "sql")
    assert await states(scene, "outcome-update") == ["MET", "MET", "OPEN"]
    scene.time.pass_by(days=1)
    [running] = [o for o in await scene.obligations(kind=["outcome-update"]) if o.is_open]
    assert running.opened_at == scene.time.now() - timedelta(days=1)
    await meet_obligation(scene.application, scene.sales, obligation_id=running.id, evidence="talked at the fair")
    assert await states(scene, "outcome-update") == ["MET", "MET", "MET", "OPEN"]


async def test_a_rhythm_ends_with_the_handover(scene: Scene) -> None:
    """Cancels the running update when the lead is returned, and keeps those that were given."""
    handover = await accepted(scene)
    scene.time.pass_by(days=1)
    await scene.activity("lea", "sales-call")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    assert await states(scene, "outcome-update") == ["MET", "CANCELLED"]
    cancelled = [o for o in await scene.obligations(kind=["outcome-update"]) if o.closing_reason]
    assert [o.closing_reason for o in cancelled] == ["returned"]


async def test_an_update_told_late_but_dated_in_time_keeps_the_promise(scene: Scene) -> None:
    """Turns a missed stretch to MET and begins the next one when the update happened."""
    await accepted(scene)
    called_at = scene.time.now() + timedelta(days=2)
    scene.time.pass_by(days=20)
    await scene.tick()
    assert "BREACHED" in await states(scene, "outcome-update")
    await scene.activity("lea", "sales-call", occurred_at=called_at)
    await scene.tick()
    first, second = sorted(await scene.obligations(kind=["outcome-update"]), key=lambda o: o.opened_at)
    assert (first.state.value, first.met_at, second.opened_at) == ("MET", called_at, called_at)
    assert {b.met_in_time for b in await scene.breaches(kind=["outcome-update"]) if b.resolved_at} == {True}


async def test_a_first_contact_told_late_after_a_later_one_turns_late_into_met(scene: Scene) -> None:
    """Corrects MET_LATE when an earlier contact becomes known; the breach stays, resolved and marked."""
    await accepted(scene)
    in_time = scene.time.now() + timedelta(hours=1)
    scene.time.pass_by(days=5)
    await scene.activity("lea", "sales-call")
    assert await states(scene, "first-contact") == ["MET_LATE"]
    [breach] = await scene.breaches(kind=["first-contact"])
    assert (breach.state.value, breach.met_in_time) == ("RESOLVED", False)
    await scene.activity("lea", "sales-call", occurred_at=in_time)
    contact = await the_one(scene, "first-contact")
    [breach] = await scene.breaches(kind=["first-contact"])
    assert (contact.state.value, contact.met_at) == ("MET", in_time)
    assert (breach.state.value, breach.met_in_time) == ("RESOLVED", True)
    assert contact.breached_at is not None
    assert (await scene.events("obligation.met"))[-1].payload["corrected"] is True


async def test_a_contact_told_after_the_handover_ended_still_counts_for_it(scene: Scene) -> None:
    """Corrects what was met late about a handover that is closed by now."""
    handover = await accepted(scene)
    in_time = scene.time.now() + timedelta(hours=1)
    scene.time.pass_by(days=5)
    await scene.activity("lea", "sales-call")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    await scene.activity("lea", "sales-call", occurred_at=in_time, party=Party.SALES)
    assert await states(scene, "first-contact") == ["MET"]


async def test_the_reason_for_lost_is_owed_until_it_is_given(scene: Scene) -> None:
    """Opens with a move without reason, and is met by the reason given afterwards at the same stage."""
    handover = await accepted(scene)
    await move(scene, handover, "lost")
    owed = await the_one(scene, "won-lost-reason")
    assert (owed.state.value, owed.party, owed.subject_id) == ("OPEN", Party.SALES, handover.id)
    with pytest.raises(Refusal):
        await move(scene, handover, "lost")
    scene.time.pass_by(hours=1)
    await move(scene, handover, "lost", reason="too expensive")
    assert await states(scene, "won-lost-reason") == ["MET"]


async def test_a_reason_given_with_the_move_leaves_nothing_owed(scene: Scene) -> None:
    """Owes no reason for what was explained at once."""
    handover = await accepted(scene)
    scene.time.pass_by(minutes=2)
    await move(scene, handover, "lost", reason="competitor", at=scene.time.now() - timedelta(minutes=1))
    assert await states(scene, "won-lost-reason") == []


async def test_marketing_owes_an_answer_to_a_return(scene: Scene) -> None:
    """Opens with the return, is MARKETING's, and is met by answering; the miss is a breach of marketing."""
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    owed = await the_one(scene, "return-answer")
    assert (owed.party, owed.team, owed.state.value) == (Party.MARKETING, None, "OPEN")
    scene.time.pass_by(days=10)
    await scene.tick()
    [breach] = await scene.breaches(kind=["return-answer"])
    assert breach.party is Party.MARKETING
    with pytest.raises(Forbidden):
        await answer_return(scene.application, scene.sales, handover_id=handover.id, comment="no")
    await answer_return(scene.application, scene.marketing, handover_id=handover.id, comment="nurtured further")
    assert await states(scene, "return-answer") == ["MET_LATE"]
    with pytest.raises(Refusal) as refusal:
        await answer_return(scene.application, scene.marketing, handover_id=handover.id, comment="again")
    assert refusal.value.code == "WRONG_STATE"


async def returned(scene: Scene, start_within: dict[str, str]) -> None:
    """The lead lea is given back, under an agreement by which nurturing starts within so long."""
    nurturing = starter_document()["nurturing"] | {"startWithin": start_within}
    version = await scene.new_version("main", sections={"nurturing": nurturing})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("lea")
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)


async def test_the_first_content_after_a_return_starts_nurturing(scene: Scene) -> None:
    """Meets what marketing owes with its first outbound activity after the return."""
    await returned(scene, {"duration": "P2D", "clock": "BUSINESS"})
    assert await states(scene, "nurture-start") == ["OPEN"]
    scene.time.pass_by(hours=3)
    await scene.activity("lea", "sales-call", party=Party.SALES)
    assert await states(scene, "nurture-start") == ["OPEN"]
    await scene.activity("lea", "sales-call", party=Party.MARKETING)
    assert await states(scene, "nurture-start") == ["MET"]


async def test_a_stage_is_left_in_time_or_missed(scene: Scene) -> None:
    """Owes the stage's time to its owner; going on meets it, going out cancels it."""
    handover = await accepted(scene)
    owed = await the_one(scene, "stage-time")
    assert (owed.party, owed.assignee, owed.subject_type) == (Party.SALES, handover.assignee, "Lead")
    await move(scene, handover, "sql")
    assert await states(scene, "stage-time") == ["MET", "OPEN"]
    scene.time.pass_by(days=60)
    await scene.tick()
    assert await states(scene, "stage-time") == ["MET", "BREACHED"]
    await move(scene, handover, "lost", reason="x")
    missed = (await scene.obligations(kind=["stage-time"], state=["CANCELLED"]))[0]
    assert (missed.closing_reason, missed.breached_at) == ("moved", missed.due_at)


async def test_nurturing_is_not_owed_for_a_lead_that_is_offered_again(scene: Scene) -> None:
    """Cancels the start of nurturing when the lead comes to sales again before it was made."""
    await returned(scene, {"duration": "P90D", "clock": "ELAPSED"})
    scene.time.pass_by(days=1)
    await scene.activity("lea")
    scene.time.pass_by(days=60)
    await scene.tick()
    assert len(await scene.handovers()) == 2
    cancelled = await the_one(scene, "nurture-start")
    assert (cancelled.state.value, cancelled.closing_reason) == ("CANCELLED", "offered again")


def _reports(_document: SlaDocument, case: ObligationContext) -> Iterator[ObligationSpec]:
    """A report every day since the version came into force, the next one once the last was done or missed."""
    assert case.since is not None
    due = case.since
    for number in range(1, 100):
        due = due + timedelta(days=1)
        if (start := due - timedelta(days=1)) <= case.now:
            yield ObligationSpec(start=start, due_at=due, instance_key=f"report {number}")


REPORT = Kind(key="report", about=Subject.AGREEMENT, party=Party.MARKETING, specs=_reports)


async def test_a_new_kind_about_an_agreement_needs_its_row_only(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opens, misses, meets and ends what is owed without any lead, by the same clock and the same mutations."""
    monkeypatch.setitem(cast("dict[Subject, Any]", KINDS.about), Subject.AGREEMENT, (REPORT,))
    version = await scene.new_version("main")
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    first = await the_one(scene, "report")
    assert (first.subject_type, first.lead_id, first.party) == ("Agreement", None, Party.MARKETING)
    scene.time.pass_by(days=1, seconds=1)
    await scene.tick()
    assert await states(scene, "report") == ["BREACHED", "OPEN"]
    [breach] = await scene.breaches(kind=["report"])
    assert (breach.party, breach.opened_at) == (Party.MARKETING, first.due_at)
    assert [e.type for e in await scene.events("obligation.warned")] == ["obligation.warned"]
    await waive_obligation(scene.application, scene.sales, obligation_id=first.id, reason="fair")
    [second] = [o for o in await scene.obligations(kind=["report"]) if o.is_open]
    await meet_obligation(scene.application, scene.marketing, obligation_id=second.id, evidence="sent")
    assert await states(scene, "report") == ["WAIVED", "MET"]
    monkeypatch.setitem(cast("dict[Subject, Any]", KINDS.about), Subject.AGREEMENT, ())
    scene.time.pass_by(days=2)
    await activate_version(scene.application, scene.management, version_id=await scene.new_version("main"))
    await scene.tick()
    assert await states(scene, "report") == ["WAIVED", "MET"]
