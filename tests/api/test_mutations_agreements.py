"""Mutations of agreements and versions: each once, and each of their refusals once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from api.graphql.parts.global_ids import global_id
from domain.words.ids import new_id
from tests.api.house import MONDAY, World, besides_consents, in_force, mutation_of, numbers

STARTER = "{ slaTemplates { key document } }"


async def starter(world: World) -> dict[str, Any]:
    """The document of the starter template."""
    found = (await world.admin.ask(STARTER))["slaTemplates"]
    document: dict[str, Any] = next(t["document"] for t in found if t["key"] == "starter")
    return document


async def draft(world: World, **given: Any) -> tuple[str, str]:
    """A new agreement with a draft of the starter template: its key and the version's id."""
    key = f"agreement-{next(numbers)}"
    made = await world.sales.done(
        "createAgreement", "version { id }", **{"key": key, "title": "An agreement", "template": "starter", **given}
    )
    return key, made["version"]["id"] if made["version"] else ""


async def approved(world: World, version: str) -> str:
    """The draft, submitted and signed by both."""
    await world.marketing.done("submitVersion", "version { id }", version=version, expectedRevision=1)
    for party, signer in (("MARKETING", world.marketing), ("SALES", world.sales)):
        await signer.done("signVersion", "version { id }", version=version, party=party, approve=True)
    return version


async def test_an_agreement_is_created_from_a_template_a_document_or_nothing(world: World) -> None:
    """An agreement is created with a draft of a template or a document, or without one."""
    selection = "agreement { key title activeVersion { id } } version { number state revision findings { code } }"
    made = await world.sales.done("createAgreement", selection, key="t", title="T", template="starter")
    assert made["agreement"] == {"key": "t", "title": "T", "activeVersion": None}
    not_asked = [{"code": "CONSENT_NOT_ASKED"}] * 2
    assert made["version"] == {"number": 1, "state": "DRAFT", "revision": 1, "findings": not_asked}
    document = await starter(world)
    made = await world.management.done("createAgreement", selection, key="d", title="D", document=document)
    assert made["version"]["number"] == 1
    made = await world.marketing.done("createAgreement", selection, key="n", title="N")
    assert made["version"] is None


async def test_a_creation_that_makes_no_sense_is_refused(world: World) -> None:
    """Keys that are malformed or taken, unknown templates, two sources and faulty documents are refused."""
    refused = world.sales.refused
    assert await refused("createAgreement", key="a b", title="T") == ["MALFORMED_KEY"]
    assert await refused("createAgreement", key="main", title="T") == ["KEY_REUSED"]
    assert await refused("createAgreement", key="x", title=" ") == ["VALUE_NOT_ALLOWED"]
    assert await refused("createAgreement", key="x", title="T", template="none") == ["NOT_FOUND"]
    assert await refused("createAgreement", key="x", title="T", template="starter", document={}) == [
        "VALUE_NOT_ALLOWED"
    ]
    faulty = await starter(world)
    faulty["handover"]["answerWithin"] = {"duration": "4h"}
    del faulty["title"]
    payload = await world.sales.do("createAgreement", "agreement { id }", key="x", title="T", document=faulty)
    assert payload["agreement"] is None
    assert {e["code"] for e in payload["errors"]} == {"INVALID_DOCUMENT"}
    paths = [e["path"] for e in payload["errors"]]
    assert ["document", "title"] in paths
    assert any(path[1].startswith("handover.answerWithin") for path in paths)


async def test_the_same_creation_twice_is_done_once(world: World) -> None:
    """With an idempotency key the same answer comes again; other input under the key is refused."""
    given = {"key": "once", "title": "Once", "template": "starter", "idempotencyKey": "k1"}
    first = await world.sales.done("createAgreement", "agreement { id } version { id }", **given)
    assert await world.sales.done("createAgreement", "agreement { id } version { id }", **given) == first
    assert await world.sales.refused("createAgreement", **{**given, "title": "Other"}) == ["IDEMPOTENCY_KEY_REUSED"]
    drafts = {"agreement": "once", "template": "starter", "idempotencyKey": "k1"}
    second = await world.sales.done("createDraft", "version { id number }", **drafts)
    assert await world.sales.done("createDraft", "version { id number }", **drafts) == second
    assert second["version"]["number"] == 2


async def test_a_repetition_while_the_first_still_runs_is_told_so(world: World) -> None:
    """The second request with a key is IDEMPOTENCY_IN_PROGRESS while the first waits."""
    given = {"key": "slow", "title": "Slow", "idempotencyKey": "k2"}
    async with world.application.database.transaction() as connection:
        await connection.execute(
            text("insert into agreement (id, key, title, created_at) values (:id, 'slow', 'x', :now)"),
            {"id": new_id(now=MONDAY), "now": MONDAY},
        )
        both = [asyncio.create_task(world.sales.refused("createAgreement", **given)) for _ in range(2)]
        (told,), (waiting,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED, timeout=5)
        assert await told == ["IDEMPOTENCY_IN_PROGRESS"]
        await connection.execute(text("delete from agreement where key = 'slow'"))
    assert await waiting == []


