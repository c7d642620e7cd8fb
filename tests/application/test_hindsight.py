"""What was decided can be decided again: at the moment, and at any moment since, from what was known then."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover, return_handover, withdraw_handover
from application.handovers.move_lead import move_lead
from application.history.as_of import LeadSnapshot, known_at, known_to
from application.history.replaying import ReplayOutcome, replay_decision
from application.intake.record_activities import record_activities
from application.intake.upsert_leads import upsert_leads
from application.judging.decision_basis import HISTORIES, account_of, basis_json, read_basis
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead
from domain.facts import BuyingCentre, GivenConsent, LastReturn, LeadFacts
from domain.leads.lead import Account
from domain.party import Party
from domain.refusal import Refusal
from persistence.as_of.known import DecisionRow
from tests.application.scene import MONDAY, Scene, starter_document

CENTRE = {"field": "buyingCentre.bestFit", "op": "in", "value": ["A", "B"]}
KINDS = ("contact-form", "webinar-attended", "pricing-page-visit", "newsletter-click", "sales-call")


async def then(scene: Scene, lead: UUID, at: datetime) -> LeadSnapshot | None:
    """What was known of a lead at a moment."""
    (found,) = await known_at(scene.application, [(lead, at)])
    return found


async def stored(scene: Scene, lead: UUID) -> list[DecisionRow]:
    """The stored decisions about a lead, in order."""
    async with scene.application.database.reading() as connection:
        found = await connection.execute(
            text("select id from decision where lead_id = :lead order by at, id"), {"lead": lead}
        )
        ids = list(found.scalars())
    return [row for row in await single.decisions(scene.application, ids) if row is not None]


async def in_force(scene: Scene, leads: list[UUID]) -> list[str | None]:
    """What the decisions come to that hold now, but for points."""
    found = await single.leads(scene.application, scene.admin, leads)
    return [None if lead is None else lead.decision_meaning for lead in found]


class History:
    """Random things that happen to three leads, two of one account; also late, twice, and out of order."""

    def __init__(self, scene: Scene, random: Random) -> None:
        self.scene, self.random = scene, random
        self.keys = ["a", "b", "c"]
        self.sent: list[IncomingActivity] = []

    async def step(self) -> None:
        """Something happens."""
        await self.random.choices((self._lead, self._activity, self._again, self._answer, self._move), (5, 6, 1, 2, 1))[
            0
        ]()

    def _some_time_ago(self) -> datetime:
        return self.scene.time.now() - timedelta(days=self.random.choice((0, 0, 1, 5, 40, 100)))

    async def _lead(self) -> None:
        random, key = self.random, self.random.choice(self.keys)
        fields: dict[str, Any] = {"email": random.choice((f"{key}@x.example", None))}
        fields["role"] = random.choice(("Owner", "Buyer", "Student", None))
        company = {"employees": random.choice((10, 60, 600, None)), "industry": random.choice(("machinery", None))}
        account = IncomingAccount("both" if key != "c" else "own", fields=company)
        observed = random.choice((None, self._some_time_ago()))
        item = IncomingLead(key, fields, random.choice((account, None)), observed_at=observed)
        await upsert_leads(self.scene.application, self.scene.integration, source="crm", items=[item])

    async def _activity(self) -> None:
        key = f"h{len(self.sent)}"
        at = self._some_time_ago()
        item = IncomingActivity(key, self.random.choice(self.keys), self.random.choice(KINDS), at)
        self.sent.append(item)
        await self._record(item)

    async def _again(self) -> None:
        if self.sent:
            await self._record(self.random.choice(self.sent))

    async def _record(self, item: IncomingActivity) -> None:
        await record_activities(self.scene.application, self.scene.integration, source="crm", items=[item])

    async def _answer(self) -> None:
        open_ones = [h for h in await self.scene.handovers() if h.closed_at is None]
        if not open_ones:
            return
        scene, handover = self.scene, self.random.choice(open_ones)
        reason = self.random.choice(("no-need", "bad-data"))
        answers: list[Callable[[], Awaitable[UUID]]] = [
            lambda: accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None),
            lambda: return_handover(
                scene.application, scene.sales, handover_id=handover.id, reason=reason, comment=None
            ),
            lambda: withdraw_handover(scene.application, scene.marketing, handover_id=handover.id, reason="x"),
        ]
        await _unless_refused(self.random.choice(answers))

    async def _move(self) -> None:
        stage = self.random.choice(("sql", "mql", "recycled", "lost"))
        found = await single.lead_by_key(self.scene.application, self.scene.admin, source="crm", external_id="a")
        if found is not None:
            lead_id = found.id
            await _unless_refused(
                lambda: move_lead(self.scene.application, self.scene.admin, lead_id=lead_id, stage=stage)
            )


async def _unless_refused(act: Callable[[], Awaitable[UUID]]) -> None:
    with suppress(Refusal):
        await act()


@pytest.mark.parametrize("seed", range(4))
async def test_every_decision_follows_from_what_was_known(scene: Scene, seed: int) -> None:
    """Whatever happens, judging a past moment gives the decision that held then, and each replay its digest [X.4]."""
    random = Random(seed)
    if seed % 2:
        handover = starter_document()["handover"]
        keen = {"field": "interest.points", "op": "gte", "value": 50}
        handover["triggers"][1]["when"]["all"].append({"any": [CENTRE, keen]})
        version = await scene.new_version("main", sections={"handover": handover})
        await activate_version(scene.application, scene.management, version_id=version)
        await scene.tick()
    history = History(scene, random)
    scene.time.pass_by(seconds=1)
    for key in history.keys:
        await scene.lead(key, employees=random.choice((10, 60)))
    found = [
        await single.lead_by_key(scene.application, scene.admin, source="crm", external_id=key) for key in history.keys
    ]
    ids = [lead.id for lead in found if lead is not None]
    held: list[tuple[UUID, datetime, str]] = []
    for _ in range(20):
        scene.time.pass_by(seconds=random.choice((1, 3600, 86_400, 86_400 * 20)))
        await scene.tick()
        scene.time.pass_by(milliseconds=1)
        await history.step()
        scene.time.pass_by(milliseconds=1)
        await scene.tick()
        now = scene.time.now()
        for lead_id, meaning in zip(ids, await in_force(scene, ids), strict=True):
            (known,) = await known_at(scene.application, [(lead_id, now)])
            assert known is not None
            assert meaning is not None
            last = (await stored(scene, lead_id))[-1]
            if known.facts == dataclasses.replace(known.facts, **_small(last)):
                held.append((lead_id, now, meaning))
    assert len(held) > 30
    again = await known_at(scene.application, [(lead_id, at) for lead_id, at, _ in held])
    assert [known.decision.meaning if known else None for known in again] == [meaning for _, _, meaning in held]
    for lead_id in ids:
        rows = await stored(scene, lead_id)
        replayed = await known_to(scene.application, rows)
        assert [known.decision.digest if known else None for known in replayed] == [row.digest for row in rows]
        at_once = await known_at(scene.application, [(lead_id, row.at) for row in rows])
        assert [known.decision.digest if known else None for known in at_once] == [row.digest for row in rows]


def _small(row: DecisionRow) -> dict[str, Any]:
    """What a decision was made of, but for what has a history of its own."""
    assert row.basis is not None
    facts = read_basis(row.basis)
    return {f.name: getattr(facts, f.name) for f in dataclasses.fields(LeadFacts) if f.name not in HISTORIES}


async def test_late_news_count_from_when_they_became_known(scene: Scene) -> None:
    """A value and an activity of last week that are told today change nothing about yesterday."""
    result = await scene.lead("late", employees=10)
    assert result.lead_id is not None
    start = scene.time.now()
    scene.time.pass_by(days=7)
    await scene.activity("late", "webinar-attended", occurred_at=start + timedelta(days=1))
    company = IncomingAccount("company of late", fields={"employees": 60})
    item = IncomingLead("late", {}, company, observed_at=start + timedelta(days=1))
    await upsert_leads(scene.application, scene.integration, source="crm", items=[item])
    before, after = await known_at(
        scene.application, [(result.lead_id, start + timedelta(days=2)), (result.lead_id, scene.time.now())]
    )
    assert before is not None
    assert after is not None
    assert (before.facts.account["employees"], len(before.facts.activities)) == (10, 0)
    assert (after.facts.account["employees"], len(after.facts.activities)) == (60, 1)
    assert before.decision.interest.points == 0
    assert after.decision.fit.points > before.decision.fit.points


async def test_a_moment_is_judged_by_the_version_then_in_force(scene: Scene) -> None:
    """Also when another one came after it."""
    result = await scene.lead("v")
    assert result.lead_id is not None
    first = scene.time.now()
    scoring = starter_document()["scoring"]
    scoring["fit"]["criteria"][0]["weight"] = 5
    version = await scene.new_version("main", sections={"scoring": scoring})
    scene.time.pass_by(hours=1)
    await activate_version(scene.application, scene.management, version_id=version)
    scene.time.pass_by(hours=1)
    await scene.tick()
    old, new = await known_at(scene.application, [(result.lead_id, first), (result.lead_id, scene.time.now())])
    assert old is not None
    assert new is not None
    assert (old.compiled_version.version_id, new.compiled_version.version_id) == (scene.main, version)
    assert old.decision.fit != new.decision.fit


async def test_what_people_answered_is_seen_although_nothing_was_judged(scene: Scene) -> None:
    """Between a return and the next judgement the cooling off stands against a handover."""
    handover = await scene.offered("back")
    scene.time.pass_by(hours=1)
    offered = await then(scene, handover.lead_id, scene.time.now())
    assert offered is not None
    assert offered.decision.verdict.due
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(hours=1)
    accepted = await then(scene, handover.lead_id, scene.time.now())
    assert accepted is not None
    assert (accepted.facts.stage, accepted.facts.open_handover) == ("sal", True)
    await return_handover(scene.application, scene.sales, handover_id=handover.id, reason="no-need", comment=None)
    scene.time.pass_by(hours=1)
    returned = await then(scene, handover.lead_id, scene.time.now())
    assert returned is not None
    assert returned.facts.stage == "recycled"
    assert [b.code.value for b in returned.decision.verdict.blocked_by] == ["COOLING_OFF", "NOTHING_NEW"]


async def test_before_it_was_known_there_is_no_decision(scene: Scene) -> None:
    """Nor on a lead that is none."""
    result = await scene.lead("new")
    assert result.lead_id is not None
    assert await then(scene, result.lead_id, MONDAY - timedelta(seconds=1)) is None
    assert await then(scene, UUID(int=7), MONDAY) is None


async def test_what_was_erased_is_not_replayed(scene: Scene) -> None:
    """A decision whose facts are gone answers so; one of somebody else's lead is not found."""
    result = await scene.lead("gone")
    assert result.lead_id is not None
    (row,) = await stored(scene, result.lead_id)
    same = await replay_decision(scene.application, scene.admin, decision_id=row.id)
    assert same is not None
    assert same.outcome is ReplayOutcome.SAME
    assert await replay_decision(scene.application, scene.sales, decision_id=row.id) is None
    assert await replay_decision(scene.application, scene.admin, decision_id=UUID(int=7)) is None
    async with scene.application.database.transaction() as connection:
        await connection.execute(
            text("update field_value set value = '\"Student\"' where subject_id = :id and field = 'role'"),
            {"id": result.lead_id},
        )
    different = await replay_decision(scene.application, scene.admin, decision_id=row.id)
    assert different is not None
    assert different.outcome is ReplayOutcome.DIFFERENT
    async with scene.application.database.transaction() as connection:
        await connection.execute(text("update decision set basis = null where id = :id"), {"id": row.id})
    erased = await replay_decision(scene.application, scene.admin, decision_id=row.id)
    assert erased is not None
    assert erased.outcome is ReplayOutcome.ERASED


def test_a_basis_holds_every_fact_without_a_history() -> None:
    """What is added to the facts has to be kept with decisions, too."""
    full = LeadFacts(
        stage="mql",
        stage_since=MONDAY,
        open_handover=True,
        rounds=2,
        last_return=LastReturn(MONDAY, MONDAY + timedelta(days=3), news=True, awaited=("phone",), reason="no-need"),
        buying_centre=BuyingCentre(3, ("A1", "B2")),
        created_at=MONDAY,
        consents={("news", "email"): GivenConsent(True, MONDAY), ("news", "phone"): GivenConsent(False)},
        contact_owner=Party.SALES,
    )
    empty = LeadFacts()
    for field in dataclasses.fields(LeadFacts):
        if field.name not in HISTORIES:
            assert getattr(full, field.name) != getattr(empty, field.name), field.name
    account = Account(UUID(int=5), "k", None, None, {}, MONDAY, MONDAY)
    assert read_basis(basis_json(full, account)) == full
    assert read_basis(basis_json(empty, None)) == empty
    assert account_of(basis_json(full, account)) == (UUID(int=5), MONDAY)
    assert account_of(basis_json(full, None)) is None
