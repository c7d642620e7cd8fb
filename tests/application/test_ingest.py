"""Leads and activities arrive: merged, refused per item, each counted once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from application.handovers.answer_handover import accept_handover
from application.history.as_of import known_to
from application.history.dry_run import dry_run
from application.intake.record_activities import record_activities
from application.intake.upsert_leads import upsert_leads
from application.judging.decision_record import stored_decision
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingActivity, IncomingLead, ItemStatus
from domain.people.principal import Forbidden
from tests.application.scene import Scene


async def _send(scene: Scene, *items: IncomingLead, atomic: bool = False) -> list[tuple[str, list[str]]]:
    answer = await upsert_leads(scene.application, scene.integration, source=scene.source, items=items, atomic=atomic)
    return [(result.status.value, [fault.code for fault in result.faults]) for result in answer.results]


async def _record(scene: Scene, *items: IncomingActivity, atomic: bool = False) -> list[tuple[str, list[str]]]:
    answer = await record_activities(
        scene.application, scene.integration, source=scene.source, items=items, atomic=atomic
    )
    return [(result.status.value, [fault.code for fault in result.faults]) for result in answer.results]


async def _fields(scene: Scene, key: str) -> dict[str, Any]:
    lead = await single.lead_by_key(scene.application, scene.admin, source=scene.source, external_id=key)
    assert lead is not None
    return dict(lead.fields)


async def _digest(scene: Scene, key: str) -> tuple[str | None, str | None, Any]:
    lead = await single.lead_by_key(scene.application, scene.admin, source=scene.source, external_id=key)
    assert lead is not None
    return lead.grade, lead.stage, lead.next_crossing


async def test_fields_are_merged_and_null_clears(scene: Scene) -> None:
    """Keeps what is not named, clears what is null, and changes nothing the second time."""
    assert await _send(scene, IncomingLead("a", {"email": "a@b.c", "country": "DE"})) == [("CREATED", [])]
    assert await _send(scene, IncomingLead("a", {"role": "Owner", "country": None})) == [("UPDATED", [])]
    assert await _fields(scene, "a") == {"email": "a@b.c", "role": "Owner"}
    events = len(await scene.events())
    assert await _send(scene, IncomingLead("a", {"role": "Owner"})) == [("UNCHANGED", [])]
    assert len(await scene.events()) == events


async def test_bad_items_are_refused_and_good_ones_kept(scene: Scene) -> None:
    """Names code and path of every fault of an item, in input order."""
    answer = await upsert_leads(
        scene.application,
        scene.integration,
        source="crm",
        items=[
            IncomingLead("good", {"email": "x@y.z"}),
            IncomingLead(" bad", {"nonsense": 1, "email": 5}),
            IncomingLead("list", [1, 2]),
            IncomingLead("later", {}, created_at=scene.time.now() + timedelta(minutes=6)),
            IncomingLead("soon", {}, created_at=scene.time.now() + timedelta(minutes=4)),
            IncomingLead("acc", {}, IncomingAccount("k", fields={"employees": "many"})),
        ],
    )
    assert [r.status for r in answer.results].count(ItemStatus.CREATED) == 2
    told = [[(fault.code, fault.path) for fault in r.faults] for r in answer.results]
    assert told[1] == [
        ("MALFORMED_KEY", ("externalId",)),
        ("UNKNOWN_FIELD", ("fields", "nonsense")),
        ("WRONG_TYPE", ("fields", "email")),
    ]
    assert told[2] == [("WRONG_TYPE", ("fields",))]
    assert told[3] == [("IN_FUTURE", ("createdAt",))]
    assert told[5] == [("WRONG_TYPE", ("account", "fields", "employees"))]


async def test_an_atomic_batch_with_a_fault_stores_nothing(scene: Scene) -> None:
    """Refuses the good items too."""
    outcome = await _send(scene, IncomingLead("a", {}), IncomingLead("b", {"x": 1}), atomic=True)
    assert outcome == [("REFUSED", ["BATCH_REFUSED"]), ("REFUSED", ["UNKNOWN_FIELD"])]
    assert await single.lead_by_key(scene.application, scene.admin, source="crm", external_id="a") is None


async def test_an_atomic_batch_with_a_reused_key_stores_nothing(scene: Scene) -> None:
    """Rolls back even when the fault shows only after writing began."""
    await scene.lead("a")
    now = scene.time.now()
    await _record(scene, IncomingActivity("k", "a", "webinar-attended", now))
    items = [IncomingActivity("new", "a", "webinar-attended", now), IncomingActivity("k", "a", "contact-form", now)]
    assert await _record(scene, *items, atomic=True) == [("REFUSED", ["BATCH_REFUSED"]), ("REFUSED", ["KEY_REUSED"])]
    assert await _record(scene, items[0]) == [("RECORDED", [])]


async def test_more_than_five_hundred_items_are_refused(scene: Scene) -> None:
    """Refuses the batch as a whole."""
    answer = await upsert_leads(
        scene.application, scene.integration, source="crm", items=[IncomingLead(str(i), {}) for i in range(501)]
    )
    assert [fault.code for fault in answer.faults] == ["TOO_MANY_ITEMS"]


async def test_the_same_lead_twice_in_a_batch_is_merged_in_order(scene: Scene) -> None:
    """Lets the later of two items win."""
    outcome = await _send(scene, IncomingLead("a", {"role": "CEO"}), IncomingLead("a", {"role": "CTO"}))
    assert [status for status, _ in outcome] == ["CREATED", "UPDATED"]
    assert await _fields(scene, "a") == {"role": "CTO"}


async def test_an_older_observation_does_not_overwrite_a_newer_one(scene: Scene) -> None:
    """Keeps the history of values, and the newest as the one that counts."""
    now = scene.time.now()
    await _send(scene, IncomingLead("a", {"role": "new"}, observed_at=now - timedelta(days=1)))
    await _send(scene, IncomingLead("a", {"role": "old"}, observed_at=now - timedelta(days=9)))
    assert await _fields(scene, "a") == {"role": "new"}
    async with scene.application.database.reading() as connection:
        found = await connection.execute(text("select value from field_value where field = 'role' order by valid_from"))
        assert list(found.scalars()) == ["old", "new"]


async def test_an_activity_counts_once(scene: Scene) -> None:
    """Answers a repetition with DUPLICATE and another content under the same key with KEY_REUSED."""
    await scene.lead("a")
    once = IncomingActivity("k", "a", "webinar-attended", scene.time.now())
    assert await _record(scene, once, once) == [("RECORDED", []), ("DUPLICATE", [])]
    events = len(await scene.events())
    assert await _record(scene, once) == [("DUPLICATE", [])]
    assert len(await scene.events()) == events
    assert await _record(scene, replace(once, type="contact-form")) == [("REFUSED", ["KEY_REUSED"])]


async def test_faulty_activities_are_refused_with_their_codes(scene: Scene) -> None:
    """Refuses unknown leads and types, the future, malformed keys and unknown fields."""
    await scene.lead("a")
    now = scene.time.now()
    outcome = await _record(
        scene,
        IncomingActivity("1", "nobody", "webinar-attended", now),
        IncomingActivity("2", "a", "dance", now),
        IncomingActivity("3", "a", "webinar-attended", now + timedelta(minutes=6)),
        IncomingActivity("", "a", "webinar-attended", now),
        IncomingActivity("5", "a", "webinar-attended", now, fields={"x": 1}),
        IncomingActivity("6", "a", "webinar-attended", now + timedelta(minutes=4)),
    )
    assert [codes for _, codes in outcome] == [
        ["UNKNOWN_LEAD"],
        ["UNKNOWN_ACTIVITY_TYPE"],
        ["IN_FUTURE"],
        ["MALFORMED_KEY"],
        ["UNKNOWN_FIELD"],
        [],
    ]


async def test_late_and_unordered_activities_give_the_same_decision(scene: Scene) -> None:
    """Judges by when things happened, not by when they were told [X.4]."""
    now = scene.time.now()
    kinds = ["webinar-attended", "whitepaper-download", "pricing-page-visit", "newsletter-click"] * 3
    told = [(kind, now - timedelta(days=3 * number, hours=number)) for number, kind in enumerate(kinds)]
    for lead, order in (("in", told[::-1]), ("out", random.Random(5).sample(told, len(told)))):
        await scene.lead(lead, email=None)
        for number, (kind, at) in enumerate(order):
            await _record(scene, IncomingActivity(f"{lead}{number}", lead, kind, at))
    assert await _digest(scene, "in") == await _digest(scene, "out")


async def test_a_dry_run_agrees_with_the_stored_decision(scene: Scene) -> None:
    """Gives the same scores, verdict and missing items without storing anything."""
    await scene.lead("a", email=None)
    await scene.activity("a", "webinar-attended", key="w")
    lead = await single.lead_by_key(scene.application, scene.admin, source="crm", external_id="a")
    assert lead is not None
    assert lead.decision_id is not None
    [stored] = await single.decisions(scene.application, [lead.decision_id])
    assert stored is not None
    company = IncomingAccount("x", fields={"employees": 60, "industry": "machinery"})
    asked = await dry_run(
        scene.application,
        lead=IncomingLead("z", dict(lead.fields), company),
        activities=[IncomingActivity("w", "z", "webinar-attended", scene.time.now())],
        agreement="main",
    )
    [then] = await known_to(scene.application, [stored])
    assert then is not None
    assert then.decision.digest == stored_decision(stored).digest
    assert then.decision.verdict.missing
    assert replace_sources(asked.decision) == replace_sources(then.decision)


def replace_sources(decision: Any) -> Any:
    """The decision without what names the stored activity, and without the ways, which name activities."""
    shares = [(s.dimension, s.rule, s.points, s.band, s.age_days) for s in decision.contributions]
    verdict = decision.verdict._replace(ways=())
    return shares, decision.fit, decision.interest, decision.grade, decision.stage, verdict, decision.route


async def test_twenty_racing_batches_create_each_lead_once(scene: Scene) -> None:
    """Lets senders repeat themselves at the same time."""
    items = [IncomingLead(f"r{number}", {"email": f"{number}@x.y"}) for number in range(20)]

    async def send(seed: int) -> None:
        await _send(scene, *random.Random(seed).sample(items, len(items)))

    await asyncio.gather(*(send(seed) for seed in range(20)))
    async with scene.application.database.reading() as connection:
        assert (await connection.execute(text("select count(*) from lead"))).scalar_one() == 20
    assert len(await scene.events("lead.created")) == 20


async def test_what_is_learnt_of_a_company_judges_its_other_leads_too(scene: Scene) -> None:
    """Judges the whole buying centre by the company's new fields."""
    company = IncomingAccount("acme", fields={"employees": 5})
    await _send(scene, IncomingLead("a", {"email": "a@x.y"}, company), IncomingLead("b", {"email": "b@x.y"}, company))
    before = (await _digest(scene, "b"))[0]
    await _send(scene, IncomingLead("a", {}, replace(company, fields={"employees": 120, "industry": "machinery"})))
    assert (await _digest(scene, "b"))[0] != before


async def test_sales_records_activities_of_its_own_leads_only(scene: Scene) -> None:
    """Refuses leads that its teams never had."""
    handover = await scene.offered("mine")
    await scene.lead("other")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    call = IncomingActivity("c", "mine", "sales-call", scene.time.now())
    answer = await record_activities(scene.application, scene.sales, source="crm", items=[call])
    assert answer.results[0].status is ItemStatus.RECORDED
    foreign = replace(call, key="d", lead="other")
    answer = await record_activities(scene.application, scene.sales, source="crm", items=[foreign])
    assert [fault.code for fault in answer.results[0].faults] == ["UNKNOWN_LEAD"]
    with pytest.raises(Forbidden):
        await upsert_leads(scene.application, scene.sales, source="crm", items=[])


async def test_a_lead_without_agreement_is_kept_and_judged_when_one_comes(bare_scene: Scene) -> None:
    """Stores a lead that nobody governs at PROSPECT, not judged."""
    await _send(bare_scene, IncomingLead("a", {}))
    lead = await single.lead_by_key(bare_scene.application, bare_scene.admin, source="crm", external_id="a")
    assert lead is not None
    assert (lead.stage, lead.agreement_id, lead.decision_id) == ("PROSPECT", None, None)
