"""Findings over the API: with the teams there are, and beside the other agreements in force [X.1]."""

from __future__ import annotations

from typing import Any

from tests.api.house import World, besides_consents, in_force
from tests.api.test_versions_depth import active, draft

CHECK = "query ($d: JSON!) { checkSla(document: $d) { severity code path message } }"
FINDINGS = "query ($id: ID!) { slaVersion(id: $id) { findings { code path } } }"
MANY = {"key": "many", "metric": "accepted-leads", "team": "field-sales", "period": "MONTH", "value": 41}


async def found_in(world: World, version: str) -> list[dict[str, Any]]:
    """What is found about a version, but that the starter asks for no consents."""
    return besides_consents((await world.sales.ask(FINDINGS, id=version))["slaVersion"]["findings"])


async def test_targets_are_checked_against_the_teams_there_are(world: World) -> None:
    """In a dry check, in the findings of a draft, and in the payload of the edit that made it."""
    document = (await active(world))["documentJson"]
    document["targets"].append(MANY)
    assert besides_consents((await world.sales.ask(CHECK, d=document))["checkSla"]) == []
    members = [{"person": "karl.huber", "maxPerMonth": 15}, {"person": "petra.lang", "maxPerMonth": 25}]
    await world.management.done(
        "upsertTeam",
        "team { key }",
        key="field-sales",
        title="F",
        party="SALES",
        leadPerson="karl.huber",
        members=members,
    )
    expected = {"code": "TARGET_EXCEEDS_CAPACITY", "path": "targets[many].value"}
    (found,) = besides_consents((await world.sales.ask(CHECK, d=document))["checkSla"])
    assert {name: found[name] for name in expected} == expected
    assert found["message"] == "Those who take the leads have room for 40 a month."
    made = await world.marketing.done("createDraft", "version { id }", agreement="main")
    version = made["version"]["id"]
    edited = await world.marketing.done(
        "updateDraft",
        "findings { code path }",
        version=version,
        expectedRevision=1,
        sections={"targets": document["targets"]},
    )
    assert besides_consents(edited["findings"]) == [expected]
    assert await found_in(world, version) == [expected]


async def test_agreements_that_could_govern_one_lead_alike_are_found(world: World) -> None:
    """A warning beside the other agreement in force; another priority or a scope apart settles it [B7].

    A draft for all leads is not told of another one for all leads before both parties have signed.
    """
    document: dict[str, Any] = (await active(world))["documentJson"]
    made = await world.marketing.done(
        "createAgreement", "version { id findings { code } }", key="east", title="East", document=document
    )
    version = made["version"]["id"]
    assert besides_consents(made["version"]["findings"]) == []
    tie = [{"code": "PRIORITY_TIE", "path": "priority"}]
    east = {"field": "country", "op": "in", "value": ["PL", "CZ"]}
    for revision, sections, found in ((1, {"scope": east}, tie), (2, {"priority": 5}, []), (3, {"priority": 0}, tie)):
        edited = await world.marketing.done(
            "updateDraft", "findings { code path }", version=version, expectedRevision=revision, sections=sections
        )
        assert besides_consents(edited["findings"]) == found
        assert await found_in(world, version) == found
    await in_force(world, version, revision=4)
    again = await draft(world, scope={"not": east})
    assert await found_in(world, again) == []
    again = await draft(world, priority=0)
    assert await found_in(world, again) == tie
    other = await world.marketing.done("createAgreement", "version { id }", key="all", title="All", template="starter")
    version = other["version"]["id"]
    submitted = await world.marketing.done(
        "submitVersion", "version { findings { code path } }", version=version, expectedRevision=1
    )
    assert besides_consents(submitted["version"]["findings"]) == tie
    for signer, party in ((world.marketing, "MARKETING"), (world.sales, "SALES")):
        await signer.done("signVersion", "version { state }", version=version, party=party, approve=True)
    assert await found_in(world, version) == tie * 2