async def test_a_draft_is_made_of_a_version_a_template_or_a_document(world: World) -> None:
    """A draft begins as the version in force, a named version, a template or a document."""
    selection = "version { id number state note basedOn { number } digest }"
    key, version = await draft(world)
    assert await world.sales.refused("createDraft", agreement=key) == ["WRONG_STATE"]
    named = await world.sales.done("createDraft", selection, agreement=key, fromVersion=version, note="again")
    assert named["version"]["number"] == 2
    assert (named["version"]["note"], named["version"]["basedOn"]) == ("again", {"number": 1})
    of_main = await world.sales.done("createDraft", selection, agreement="main")
    assert of_main["version"]["basedOn"] == {"number": 1}
    given = {"agreement": key, "document": await starter(world)}
    written = await world.sales.done("createDraft", selection, **given)
    assert written["version"]["digest"] == named["version"]["digest"]
    refused = world.sales.refused
    assert await refused("createDraft", agreement="none", template="starter") == ["NOT_FOUND"]
    assert await refused("createDraft", agreement="main", fromVersion=version) == ["NOT_FOUND"]
    assert await refused("createDraft", agreement="main", fromVersion="nonsense") == ["NOT_FOUND"]
    assert await refused("createDraft", agreement=key, fromVersion=version, template="starter") == ["VALUE_NOT_ALLOWED"]


UPDATED = "version { revision note documentJson } findings { severity code path }"


async def test_a_draft_is_edited_whole_or_by_section(world: World) -> None:
    """An edit replaces the document or the sections it names; findings are told; faults change nothing."""
    _, version = await draft(world)
    document = await starter(world)
    document["accountable"] = "mara.stein"
    edited = await world.sales.done(
        "updateDraft", UPDATED, version=version, expectedRevision=1, document=document, note="n"
    )
    assert (edited["version"]["revision"], edited["version"]["note"]) == (2, "n")
    assert edited["version"]["documentJson"]["accountable"] == "mara.stein"
    sections = {"accountable": "jo.winter", "handover": {**document["handover"], "maxRounds": 5}}
    edited = await world.marketing.done("updateDraft", UPDATED, version=version, expectedRevision=2, sections=sections)
    assert edited["version"]["documentJson"]["handover"]["maxRounds"] == 5
    assert edited["version"]["documentJson"]["journey"] == document["journey"]
    bad = {"handover": {**document["handover"], "maxRounds": "many"}}
    payload = await world.marketing.do("updateDraft", UPDATED, version=version, expectedRevision=3, sections=bad)
    assert payload["version"] is None
    assert payload["errors"] == [{"code": "INVALID_DOCUMENT", "path": ["sections", "handover.maxRounds"]}]
    assert [f["path"] for f in payload["findings"] if f["severity"] == "ERROR"] == ["handover.maxRounds"]
    strange: list[Any] = [{"nonsense": 1}, [], "text"]
    for odd in strange:
        payload = await world.marketing.do("updateDraft", UPDATED, version=version, expectedRevision=3, sections=odd)
        assert {e["code"] for e in payload["errors"]} == {"INVALID_DOCUMENT"}
    both = {"version": version, "expectedRevision": 3, "document": document, "sections": {}}
    assert await world.sales.refused("updateDraft", **both) == ["VALUE_NOT_ALLOWED"]


async def test_an_edit_that_did_not_see_the_latest_is_stale(world: World) -> None:
    """A stale edit is told the current revision and what changed meanwhile."""
    _, version = await draft(world)
    await world.sales.done(
        "updateDraft", "version { id }", version=version, expectedRevision=1, sections={"accountable": "jo"}
    )
    query = mutation_of("updateDraft", "errors { code message path ... on StaleRevisionError { currentRevision } }")
    given = {"version": version, "expectedRevision": 1, "sections": {"accountable": "mia"}}
    (error,) = (await world.marketing.ask(query, input=given))["updateDraft"]["errors"]
    assert (error["code"], error["currentRevision"], error["path"]) == ("STALE_REVISION", 2, ["expectedRevision"])
    assert "accountable" in error["message"]
    assert await world.sales.refused("submitVersion", version=version, expectedRevision=1) == ["STALE_REVISION"]


