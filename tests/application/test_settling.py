"""What is owed is settled by people: told as done, forgiven, escalated; and counted from what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, reassign_handover
from application.obligations.settle_obligation import meet_obligation, waive_obligation
from domain.handovers.handover import Handover
from domain.people.principal import Forbidden
from domain.refusal import Refusal
from tests.application.promises import accepted, states, the_one, withdraw
from tests.application.scene import Scene


async def test_a_missed_promise_stays_with_the_person_who_missed_it(scene: Scene) -> None:
    """Passes on what is owed still in time, not what somebody missed before."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    other = "mia" if handover.assignee == "jonas" else "jonas"
    about = {"team": "inside-sales", "assignee": other, "reason": "ill"}
    await reassign_handover(scene.application, scene.management, handover_id=handover.id, **about)
    by_person = {o.assignee: o.state.value for o in await scene.obligations(kind=["answer"])}
    assert by_person == {handover.assignee: "BREACHED", other: "OPEN"}


async def test_a_person_of_the_owing_party_says_that_it_was_done(scene: Scene) -> None:
    """Meets what is owed by a word, with evidence, in time or late by the moment told; a stranger may not."""
    await accepted(scene)
    owed = await the_one(scene, "first-contact")
    with pytest.raises(Forbidden):
        await meet_obligation(scene.application, scene.marketing, obligation_id=owed.id)
    with pytest.raises(Forbidden):
        await meet_obligation(scene.application, scene.integration, obligation_id=owed.id)
    ahead = scene.time.now() + timedelta(hours=1)
    with pytest.raises(Refusal) as refusal:
        await meet_obligation(scene.application, scene.sales, obligation_id=owed.id, at=ahead)
    assert refusal.value.code == "IN_FUTURE"
    in_time = scene.time.now()
    scene.time.pass_by(days=5)
    await scene.tick()
    await meet_obligation(scene.application, scene.sales, obligation_id=owed.id, evidence="mobile")
    met = await the_one(scene, "first-contact")
    assert (met.state.value, met.evidence, met.closed_by) == ("MET_LATE", "mobile", "ines.vogt")
    await meet_obligation(scene.application, scene.management, obligation_id=owed.id, at=in_time)
    assert await states(scene, "first-contact") == ["MET"]
    with pytest.raises(Refusal) as refusal:
        await meet_obligation(scene.application, scene.management, obligation_id=owed.id)
    assert refusal.value.code == "WRONG_STATE"


async def test_only_who_is_owed_forgives(scene: Scene) -> None:
    """Waives with a reason, resolves the breach, and opens nothing again for the same occasion."""
    handover = await scene.offered("lea")
    scene.time.pass_by(hours=5)
    await scene.tick()
    owed = await the_one(scene, "answer")
    for stranger in (scene.sales, scene.admin, scene.integration):
        with pytest.raises(Forbidden):
            await waive_obligation(scene.application, stranger, obligation_id=owed.id, reason="nice")
    with pytest.raises(Refusal):
        await waive_obligation(scene.application, scene.marketing, obligation_id=owed.id, reason=" ")
    await waive_obligation(scene.application, scene.marketing, obligation_id=owed.id, reason="fair week")
    waived = await the_one(scene, "answer")
    assert (waived.state.value, waived.closing_reason, waived.closed_by) == ("WAIVED", "fair week", "anna.berg")
    assert [b.state.value for b in await scene.breaches()] == ["RESOLVED"]
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    assert await states(scene, "answer") == ["WAIVED"]
    assert [e.type for e in await scene.events("obligation.waived")] == ["obligation.waived"]


async def test_a_kind_escalates_as_the_document_says(scene: Scene) -> None:
    """Warns, tells and weighs a kind by the document's rule for it."""
    steps = [{"at": 1.5, "action": "NOTIFY", "audience": "MANAGEMENT"}]
    rule = {"key": "first-contact", "warnAt": 0.5, "severity": "LOW", "escalation": steps}
    version = await scene.new_version("main", sections={"obligations": [rule]})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    await accepted(scene)
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
        await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
        truth[handover.assignee, word] += 1

    for handover in handovers[:4]:
        await answer(handover, "kept")
    await withdraw(scene, handovers[4])
    truth[handovers[4].assignee, "cancelled"] += 1
    scene.time.pass_by(hours=5)
    await scene.tick()
    for handover in handovers[5:7]:
        await answer(handover, "late")
    await withdraw(scene, handovers[7])
    truth[handovers[7].assignee, "missed"] += 1
    [owed] = await scene.obligations(subject=handovers[8].id)
    await waive_obligation(scene.application, scene.management, obligation_id=owed.id, reason="x")
    truth[handovers[8].assignee, "waived"] += 1
    truth[handovers[9].assignee, "missed"] += 1
    async with scene.application.database.reading() as connection:
        rows = (await connection.execute(text(COMPLIANCE))).mappings().all()
    words = ("kept", "late", "missed", "waived", "cancelled")
    found = Counter({(row["assignee"], word): row[word] for row in rows for word in words})
    assert found == truth
    assert {(row["party"], row["team"]) for row in rows} == {("SALES", "inside-sales")}
