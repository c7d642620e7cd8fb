"""Everything owed: opened and met by the facts, passed on, paused, settled by people, counted [S3.3]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from application.answer_handover import accept_handover, reassign_handover, return_handover, withdraw_handover
from application.answer_return import answer_return
from application.deciding_versions import activate_version
from application.move_lead import move_lead
from application.pause_clock import pause_clock, resume_clock
from application.settle_obligation import meet_obligation, waive_obligation
from domain.document.document import SlaDocument
from domain.handover import Handover
from domain.obligation import Obligation
from domain.owed.kind import Case, Claim, Kind, Subject
from domain.owed.kinds import KINDS
from domain.party import Party
from domain.principal import Forbidden
from domain.refusal import Refusal
from tests.application.scene import Scene, starter_document


async def _accepted(scene: Scene, key: str = "lea") -> Handover:
    handover = await scene.offered(key)
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    return handover


async def _one(scene: Scene, kind: str) -> Obligation:
    [found] = await scene.obligations(kind=[kind])
    return found


async def _states(scene: Scene, kind: str) -> list[str]:
    found = sorted(await scene.obligations(kind=[kind]), key=lambda o: o.opened_at)
    return [o.state.value for o in found]


async def _move(scene: Scene, handover: Handover, stage: str, **about: Any) -> None:
    await move_lead(scene.house, scene.sales, lead_id=handover.lead_id, stage=stage, **about)


async def test_each_update_meets_what_is_owed_and_begins_the_next_stretch(scene: Scene) -> None:
    """Counts a call, a move by hand and a person's word; each opens the next update [S3.3]."""
    handover = await _accepted(scene)
    assert await _states(scene, "outcome-update") == ["OPEN"]
    scene.time.pass_by(days=1)
    await scene.activity("lea", "sales-call")
    assert await _states(scene, "outcome-update") == ["MET", "OPEN"]
    scene.time.pass_by(days=1)
    await _move(scene, handover, "sql")
    assert await _states(scene, "outcome-update") == ["MET", "MET", "OPEN"]
    scene.time.pass_by(days=1)
    [running] = [o for o in await scene.obligations(kind=["outcome-update"]) if o.is_open]
    assert running.opened_at == scene.time.now() - timedelta(days=1)
    await meet_obligation(scene.house, scene.sales, obligation_id=running.id, evidence="talked at the fair")
    assert await _states(scene, "outcome-update") == ["MET", "MET", "MET", "OPEN"]


