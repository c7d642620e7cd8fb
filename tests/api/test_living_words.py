"""A version that takes a stage away, over the API: told at submission, in the preview, at activation [X.2]."""

from __future__ import annotations

from typing import Any

from tests.api.house import World, ref
from tests.api.test_versions_depth import active

FINDINGS = "findings { severity code path affected affectedIds }"
LEAD = "query ($ref: LeadRef!) { lead(ref: $ref) { id stage contactOwner } }"


def _without(journey: dict[str, Any], *gone: str) -> dict[str, Any]:
    stages = [stage for stage in journey["stages"] if stage["key"] not in gone]
    kept = [s | {"next": [k for k in s["next"] if k not in gone]} for s in stages]
    return journey | {"stages": [s | {"next": [*s["next"], "customer"]} if s["key"] == "sal" else s for s in kept]}


async def _approved(world: World, **sections: Any) -> tuple[str, list[dict[str, Any]]]:
    """A version signed by both parties, and what its submission told that concerns leads."""
    draft = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version = draft["version"]["id"]
    given = {"version": version, "expectedRevision": 1, "sections": sections}
    await world.marketing.done("updateDraft", "version { revision }", **given)
    told = await world.sales.done("submitVersion", FINDINGS, version=version, expectedRevision=2)
    for signer, party in ((world.marketing, "MARKETING"), (world.sales, "SALES")):
        await signer.done("signVersion", "version { state }", version=version, party=party, approve=True)
    return version, [f for f in told["findings"] if f["affected"] is not None]


async def test_leads_of_a_stage_that_goes_are_told_and_go_on(world: World) -> None:
    """Sales learns how many there are; who sees all leads also which."""
    key, handover = await world.offered()
    await world.sales.done("acceptHandover", "handover { state }", handover=handover)
    for stage in ("sql", "opportunity"):
        await world.sales.done("moveLead", "lead { stage }", lead=ref(key), stage=stage)
    journey = (await active(world))["documentJson"]["journey"]
    version, told = await _approved(world, journey=_without(journey, "sql", "opportunity"))
    about = {"severity": "WARNING", "code": "STAGE_IN_USE", "path": "journey.stages[opportunity]", "affected": 1}
    assert told == [about | {"affectedIds": []}]
    preview = f"preview {{ vocabulary {{ message {FINDINGS[11:-2]} }} }}"
    tried = await world.management.done("activateVersion", preview, version=version, previewOnly=True)
    (found,) = tried["preview"]["vocabulary"]
    assert found.pop("message") == "1 lead at the stage 'opportunity', which is gone: they go to sal (1)."
    await world.management.done("activateVersion", "version { state }", version=version)
    await world.pass_time(seconds=1)
    lead = (await world.admin.ask(LEAD, ref=ref(key)))["lead"]
    assert (lead["stage"], lead["contactOwner"]) == ("sal", "SALES")
    assert found == about | {"affectedIds": [lead["id"]]}
    won = await world.sales.done("moveLead", "lead { stage }", lead=ref(key), stage="customer")
    assert won["lead"]["stage"] == "customer"


async def test_a_version_that_routes_to_nobody_is_refused_with_its_findings(world: World) -> None:
    """A warning until then, an error at the activation."""
    handover = (await active(world))["documentJson"]["handover"] | {"routing": [{"team": "inside-sale"}]}
    version, _ = await _approved(world, handover=handover)
    selection = "version { state } findings { severity code path message } errors { code path }"
    refused = await world.management.do("activateVersion", selection, version=version)
    assert refused["errors"] == [{"code": "INVALID_DOCUMENT", "path": ["version", "handover.routing[0].team"]}]
    assert {"severity": "ERROR", "code": "UNKNOWN_TEAM"}.items() <= refused["findings"][0].items()
    assert refused["findings"][0]["message"] == "There is no team 'inside-sale'. Did you mean 'inside-sales'?"
