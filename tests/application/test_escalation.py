"""Escalation: steps each once, in order, also after an outage; who is reached; notices gathered [S3.2b]."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover
from application.reading.upcoming import upcoming_of
from domain.party import Party
from domain.people.team import Member, Team
from persistence.events.event_log import StoredEvent
from tests.application.scene import MONDAY, Scene, starter_document
from tests.sizes import examples

HOUR = {"duration": "PT1H", "clock": "ELAPSED"}


async def escalating(scene: Scene, *steps: dict[str, Any], digest: str | None = None, **more: Any) -> None:
    """Put a version in force that wants an answer within an hour and escalates so."""
    section = starter_document()["handover"] | {"answerWithin": HOUR, "warnAt": 0.5, "escalation": list(steps)} | more
    sections = {"handover": section, "notices": {"digest": digest} if digest else {}}
    version = await scene.new_version("main", sections=sections)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


def notify(at: float, audience: str) -> dict[str, Any]:
    """A step that tells somebody."""
    return {"at": at, "action": "NOTIFY", "audience": audience}


def reassign(at: float, audience: str | None = None) -> dict[str, Any]:
    """A step that gives the handover to somebody else."""
    return {"at": at, "action": "REASSIGN"} | ({"audience": audience} if audience else {})


async def told(scene: Scene, *prefixes: str) -> list[StoredEvent]:
    """The events of such types."""
    return await scene.events(*prefixes)


def names(event: StoredEvent) -> list[str | None]:
    """Who is told, as persons or parties or management."""
    return [r["person"] or r["party"] or r["audience"] for r in event.payload["recipients"]]


async def test_each_notice_names_whom_it_reaches(scene: Scene) -> None:
    """The assignee, the leader of the team, the party, management; a warning reaches the assignee."""
    audiences = ("PERSON", "TEAM_LEAD", "PARTY", "MANAGEMENT")
    await escalating(scene, *(notify(1 + i, a) for i, a in enumerate(audiences)))
    handover = await scene.offered("l")
    scene.time.pass_by(hours=9)
    await scene.tick()
    (warned,) = await told(scene, "handover.warned")
    assert names(warned) == [handover.assignee]
    escalated = await told(scene, "handover.escalated")
    leader = {"inside-sales": "ines.vogt", "field-sales": "karl"}[handover.team or ""]
    assert [names(e) for e in escalated] == [[handover.assignee], [leader], ["SALES"], ["MANAGEMENT"]]
    assert [e.at - handover.offered_at for e in escalated] == [timedelta(hours=h) for h in (1, 2, 3, 4)]


async def test_it_is_never_given_back_to_somebody_who_missed_it(scene: Scene) -> None:
    """Also when several steps fell due during one outage; with nobody left it stays, and the leader is told."""
    team = Team("inside-sales", "I", Party.SALES, "ines.vogt", None, tuple(map(Member, ("a", "b", "c"))))
    await upsert_team(scene.application, scene.management, team=team)
    route: dict[str, Any] = {"routing": [{"team": "inside-sales"}]}
    await escalating(scene, *(reassign(at) for at in (1, 2, 3, 4)), **route)
    handover = await scene.offered("l")
    scene.time.pass_by(hours=9)
    await scene.tick()
    had = [e.payload["assignee"] for e in await told(scene, "handover.assigned")]
    assert sorted(had) == ["a", "b", "c"]
    escalated = await told(scene, "handover.escalated")
    assert [e.payload.get("nobodyLeft", False) for e in escalated] == [False, False, True, True]
    assert names(escalated[-1]) == ["ines.vogt"]
    after = await scene.handover(handover.id)
    assert (after.assignee, after.state.value, after.escalation_level) == (had[-1], "OFFERED", 4)


async def test_after_an_outage_nobody_has_what_passed_on(scene: Scene) -> None:
    """Of several assignments of one moment only the last one lasts, and none where the last step gave it back."""
    team = Team("inside-sales", "I", Party.SALES, "ines.vogt", None, tuple(map(Member, ("a", "b", "c"))))
    await upsert_team(scene.application, scene.management, team=team)
    route: dict[str, Any] = {"routing": [{"team": "inside-sales"}]}
    await escalating(scene, reassign(1), reassign(2), {"at": 9, "action": "RETURN"}, **route)
    kept = await scene.offered("kept")
    scene.time.pass_by(hours=3)
    await scene.tick()
    assert await _running(scene, kept.id) == [(await scene.handover(kept.id)).assignee]
    returned = await scene.offered("returned")
    scene.time.pass_by(hours=10)
    await scene.tick()
    assert (await scene.handover(returned.id)).state.value == "RETURNED"
    assert await _running(scene, returned.id) == []


async def _running(scene: Scene, handover_id: UUID) -> list[str | None]:
    statement = text("select assignee from assignment where handover_id = :id and until is null")
    async with scene.application.database.reading() as connection:
        return list((await connection.execute(statement, {"id": handover_id})).scalars())


async def test_an_answer_ends_the_escalation(scene: Scene) -> None:
    """What fell due before the answer is done, nothing after it."""
    await escalating(scene, notify(0.5, "PERSON"), notify(2, "MANAGEMENT"))
    handover = await scene.offered("l")
    scene.time.pass_by(minutes=45)
    await scene.tick()
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(days=3)
    await scene.tick()
    assert [e.payload["step"] for e in await told(scene, "handover.escalated")] == [1]


SHARES = st.lists(st.integers(1, 16).map(lambda n: n / 4), max_size=6).map(sorted)


@settings(max_examples=examples(4), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHARES, st.lists(st.integers(1, 300), max_size=5))
async def test_what_was_previewed_happens_in_order_however_the_clock_ran(
    scene: Scene, shares: list[float], looks: list[int]
) -> None:
    """The clock looks at some minutes only, as in outages: what the preview said is done, each once, as dated."""
    scene.time.at = max(scene.time.at, MONDAY) + timedelta(days=1)
    await escalating(scene, *(notify(share, "TEAM_LEAD") for share in shares))
    handover = await scene.offered(f"l-{scene.time.at.isoformat()}")
    (steps,) = await upcoming_of(scene.application, scene.admin, [handover.id])
    for minute in [*sorted(looks), 600]:
        scene.time.at = max(scene.time.at, handover.offered_at + timedelta(minutes=minute))
        await scene.tick()
        (left,) = await upcoming_of(scene.application, scene.admin, [handover.id])
        assert [(s.at, s.act) for s in left] == [(s.at, s.act) for s in steps if s.at >= scene.time.at]
    mine = [e for e in await told(scene, "handover.", "breach.opened") if e.lead_id == handover.lead_id]
    acts = {"handover.warned": "WARN", "breach.opened": "BREACH", "handover.escalated": "ESCALATE"}
    happened = [(acts[e.type], e.at) for e in mine if e.type in acts]
    assert happened == [(s.act.value, s.at) for s in steps]
    assert [e.payload["step"] for e in mine if e.type == "handover.escalated"] == list(range(1, len(shares) + 1))


async def digests(scene: Scene) -> list[dict[str, Any]]:
    """The payloads of the digests told so far."""
    return [dict(e.payload) for e in await told(scene, "notice.digest")]


async def test_notices_for_one_recipient_are_gathered(scene: Scene) -> None:
    """Management hears of three handovers once, a quarter of an hour after the first; the rest of the log is whole."""
    await escalating(scene, notify(1, "MANAGEMENT"), digest="PT15M")
    offered = []
    for n in range(3):
        offered.append(await scene.offered(f"l{n}"))
        scene.time.pass_by(minutes=2)
    scene.time.at = MONDAY + timedelta(minutes=65)
    await scene.tick()
    assert len(await told(scene, "handover.escalated")) == 3
    assert {d["recipient"]["kind"] for d in await digests(scene)} == set()
    scene.time.pass_by(minutes=15, seconds=1)
    await accept_handover(scene.application, scene.sales, handover_id=offered[0].id, comment=None)
    await scene.tick()
    found = [d for d in await digests(scene) if d["recipient"]["kind"] == "management"]
    (digest,) = found
    assert (digest["count"], digest["stillOpen"]) == (3, 2)
    assert [n["open"] for n in digest["notices"]] == [True, True, False]
    assert {n["subject"]["id"] for n in digest["notices"]} == {str(h.id) for h in offered}
    assert {(n["act"], n["action"], n["audience"], n["obligation"]) for n in digest["notices"]} == {
        ("ESCALATE", "NOTIFY", "MANAGEMENT", "answer")
    }
    warned = [d for d in await digests(scene) if d["recipient"]["kind"] == "person"]
    assert {d["recipient"]["person"] for d in warned} == {h.assignee for h in offered}
    assert sum(d["count"] for d in warned) == 3
    scene.time.pass_by(hours=1)
    await scene.tick()
    assert len(await digests(scene)) == 1 + len(warned)


async def test_two_clocks_tell_a_digest_once(scene: Scene) -> None:
    """Two instances that look at the same time take it once; a new window begins with the next notice."""
    await escalating(scene, notify(1, "MANAGEMENT"), digest="PT15M")
    for n in range(4):
        await scene.offered(f"l{n}")
    scene.time.pass_by(minutes=61)
    await scene.tick()
    scene.time.pass_by(minutes=16)
    await asyncio.gather(*(scene.clock.tick() for _ in range(4)))
    await scene.tick()
    assert [d["count"] for d in await digests(scene) if d["recipient"]["kind"] == "management"] == [4]
    assert sum(d["count"] for d in await digests(scene) if d["recipient"]["kind"] == "person") == 4


async def test_without_a_digest_nothing_is_gathered(scene: Scene) -> None:
    """The events themselves are the notices."""
    await escalating(scene, notify(1, "MANAGEMENT"))
    await scene.offered("l")
    scene.time.pass_by(days=2)
    await scene.tick()
    assert await digests(scene) == []


@pytest.mark.parametrize(("team", "seen"), [("inside-sales", True), ("field-sales", False)])
async def test_a_digest_is_seen_by_those_who_see_all_in_it(scene: Scene, team: str, seen: bool) -> None:
    """The digest of a person is for the teams that see every notice of it; that of management for no team of sales."""
    await escalating(scene, notify(1, "MANAGEMENT"), digest="PT15M", routing=[{"team": "inside-sales"}])
    await scene.offered("l")
    scene.time.pass_by(hours=2)
    await scene.tick()
    scene.time.pass_by(hours=2)
    await scene.tick()
    found = {e.payload["recipient"]["kind"]: e.visible_to for e in await told(scene, "notice.digest")}
    assert (team in found["person"]) is seen
    assert team not in found["management"]