async def test_a_version_lives_through_all_its_states(world: World) -> None:
    """A version is submitted, signed by both and activated; a newer one supersedes it."""
    key, version = await draft(world)
    selection = "version { state } findings { code }"
    submitted = await world.sales.done("submitVersion", selection, version=version, expectedRevision=1)
    assert besides_consents(submitted.pop("findings")) == []
    assert submitted == {"version": {"state": "IN_REVIEW"}, "errors": []}
    assert await world.sales.refused("updateDraft", version=version, expectedRevision=1) == ["WRONG_STATE"]
    sign = {"version": version, "approve": True}
    await world.sales.done("signVersion", selection, party="SALES", comment="fine", **sign)
    assert await world.leader.refused("signVersion", party="SALES", **sign) == ["ALREADY_SIGNED"]
    assert await world.management.refused("activateVersion", version=version) == ["WRONG_STATE"]
    signed = await world.marketing.done("signVersion", selection, party="MARKETING", **sign)
    assert signed["version"] == {"state": "APPROVED"}
    active = await world.management.done("activateVersion", selection, version=version)
    assert active["version"] == {"state": "ACTIVE"}
    newer = await world.sales.done("createDraft", "version { id }", agreement=key)
    await in_force(world, newer["version"]["id"])
    query = "query ($id: ID!) { slaVersion(id: $id) { state supersededAt } }"
    found = (await world.tool.ask(query, id=version))["slaVersion"]
    assert found == {"state": "SUPERSEDED", "supersededAt": world.time.at.isoformat().replace("+00:00", ".000Z")}


async def test_a_no_rejects_and_a_version_can_be_withdrawn(world: World) -> None:
    """A party's no rejects a version; one that is not in force yet can be withdrawn, later not."""
    _, version = await draft(world)
    await world.sales.done("submitVersion", "version { id }", version=version, expectedRevision=1)
    no = await world.sales.done("signVersion", "version { state }", version=version, party="SALES", approve=False)
    assert no["version"] == {"state": "REJECTED"}
    _, other = await draft(world)
    gone = await world.management.done("withdrawVersion", "version { state }", version=other, reason="no longer")
    assert gone["version"] == {"state": "WITHDRAWN"}
    assert await world.management.refused("withdrawVersion", version=other) == ["WRONG_STATE"]


async def test_an_activation_at_a_date_waits_for_it(world: World) -> None:
    """A version activated at a date stays APPROVED until then."""
    _, version = await draft(world)
    await approved(world, version)
    at = (world.time.at + timedelta(hours=1)).isoformat()
    selection = "version { state effectiveFrom activatedAt }"
    waiting = await world.management.done("activateVersion", selection, version=version, at=at)
    assert (waiting["version"]["state"], waiting["version"]["activatedAt"]) == ("APPROVED", None)
    await world.pass_time(hours=1)
    found = await world.tool.ask("query ($id: ID!) { slaVersion(id: $id) { state } }", id=version)
    assert found == {"slaVersion": {"state": "ACTIVE"}}


async def test_of_two_activations_at_once_one_is_a_conflict(world: World) -> None:
    """Of two versions activated at the same time one comes into force and the other is an ACTIVATION_CONFLICT."""
    key, first = await draft(world)
    second = (await world.sales.done("createDraft", "version { id }", agreement=key, template="starter"))["version"][
        "id"
    ]
    for version in (first, second):
        await approved(world, version)
    async with world.application.database.transaction() as connection:
        await connection.execute(text("select 1 from agreement where key = :key for update"), {"key": key})
        both = [asyncio.create_task(world.management.refused("activateVersion", version=v)) for v in (first, second)]
        await asyncio.sleep(0.3)
    assert sorted([await task for task in both]) == [[], ["ACTIVATION_CONFLICT"]]


async def test_one_field_with_two_types_stops_an_activation(world: World) -> None:
    """A version that gives a field of another active agreement another type does not come into force."""
    document = await starter(world)
    phone = next(f for f in document["fields"] if f["key"] == "phone")
    phone["type"] = "INTEGER"
    _, version = await draft(world, template=None, document=document)
    await approved(world, version)
    assert await world.management.refused("activateVersion", version=version) == ["FIELD_TYPE_CONFLICT"]


async def test_a_document_with_errors_is_not_submitted(world: World) -> None:
    """A draft may have errors, but it is not submitted with them."""
    document = await starter(world)
    document["handover"]["required"] = ["nonsense"]
    _, version = await draft(world, template=None, document=document)
    payload = await world.sales.do("submitVersion", "findings { severity path }", version=version, expectedRevision=1)
    assert {e["code"] for e in payload["errors"]} == {"INVALID_DOCUMENT"}
    assert "ERROR" in {f["severity"] for f in payload["findings"]}


async def test_an_unknown_version_is_not_found(world: World) -> None:
    """An unknown and a malformed id of a version are NOT_FOUND alike."""
    for unknown in ("nonsense", global_id("SlaVersion", new_id(now=MONDAY)), global_id("Lead", new_id(now=MONDAY))):
        assert await world.admin.refused("updateDraft", version=unknown, expectedRevision=1) == ["NOT_FOUND"]
        assert await world.admin.refused("submitVersion", version=unknown, expectedRevision=1) == ["NOT_FOUND"]
        assert await world.admin.refused("withdrawVersion", version=unknown) == ["NOT_FOUND"]
        assert await world.admin.refused("activateVersion", version=unknown) == ["NOT_FOUND"]
        assert await world.sales.refused("signVersion", version=unknown, party="SALES", approve=True) == ["NOT_FOUND"]
