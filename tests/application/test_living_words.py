"""Versions that change words under living leads: what is told of them, and where the leads go [X.2]."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from application.agreements.deciding_versions import activate_version
from application.agreements.draft_content import InvalidDocument
from application.agreements.rolling_back import rollback
from application.documents.surroundings import living
from application.handovers.answer_handover import accept_handover
from application.handovers.move_lead import move_lead
from application.history.as_of import known_at
from application.intake.upsert_leads import upsert_leads
from application.reading import single
from application.runtime.incoming import IncomingAccount, IncomingLead
from application.runtime.transaction import Transaction
from domain.agreements.heirs import FITTING
from domain.checking.removed_words import Living, lost_stages, lost_words, vocabulary_findings
from domain.document.document import SlaDocument
from domain.document.findings import Finding, Severity
from domain.handovers.handover import HandoverState
from domain.leads.lead import Lead
from domain.words.keys import item_in
from persistence.agreements import vocabulary
from tests.application.living_scene import (
    bring_into_force,
    changes,
    content,
    everywhere,
    leads_now,
    renamed_stages,
    stages_now,
    without_stages,
)
from tests.application.scene import Scene

CODES = {
    "journey.stages": ("STAGE_IN_USE", "STAGE_WITHOUT_HEIR"),
    "fields": ("FIELD_IN_USE",),
    "activityTypes": ("ACTIVITY_TYPE_IN_USE",),
    "handover.returnReasons": ("REASON_IN_USE",),
}
"""The keyed lists whose keys leads carry."""


async def told(scene: Scene, documents: Sequence[SlaDocument]) -> list[list[Finding]]:
    """What would become of the leads there are under each of the documents."""
    (compiled_version,) = await _books(scene)
    before, agreement, now = compiled_version.document, compiled_version.agreement_id, scene.time.now()
    found = []
    async with scene.application.database.reading() as connection:
        for document in documents:
            standing = await vocabulary.standing(connection, agreement, [s.key for s in lost_stages(before, document)])
            carriers = await vocabulary.carriers(connection, agreement, lost_words(before, document), now=now)
            found.append(list(vocabulary_findings(document, Living(before, *standing, carriers))))
    return found


async def test_every_change_of_a_key_that_leads_carry_is_told_with_their_number(scene: Scene) -> None:
    """Counted once more without the database; of keys that no lead carries nothing is told."""
    named = await everywhere(scene)
    leads = await leads_now(scene)
    companies = Counter(("employees", "industry") * len(leads))
    done = {lead_id: {"contact-form"} for lead_id in named.values()} | {named["prospect"]: {"webinar-attended"}}

    def held_back(lead: Lead) -> bool:
        return lead.cool_off_until is not None or bool(lead.data_awaited)

    def carry(path: str, key: str) -> set[UUID]:
        carried: dict[str, Any] = {
            "journey.stages": lambda lead: lead.stage == key,
            "fields": lambda lead: key in lead.fields or key in companies,
            "activityTypes": lambda lead: key in done[lead.id],
            "handover.returnReasons": lambda lead: (
                lead.return_reason == key and (lead.cool_off_until or lead.data_awaited)
            ),
        }
        holds = carried.get(path, lambda _: False)
        return {lead.id for lead in leads.values() if holds(lead)}

    tried = Counter[str]()
    possible = {change: document for change in changes(content()) if (document := change.document) is not None}
    for change, found in zip(possible, await told(scene, list(possible.values())), strict=True):
        concerned = carry(change.path, change.key)
        numbers = [(f.code, f.affected, set(f.affected_ids)) for f in found]
        assert [(n, ids) for _, n, ids in numbers] == [(len(concerned), concerned)] * bool(concerned), change
        assert all(code in CODES[change.path] for code, _, _ in numbers), change
        tried[change.path] += bool(concerned)
    assert {path: tried[path] > 0 for path in CODES} == dict.fromkeys(CODES, True)
    assert set(tried) >= {"calendars", "scoring.fit.criteria", "handover.triggers", "targets"}


async def test_values_and_teams_that_are_in_use_are_told(scene: Scene) -> None:
    """Of an enumeration only those who carry the value; of a team those whose open handover is there."""
    fields = content()["fields"]
    size = {"key": "size", "label": "S", "type": "ENUM", "values": ["small", "big"]}
    await bring_into_force(scene, fields=[*fields, size])
    small, big = [await scene.lead(name, size=name) for name in ("small", "big")]
    await scene.offered("large", employees=300, size="big")
    handover = content()["handover"] | {"routing": [{"team": "inside-sales"}]}
    sections = {"fields": [*fields, size | {"values": ["big", "huge"]}], "handover": handover}
    version = await scene.new_version("main", sections=sections)
    found = await single.version(scene.application, version)
    assert found is not None

    async def body(transaction: Transaction) -> list[Finding]:
        document = SlaDocument.model_validate(found.document)
        present = await living(transaction, found, document)
        return list(vocabulary_findings(document, present)) if present else []

    told = {f.code: f for f in await scene.application.transact(body)}
    assert told.keys() == {"FIELD_IN_USE", "TEAM_IN_USE"}
    assert (told["FIELD_IN_USE"].path, told["FIELD_IN_USE"].affected_ids) == ("fields[size].values", (small.lead_id,))
    assert told["TEAM_IN_USE"].affected == 1
    assert big.lead_id not in told["TEAM_IN_USE"].affected_ids


async def _consistent(scene: Scene) -> dict[UUID, Lead]:
    """Every lead is at a stage of the version in force, where its handover may be, and judged as it stands."""
    (compiled_version,) = await _books(scene)
    leads = await leads_now(scene)
    open_now = {h.lead_id: h.state for h in await scene.handovers() if h.closed_at is None}
    for lead in leads.values():
        stage = compiled_version.document.journey.stage(lead.stage)
        assert stage is not None
        assert stage.kind.value == lead.stage_kind
        assert lead.id not in open_now or stage.kind in FITTING[open_now[lead.id]]
    then = await known_at(scene.application, [(lead_id, scene.time.now()) for lead_id in leads])
    assert [t and t.decision.meaning for t in then] == [lead.decision_meaning for lead in leads.values()]
    return leads


async def _books(scene: Scene) -> list[Any]:
    async with scene.application.database.reading() as connection:
        return (await scene.application.version_cache.active(connection)).compiled_versions


async def _act(scene: Scene, leads: dict[str, UUID]) -> None:
    """Every lead is judged, answered, and moved wherever its stage leads."""
    for handover in [h for h in await scene.handovers() if h.closed_at is None and h.state is HandoverState.OFFERED]:
        await accept_handover(scene.application, scene.admin, handover_id=handover.id, comment=None)
    await _consistent(scene)
    for name, lead_id in leads.items():
        await scene.lead(name, country="AT")
        (lead,) = await single.leads(scene.application, scene.admin, [lead_id])
        (compiled_version,) = await _books(scene)
        assert lead is not None
        stage = compiled_version.document.journey.stage(lead.stage)
        if stage.next:
            await move_lead(scene.application, scene.admin, lead_id=lead_id, stage=stage.next[0], reason="on")


async def _renamed_and_back(scene: Scene, leads: dict[str, UUID]) -> None:
    """Each is at its stage under the new name since it came there; the event says that a version did it."""
    before = await _consistent(scene)
    names = {stage["key"]: f"{stage['key']}-x" for stage in content()["journey"]["stages"]}
    scene.time.pass_by(hours=1)
    replaced = {"stages": {old: {"to": new} for old, new in names.items()}}
    await bring_into_force(scene, journey=renamed_stages(content(), names), replaced=replaced)
    after = await _consistent(scene)
    assert {lead.id: lead.stage for lead in after.values()} == {lead.id: names[lead.stage] for lead in before.values()}
    moves = (await scene.events("lead.stage"))[-len(leads) :]
    assert Counter(e.payload["reason"] for e in moves) == {"version": len(leads)}
    assert all(e.payload["fromTeam"] == e.payload["toTeam"] for e in moves)
    owed = await scene.obligations(kind=["stage-time"], state=["OPEN"])
    assert {item_in(o.instance_key) for o in owed} == {"sal-x", "sql-x", "opportunity-x"}
    await rollback(scene.application, scene.management, agreement="main", to_version=scene.main)
    await scene.tick()
    same = ("stage", "stage_kind", "stage_since", "stage_clock_from", "contact_owner", "signs", "grade", "rounds")
    for lead_id, lead in (await _consistent(scene)).items():
        assert [getattr(lead, name) for name in same] == [getattr(before[lead_id], name) for name in same]


async def _of_another_kind_and_back(scene: Scene, leads: dict[str, UUID]) -> None:
    """Who is worked by sales stays with sales; who is not goes with the stage."""
    kinds = {"sql": "PROSPECT", "opportunity": "SALES_QUALIFIED", "recycled": "PROSPECT"}
    stages = [s | {"kind": kinds.get(s["key"], s["kind"])} for s in content()["journey"]["stages"]]
    again = {"key": "back", "label": "Back", "kind": "RECYCLED", "owner": "MARKETING", "next": ["mql", "sal"]}
    await bring_into_force(scene, journey=content()["journey"] | {"stages": [*stages, again]})
    now = await stages_now(scene, leads)
    assert (now["sql"], now["opportunity"], now["recycled"]) == ("opportunity", "opportunity", "recycled")
    await _consistent(scene)
    await rollback(scene.application, scene.management, agreement="main", to_version=scene.main)
    await scene.tick()
    assert (await stages_now(scene, leads))["recycled"] == "recycled"
    await _consistent(scene)


async def _gone(scene: Scene, leads: dict[str, UUID]) -> None:
    """To the nearest stage before it that is left, also before the clock came to judge them; then all can go on."""
    before = await stages_now(scene, leads)
    await bring_into_force(scene, tick=False, journey=without_stages(content(), "sql", "opportunity"))
    await move_lead(scene.application, scene.admin, lead_id=leads["opportunity"], stage="customer")
    await scene.tick()
    await _consistent(scene)
    assert await stages_now(scene, leads) == before | {"sql": "sal", "opportunity": "customer"}
    about = [e.payload for e in await scene.events("lead.stage") if e.lead_id == leads["opportunity"]]
    assert [(e["from"], e["to"], e["reason"]) for e in about[-2:]] == [
        ("opportunity", "sal", "version"),
        ("sal", "customer", None),
    ]


async def test_leads_find_their_stage_under_every_version(scene: Scene) -> None:
    """All stages renamed and rolled back, some of another kind, some gone: then all can be judged, answered, moved."""
    leads = await everywhere(scene)
    await _renamed_and_back(scene, leads)
    await _of_another_kind_and_back(scene, leads)
    await _gone(scene, leads)
    await _act(scene, leads)
    await _consistent(scene)


async def test_a_version_that_leaves_no_stage_for_a_lead_does_not_come_into_force(scene: Scene) -> None:
    """Refused at submission, and at the activation where the lead came only after both had signed; told if planned."""
    journey = without_stages(content(), "customer")
    version = await scene.new_version("main", sections={"journey": journey})
    later = await scene.new_version("main", sections={"journey": journey, "priority": 3})
    at = scene.time.now().replace(hour=20)
    await activate_version(scene.application, scene.management, version_id=later, at=at)
    leads = await everywhere(scene)
    for refused in (
        activate_version(scene.application, scene.management, version_id=version),
        scene.new_version("main", sections={"journey": journey, "priority": 4}),
    ):
        with pytest.raises(InvalidDocument) as told:
            await refused
        (fault,) = [f for f in told.value.findings if f.severity is Severity.ERROR]
        assert (fault.code, fault.affected, fault.affected_ids) == ("STAGE_WITHOUT_HEIR", 1, (leads["customer"],))
    scene.time.at = at
    await scene.tick()
    (event,) = await scene.events("version.activation-refused")
    assert [f["code"] for f in event.payload["findings"]] == ["STAGE_WITHOUT_HEIR"]
    found = await single.version(scene.application, later)
    assert found is not None
    assert (found.state.value, found.effective_from) == ("APPROVED", None)


async def test_null_clears_what_no_version_knows_any_more(scene: Scene) -> None:
    """Of the lead and of its company; what is not carried stays unknown."""
    fields = content()["fields"]
    await bring_into_force(scene, fields=[*fields, {"key": "zone", "label": "Z", "type": "TEXT", "of": "ACCOUNT"}])

    async def send(**told: Any) -> list[str]:
        company = IncomingAccount("c", fields={"zone": told.pop("zone", None)})
        item = IncomingLead("l", told, company)
        (result,) = (await upsert_leads(scene.application, scene.integration, source="crm", items=[item])).results
        return [result.status.value, *(fault.code for fault in result.faults)]

    assert await send(phone="123", zone="north") == ["CREATED"]
    await bring_into_force(scene, fields=[f for f in fields if f["key"] != "phone"])
    assert await send(phone="456", zone="south") == ["REFUSED", "UNKNOWN_FIELD", "UNKNOWN_FIELD"]
    assert await send(phone=None, mobile=None) == ["REFUSED", "UNKNOWN_FIELD"]
    assert await send(phone=None) == ["UPDATED"]
    (lead,) = (await leads_now(scene)).values()
    assert lead.fields == {}
    assert await send(phone=None) == ["REFUSED", "UNKNOWN_FIELD", "UNKNOWN_FIELD"]