async def test_a_rhythm_ends_with_the_handover(scene: Scene) -> None:
    """Cancels the running update when the lead is returned, and keeps those that were given."""
    handover = await _accepted(scene)
    scene.time.pass_by(days=1)
    await scene.activity("lea", "sales-call")
    await return_handover(scene.house, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    assert await _states(scene, "outcome-update") == ["MET", "CANCELLED"]
    cancelled = [o for o in await scene.obligations(kind=["outcome-update"]) if o.closing_reason]
    assert [o.closing_reason for o in cancelled] == ["returned"]


async def test_an_update_told_late_but_dated_in_time_keeps_the_promise(scene: Scene) -> None:
    """Turns a missed stretch to MET and begins the next one when the update happened."""
    await _accepted(scene)
    called_at = scene.time.now() + timedelta(days=2)
    scene.time.pass_by(days=20)
    await scene.tick()
    assert "BREACHED" in await _states(scene, "outcome-update")
    await scene.activity("lea", "sales-call", occurred_at=called_at)
    await scene.tick()
    first, second = sorted(await scene.obligations(kind=["outcome-update"]), key=lambda o: o.opened_at)
    assert (first.state.value, first.met_at, second.opened_at) == ("MET", called_at, called_at)
    assert {b.met_in_time for b in await scene.breaches(kind=["outcome-update"]) if b.resolved_at} == {True}


async def test_a_first_contact_told_late_after_a_later_one_turns_late_into_met(scene: Scene) -> None:
    """Corrects MET_LATE when an earlier contact becomes known; the breach stays, resolved and marked."""
    await _accepted(scene)
    in_time = scene.time.now() + timedelta(hours=1)
    scene.time.pass_by(days=5)
    await scene.activity("lea", "sales-call")
    assert await _states(scene, "first-contact") == ["MET_LATE"]
    [breach] = await scene.breaches(kind=["first-contact"])
    assert (breach.state.value, breach.met_in_time) == ("RESOLVED", False)
    await scene.activity("lea", "sales-call", occurred_at=in_time)
    contact = await _one(scene, "first-contact")
    [breach] = await scene.breaches(kind=["first-contact"])
    assert (contact.state.value, contact.met_at) == ("MET", in_time)
    assert (breach.state.value, breach.met_in_time) == ("RESOLVED", True)
    assert contact.breached_at is not None
    assert (await scene.events("obligation.met"))[-1].payload["corrected"] is True


async def test_a_contact_told_after_the_handover_ended_still_counts_for_it(scene: Scene) -> None:
    """Corrects what was met late about a handover that is closed by now."""
    handover = await _accepted(scene)
    in_time = scene.time.now() + timedelta(hours=1)
    scene.time.pass_by(days=5)
    await scene.activity("lea", "sales-call")
    await return_handover(scene.house, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    await scene.activity("lea", "sales-call", occurred_at=in_time, party=Party.SALES)
    assert await _states(scene, "first-contact") == ["MET"]


async def test_the_reason_for_lost_is_owed_until_it_is_given(scene: Scene) -> None:
    """Opens with a move without reason, and is met by the reason given afterwards at the same stage."""
    handover = await _accepted(scene)
    await _move(scene, handover, "lost")
    owed = await _one(scene, "won-lost-reason")
    assert (owed.state.value, owed.party, owed.subject_id) == ("OPEN", Party.SALES, handover.id)
    with pytest.raises(Refusal):
        await _move(scene, handover, "lost")
    scene.time.pass_by(hours=1)
    await _move(scene, handover, "lost", reason="too expensive")
    assert await _states(scene, "won-lost-reason") == ["MET"]


async def test_a_reason_given_with_the_move_leaves_nothing_owed(scene: Scene) -> None:
    """Owes no reason for what was explained at once."""
    handover = await _accepted(scene)
    await _move(scene, handover, "lost", reason="competitor", at=scene.time.now() - timedelta(minutes=1))
    assert await _states(scene, "won-lost-reason") == []


async def test_marketing_owes_an_answer_to_a_return(scene: Scene) -> None:
    """Opens with the return, is MARKETING's, and is met by answering; the miss is a breach of marketing."""
    handover = await scene.offered("lea")
    await return_handover(scene.house, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    owed = await _one(scene, "return-answer")
    assert (owed.party, owed.team, owed.state.value) == (Party.MARKETING, None, "OPEN")
    scene.time.pass_by(days=10)
    await scene.tick()
    [breach] = await scene.breaches(kind=["return-answer"])
    assert breach.party is Party.MARKETING
    with pytest.raises(Forbidden):
        await answer_return(scene.house, scene.sales, handover_id=handover.id, comment="no")
    await answer_return(scene.house, scene.marketing, handover_id=handover.id, comment="nurtured further")
    assert await _states(scene, "return-answer") == ["MET_LATE"]
    with pytest.raises(Refusal) as refusal:
        await answer_return(scene.house, scene.marketing, handover_id=handover.id, comment="again")
    assert refusal.value.code == "WRONG_STATE"


async def test_the_first_content_after_a_return_starts_nurturing(scene: Scene) -> None:
    """Meets what marketing owes with its first outbound activity after the return."""
    limit = {"duration": "P2D", "clock": "BUSINESS"}
    nurturing = starter_document()["nurturing"] | {"startWithin": limit}
    version = await scene.new_version("main", sections={"nurturing": nurturing})
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("lea")
    await return_handover(scene.house, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    assert await _states(scene, "nurture-start") == ["OPEN"]
    scene.time.pass_by(hours=3)
    await scene.activity("lea", "sales-call", party=Party.SALES)
    assert await _states(scene, "nurture-start") == ["OPEN"]
    await scene.activity("lea", "sales-call", party=Party.MARKETING)
    assert await _states(scene, "nurture-start") == ["MET"]


async def test_a_stage_is_left_in_time_or_missed(scene: Scene) -> None:
    """Owes the stage's time to its owner; going on meets it, going out cancels it."""
    handover = await _accepted(scene)
    owed = await _one(scene, "stage-time")
    assert (owed.party, owed.assignee, owed.subject_type) == (Party.SALES, handover.assignee, "Lead")
    await _move(scene, handover, "sql")
    assert await _states(scene, "stage-time") == ["MET", "OPEN"]
    scene.time.pass_by(days=60)
    await scene.tick()
    assert await _states(scene, "stage-time") == ["MET", "BREACHED"]
    await _move(scene, handover, "lost", reason="x")
    missed = (await scene.obligations(kind=["stage-time"], state=["CANCELLED"]))[0]
    assert (missed.closing_reason, missed.breached_at) == ("moved", missed.due_at)


async def test_a_pause_moves_what_is_due_and_what_opens_later(scene: Scene) -> None:
    """Moves due instant, warning and the handover's own date by the hours paused; a later clock subtracts it too."""
    handover = await scene.offered("lea")
    before = await _one(scene, "answer")
    assert before.due_at is not None
    until = scene.time.now() + timedelta(hours=2)
    await pause_clock(scene.house, scene.sales, handover_id=handover.id, until=until, reason="asked for it")
    paused = await _one(scene, "answer")
    assert paused.due_at == before.due_at + timedelta(hours=2)
    assert paused.paused(now=scene.time.now())
    assert not paused.paused(now=until)
    assert (await scene.handover(handover.id)).answer_due_at == paused.due_at
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    contact = await _one(scene, "first-contact")
    limit = starter_document()["handover"]["contactWithin"]["duration"]
    assert limit == "P1D"
    assert contact.due_at == datetime(2026, 3, 3, 11, tzinfo=scene.time.now().tzinfo)


async def test_a_pause_stops_every_clock_of_sales_about_the_lead(scene: Scene) -> None:
    """Moves the rhythm of updates and the time at the stage too, and not what is owed by marketing."""
    handover = await _accepted(scene)
    kinds = ["first-contact", "outcome-update", "stage-time"]
    before = {o.kind: o.due_at for o in await scene.obligations(kind=kinds)}
    until = scene.time.now() + timedelta(days=7)
    await pause_clock(scene.house, scene.sales, handover_id=handover.id, until=until, reason="holidays")
    for owed in await scene.obligations(kind=kinds):
        was = before[owed.kind]
        assert owed.due_at is not None
        assert was is not None
        assert owed.due_at == was + timedelta(days=7)
        assert owed.paused(now=scene.time.now())
    scene.time.pass_by(days=7)
    assert not any(o.paused(now=scene.time.now()) for o in await scene.obligations(kind=kinds))


async def test_resuming_early_gives_back_the_rest(scene: Scene) -> None:
    """Takes off only what was really paused; a second resumption is refused."""
    handover = await scene.offered("lea")
    before = (await _one(scene, "answer")).due_at
    assert before is not None
    far = scene.time.now() + timedelta(days=9)
    await pause_clock(scene.house, scene.sales, handover_id=handover.id, until=far, reason="x")
    scene.time.pass_by(hours=1)
    await scene.tick()
    assert not await scene.events("handover.warned")
    await resume_clock(scene.house, scene.sales, handover_id=handover.id)
    resumed = await _one(scene, "answer")
    assert (resumed.due_at, resumed.paused_until) == (before + timedelta(hours=1), None)
    with pytest.raises(Refusal) as refusal:
        await resume_clock(scene.house, scene.sales, handover_id=handover.id)
    assert refusal.value.code == "WRONG_STATE"
    assert [e.type for e in await scene.events("handover.paused", "handover.resumed")] == [
        "handover.paused",
        "handover.resumed",
    ]


async def test_a_pause_swallows_no_breach(scene: Scene) -> None:
    """Leaves what was missed missed, also when the clock had not looked yet, and lets escalation go on."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=4, seconds=1)
    until = scene.time.now() + timedelta(days=3)
    await pause_clock(scene.house, scene.sales, handover_id=handover.id, until=until, reason="x")
    await scene.tick()
    answer = await _one(scene, "answer")
    assert (answer.state.value, answer.paused(now=scene.time.now())) == ("BREACHED", False)
    level = (await scene.handover(handover.id)).escalation_level
    scene.time.pass_by(days=1)
    await scene.tick()
    assert (await scene.handover(handover.id)).escalation_level == level + 1


async def test_a_warned_clock_warns_once_however_it_is_paused(scene: Scene) -> None:
    """Keeps steps that were done as done when the moments of the rest move."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=3, seconds=1)
    await scene.tick()
    done = len(await scene.events("handover.warned", "handover.escalated"))
    until = scene.time.now() + timedelta(hours=1)
    await pause_clock(scene.house, scene.sales, handover_id=handover.id, until=until, reason="x")
    scene.time.pass_by(hours=1, minutes=30)
    await scene.tick()
    assert len(await scene.events("handover.warned", "handover.escalated")) == done
    assert not await scene.breaches()


async def test_a_missed_promise_stays_with_the_person_who_missed_it(scene: Scene) -> None:
    """Passes on what is owed still in time, not what somebody missed before."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    other = "mia" if handover.assignee == "jonas" else "jonas"
    about = {"team": "inside-sales", "assignee": other, "reason": "ill"}
    await reassign_handover(scene.house, scene.management, handover_id=handover.id, **about)
    by_person = {o.assignee: o.state.value for o in await scene.obligations(kind=["answer"])}
    assert by_person == {handover.assignee: "BREACHED", other: "OPEN"}


async def test_a_person_of_the_owing_party_says_that_it_was_done(scene: Scene) -> None:
    """Meets what is owed by a word, with evidence, in time or late by the moment told; a stranger may not."""
    await _accepted(scene)
    owed = await _one(scene, "first-contact")
    with pytest.raises(Forbidden):
        await meet_obligation(scene.house, scene.marketing, obligation_id=owed.id)
    with pytest.raises(Forbidden):
        await meet_obligation(scene.house, scene.integration, obligation_id=owed.id)
    ahead = scene.time.now() + timedelta(hours=1)
    with pytest.raises(Refusal) as refusal:
        await meet_obligation(scene.house, scene.sales, obligation_id=owed.id, at=ahead)
    assert refusal.value.code == "IN_FUTURE"
    in_time = scene.time.now()
    scene.time.pass_by(days=5)
    await scene.tick()
    await meet_obligation(scene.house, scene.sales, obligation_id=owed.id, evidence="mobile")
    met = await _one(scene, "first-contact")
    assert (met.state.value, met.evidence, met.closed_by) == ("MET_LATE", "mobile", "ines.vogt")
    await meet_obligation(scene.house, scene.management, obligation_id=owed.id, at=in_time)
    assert await _states(scene, "first-contact") == ["MET"]
    with pytest.raises(Refusal) as refusal:
        await meet_obligation(scene.house, scene.management, obligation_id=owed.id)
    assert refusal.value.code == "WRONG_STATE"


async def test_only_who_is_owed_forgives(scene: Scene) -> None:
    """Waives with a reason, resolves the breach, and opens nothing again for the same occasion."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    owed = await _one(scene, "answer")
    for stranger in (scene.sales, scene.admin, scene.integration):
        with pytest.raises(Forbidden):
            await waive_obligation(scene.house, stranger, obligation_id=owed.id, reason="nice")
    with pytest.raises(Refusal):
        await waive_obligation(scene.house, scene.marketing, obligation_id=owed.id, reason=" ")
    await waive_obligation(scene.house, scene.marketing, obligation_id=owed.id, reason="fair week")
    waived = await _one(scene, "answer")
    assert (waived.state.value, waived.closing_reason, waived.closed_by) == ("WAIVED", "fair week", "anna.berg")
    assert [b.state.value for b in await scene.breaches()] == ["RESOLVED"]
    await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
    assert await _states(scene, "answer") == ["WAIVED"]
    assert [e.type for e in await scene.events("obligation.waived")] == ["obligation.waived"]


async def test_a_kind_escalates_as_the_document_says(scene: Scene) -> None:
    """Warns, tells and weighs a kind by the document's rule for it."""
    steps = [{"at": 1.5, "action": "NOTIFY", "audience": "MANAGEMENT"}]
    rule = {"key": "first-contact", "warnAt": 0.5, "severity": "LOW", "escalation": steps}
    version = await scene.new_version("main", sections={"obligations": [rule]})
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()
    await _accepted(scene)
    scene.time.pass_by(days=4)
    await scene.tick()
    [breach] = await scene.breaches(kind=["first-contact"])
    assert breach.severity.value == "LOW"
    told = [e for e in await scene.events("handover.escalated") if e.payload.get("obligation") == "first-contact"]
    assert [e.payload["audience"] for e in told] == ["MANAGEMENT"]


COMPLIANCE = """
select kind, party, team, assignee,
  count(*) filter (where state = 'MET') as kept,
  count(*) filter (where state = 'MET_LATE') as late,
  count(*) filter (where state = 'BREACHED' or (state = 'CANCELLED' and breached_at is not null)) as missed,
  count(*) filter (where state = 'WAIVED') as waived,
  count(*) filter (where state = 'CANCELLED' and breached_at is null) as cancelled
from obligation where kind = 'answer' group by kind, party, team, assignee
"""


async def test_compliance_is_one_query_over_what_is_stored(scene: Scene) -> None:
    """Counts kept, late, missed, waived and cancelled per kind, party, team and person as it really was."""
    handovers = [await scene.offered(f"l{n}") for n in range(10)]
    truth: Counter[tuple[str | None, str]] = Counter()

    async def answer(handover: Handover, word: str) -> None:
        await accept_handover(scene.house, scene.sales, handover_id=handover.id, comment=None)
        truth[handover.assignee, word] += 1

    for handover in handovers[:4]:
        await answer(handover, "kept")
    await _withdraw(scene, handovers[4])
    truth[handovers[4].assignee, "cancelled"] += 1
    scene.time.pass_by(hours=5)
    await scene.tick()
    for handover in handovers[5:7]:
        await answer(handover, "late")
    await _withdraw(scene, handovers[7])
    truth[handovers[7].assignee, "missed"] += 1
    [owed] = await scene.obligations(subject=handovers[8].id)
    await waive_obligation(scene.house, scene.management, obligation_id=owed.id, reason="x")
    truth[handovers[8].assignee, "waived"] += 1
    truth[handovers[9].assignee, "missed"] += 1
    async with scene.house.database.reading() as connection:
        rows = (await connection.execute(text(COMPLIANCE))).mappings().all()
    words = ("kept", "late", "missed", "waived", "cancelled")
    found = Counter({(row["assignee"], word): row[word] for row in rows for word in words})
    assert found == truth
    assert {(row["party"], row["team"]) for row in rows} == {("SALES", "inside-sales")}


async def _withdraw(scene: Scene, handover: Handover) -> None:
    await withdraw_handover(scene.house, scene.marketing, handover_id=handover.id, reason="x")


async def test_nurturing_is_not_owed_for_a_lead_that_is_offered_again(scene: Scene) -> None:
    """Cancels the start of nurturing when the lead comes to sales again before it was made."""
    limit = {"duration": "P90D", "clock": "ELAPSED"}
    nurturing = starter_document()["nurturing"] | {"startWithin": limit}
    version = await scene.new_version("main", sections={"nurturing": nurturing})
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()
    handover = await scene.offered("lea")
    await return_handover(scene.house, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    scene.time.pass_by(days=1)
    await scene.activity("lea")
    scene.time.pass_by(days=60)
    await scene.tick()
    assert len(await scene.handovers()) == 2
    cancelled = await _one(scene, "nurture-start")
    assert (cancelled.state.value, cancelled.closing_reason) == ("CANCELLED", "offered again")


def _reports(_document: SlaDocument, case: Case) -> Iterator[Claim]:
    """A report every day since the version came into force, the next one once the last was done or missed."""
    assert case.since is not None
    due = case.since
    for number in range(1, 100):
        due = due + timedelta(days=1)
        if (start := due - timedelta(days=1)) <= case.now:
            yield Claim(start=start, due_at=due, occasion=f"report {number}")


REPORT = Kind(word="report", about=Subject.AGREEMENT, party=Party.MARKETING, claims=_reports)


async def test_a_new_kind_about_an_agreement_needs_its_row_only(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opens, misses, meets and ends what is owed without any lead, by the same clock and the same mutations."""
    monkeypatch.setitem(cast("dict[Subject, Any]", KINDS.about), Subject.AGREEMENT, (REPORT,))
    version = await scene.new_version("main")
    await activate_version(scene.house, scene.management, version_id=version)
    await scene.tick()
    first = await _one(scene, "report")
    assert (first.subject_type, first.lead_id, first.party) == ("Agreement", None, Party.MARKETING)
    scene.time.pass_by(days=1, seconds=1)
    await scene.tick()
    assert await _states(scene, "report") == ["BREACHED", "OPEN"]
    [breach] = await scene.breaches(kind=["report"])
    assert (breach.party, breach.opened_at) == (Party.MARKETING, first.due_at)
    assert [e.type for e in await scene.events("obligation.warned")] == ["obligation.warned"]
    await waive_obligation(scene.house, scene.sales, obligation_id=first.id, reason="fair")
    [second] = [o for o in await scene.obligations(kind=["report"]) if o.is_open]
    await meet_obligation(scene.house, scene.marketing, obligation_id=second.id, evidence="sent")
    assert await _states(scene, "report") == ["WAIVED", "MET"]
    monkeypatch.setitem(cast("dict[Subject, Any]", KINDS.about), Subject.AGREEMENT, ())
    scene.time.pass_by(days=2)
    await activate_version(scene.house, scene.management, version_id=await scene.new_version("main"))
    await scene.tick()
    assert await _states(scene, "report") == ["WAIVED", "MET"]
