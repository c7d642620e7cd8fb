"""Who owns contact with a lead over its life, and caps for a whole company [S1.6]."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from application.agreements.deciding_versions import activate_version
from application.handovers.answer_handover import accept_handover
from application.handovers.move_lead import move_lead
from application.intake.contact_permission import contact_permission
from application.intake.upsert_leads import upsert_leads
from application.runtime.incoming import IncomingAccount, IncomingLead
from domain.leads.contact import Permission
from domain.party import Party
from tests.application.scene import Scene


async def asked(scene: Scene, key: str, party: Party, **more: Any) -> Permission:
    """What the guard says about a call."""
    answer = await contact_permission(
        scene.application, scene.admin, lead_id=None, key=(scene.source, key), party=party, channel="phone", **more
    )
    return answer.permission


async def guarded(scene: Scene, **contact: Any) -> None:
    """Another contact section in force."""
    version = await scene.new_version("main", sections={"contact": contact})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def colleagues(scene: Scene, *keys: str) -> None:
    """Leads of one company."""
    company = IncomingAccount("werk", fields={"employees": 60})
    people = [IncomingLead(key, {"email": f"{key}@werk.example"}, company) for key in keys]
    await upsert_leads(scene.application, scene.integration, source=scene.source, items=people)


async def test_the_stage_says_who_owns_a_customer(scene: Scene) -> None:
    """Whoever owned contact before; the past keeps its owners."""
    document_stages = {"customer": "MARKETING"}
    version = await scene.new_version("main", sections={"journey": await _journey(scene, document_stages)})
    await activate_version(scene.application, scene.management, version_id=version)
    handover = await scene.offered("ada")
    offered = scene.time.at
    scene.time.pass_by(hours=1)
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    accepted = scene.time.at
    for stage in ("sql", "opportunity", "customer"):
        scene.time.pass_by(days=1)
        await move_lead(scene.application, scene.admin, lead_id=handover.lead_id, stage=stage)
    owners = {at: (await asked(scene, "ada", Party.SALES, at=at)).owner for at in (offered, accepted, scene.time.at)}
    assert list(owners.values()) == [Party.MARKETING, Party.SALES, Party.MARKETING]
    assert (await asked(scene, "ada", Party.MARKETING, at=scene.time.at + timedelta(days=365))).allowed


async def _journey(scene: Scene, owners: dict[str, str]) -> dict[str, Any]:
    compiled_version = await _document(scene)
    journey: dict[str, Any] = compiled_version["journey"]
    for stage in journey["stages"]:
        stage["owner"] = owners.get(stage["key"], stage["owner"])
    return journey


async def _document(scene: Scene) -> dict[str, Any]:
    async with scene.application.database.reading() as connection:
        return (await scene.application.version_cache.version(connection, scene.main)).document.to_json()


async def test_a_cap_for_a_company_counts_the_contacts_with_all_its_leads(scene: Scene) -> None:
    """A colleague's contacts count, a stranger's do not; the breach is told when the third arrives."""
    await guarded(scene, caps=[{"contacts": 2, "within": "P7D", "per": "ACCOUNT"}])
    await colleagues(scene, "ada", "ben")
    await scene.lead("other")
    for key in ("ada", "ben", "other"):
        await scene.activity(key, "newsletter", party=Party.MARKETING)
        scene.time.pass_by(hours=1)
    refused = await asked(scene, "ada", Party.MARKETING)
    assert [reason.code.value for reason in refused.reasons] == ["FREQUENCY_CAP"]
    assert (await asked(scene, "other", Party.MARKETING)).allowed
    assert await scene.breaches(kind=("contact-collision",)) == []
    await scene.activity("ben", "newsletter", party=Party.MARKETING)
    (breach,) = await scene.breaches(kind=("contact-collision",))
    assert (breach.party, breach.reasons) == (Party.MARKETING, ("FREQUENCY_CAP",))


async def test_the_rules_of_the_time_count(scene: Scene) -> None:
    """A contact is held against the version that was in force when it happened, also when it is told later."""
    await scene.lead("ada")
    before = scene.time.at
    scene.time.pass_by(days=1)
    await guarded(scene, consents={"calls": {"label": "Calls"}})
    scene.time.pass_by(hours=1)
    await scene.activity("ada", "newsletter", party=Party.MARKETING, occurred_at=before)
    assert await scene.breaches(kind=("contact-collision",)) == []
    await scene.activity("ada", "newsletter", party=Party.MARKETING)
    assert [breach.reasons for breach in await scene.breaches(kind=("contact-collision",))] == [("NO_CONSENT",)]


async def test_a_contact_told_late_makes_those_with_colleagues_too_many(scene: Scene) -> None:
    """Looks again at what was done with other leads of the company, also under another transaction; each once."""
    await guarded(scene, caps=[{"contacts": 1, "within": "P7D", "per": "ACCOUNT"}])
    await colleagues(scene, "ada", "ben", "eve")
    monday = scene.time.at
    scene.time.pass_by(days=2)
    ada = (await scene.activity("ada", "newsletter", party=Party.MARKETING)).lead_id
    assert await scene.breaches(kind=("contact-collision",)) == []
    for _ in range(2):
        await scene.activity("ben", "newsletter", key="late", party=Party.MARKETING, occurred_at=monday)
    (breach,) = await scene.breaches(kind=("contact-collision",))
    assert (breach.lead_id, breach.reasons, breach.opened_at) == (ada, ("FREQUENCY_CAP",), monday + timedelta(days=2))
    refused = await asked(scene, "eve", Party.MARKETING)
    assert [reason.code.value for reason in refused.reasons] == ["FREQUENCY_CAP"]


async def test_contacts_with_a_company_at_once_are_counted_one_after_the_other(scene: Scene) -> None:
    """Of six colleagues who are written to at the same time, one may be; each of the others is told once."""
    await guarded(scene, caps=[{"contacts": 1, "within": "P7D", "per": "ACCOUNT"}])
    keys = ("ada", "ben", "cem", "dora", "eve", "finn")
    await colleagues(scene, *keys)
    await asyncio.gather(*(scene.activity(key, "newsletter", party=Party.MARKETING) for key in keys))
    breaches = await scene.breaches(kind=("contact-collision",))
    assert len(breaches) == len({breach.subject_id for breach in breaches}) == 5
