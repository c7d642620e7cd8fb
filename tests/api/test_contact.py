"""Who may contact a lead, asked and broken over the API [S1.6]."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.house import MONDAY, Caller, World, document_in_force, open_world, ref
from tests.application.scene import starter_document

ASK = """
query Ask($lead: LeadRef!, $party: Party!, $channel: String!, $at: DateTime, $person: String, $knownAt: DateTime) {
  contactPermission(
    lead: $lead, party: $party, channel: $channel, at: $at, person: $person, knownAt: $knownAt
  ) { allowed owner allowedFrom reasons { code message rule } }
}"""
BREACHES = """
query Breaches($kind: [String!]) { breaches(filter: {kind: $kind}) { nodes {
  id kind party state severity reasons openedAt resolvedAt subject { id ... on Activity { key type person } }
} } }"""
CONSENTS = """
query Consents($lead: LeadRef!) { lead(ref: $lead) {
  consents { purpose channel granted at recordedAt recordedBy evidence expiresAt }
  decision { handover { due missing { kind path message } } } handover { id }
} }"""
CONTACT = {
    "caps": [{"contacts": 3, "within": "P7D"}],
    "consents": {
        "marketing-mail": {"label": {"en": "News", "de": "Neues"}, "party": "MARKETING", "channels": ["email"]}
    },
}

EARLIER: set[str] = set()
"""The collisions of the tests before."""


@pytest.fixture(scope="module")
async def application(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house whose agreement caps contacts at three a week and asks for consent to marketing's e-mails."""
    async with open_world(await new_database_url()) as opened:
        document = starter_document(contact=CONTACT)
        await document_in_force(opened, document)
        yield opened


@pytest.fixture
async def world(application: World) -> World:
    """The house again on that Monday; what earlier tests broke there is none of this test's collisions."""
    application.time.at = MONDAY + timedelta(seconds=1)
    EARLIER.update(breach["id"] for breach in await collisions(application))
    return application


async def said(caller: Caller, key: str, party: str, channel: str = "phone", **more: Any) -> dict[str, Any]:
    """What the guard says to one side."""
    answer: dict[str, Any] = (await caller.ask(ASK, lead=ref(key), party=party, channel=channel, **more))[
        "contactPermission"
    ]
    return answer


async def codes(caller: Caller, key: str, party: str, channel: str = "phone", **more: Any) -> list[str]:
    """Why one side may not contact the lead."""
    return [reason["code"] for reason in (await said(caller, key, party, channel, **more))["reasons"]]


async def collisions(world: World) -> list[dict[str, Any]]:
    """The contacts that broke the rules, the first first."""
    found = (await world.admin.ask(BREACHES, kind=["contact-collision"]))["breaches"]["nodes"]
    return sorted((b for b in found if b["id"] not in EARLIER), key=lambda breach: str(breach["openedAt"]))


async def consent(world: World, key: str, **more: Any) -> Any:
    """A consent to marketing's e-mails, or what is given instead."""
    given = {"lead": ref(key), "purpose": "marketing-mail", "channel": "email", "granted": True} | more
    return await world.tool.done("recordConsent", "lead { consents { purpose granted } }", **given)


async def test_the_webinar_guest_whom_both_sides_contact(world: World) -> None:
    """A webinar guest sits in an e-mail campaign; sales, who know nothing of it, call three times in the same week:
    each side is told at each moment what it may do, and each contact that broke the rule is a breach. To sales a lead
    that it never had is unknown also then.
    """
    key = await world.lead(due=False)
    await world.activity(key, "webinar-attended")
    assert await codes(world.tool, key, "MARKETING", "email") == ["NO_CONSENT"]
    await consent(world, key)
    assert await codes(world.tool, key, "MARKETING", "email") == []
    assert (await said(world.tool, key, "SALES"))["owner"] == "MARKETING"
    assert await codes(world.tool, key, "SALES") == ["NOT_OWNER"]
    asked = await world.sales.answer(ASK, lead=ref(key), party="SALES", channel="phone")
    assert [error["extensions"]["errors"][0]["code"] for error in asked["errors"]] == ["NOT_FOUND"]

    await world.activity(key, "newsletter", party="MARKETING", campaign="after-the-webinar", content="thank-you")
    for day in (1, 2, 3):
        await world.pass_time(days=1)
        assert "NOT_OWNER" in await codes(world.tool, key, "SALES")
        await world.activity(key, "sales-call", party="SALES", person="jonas.keller")
        assert len(await collisions(world)) == day
    assert [(b["party"], b["reasons"]) for b in await collisions(world)] == [
        ("SALES", ["NOT_OWNER"]),
        ("SALES", ["NOT_OWNER"]),
        ("SALES", ["NOT_OWNER", "FREQUENCY_CAP"]),
    ]

    told = await said(world.tool, key, "MARKETING", "email")
    assert [reason["code"] for reason in told["reasons"]] == ["FREQUENCY_CAP"]
    second_call = datetime.fromisoformat((await collisions(world))[0]["openedAt"])
    assert datetime.fromisoformat(told["allowedFrom"]) == second_call + timedelta(days=7)
    await world.pass_time(hours=1)
    await world.activity(key, "newsletter", party="MARKETING", content="second")
    assert (await collisions(world))[-1]["party"] == "MARKETING"

    await world.pass_time(days=9)
    assert await codes(world.tool, key, "MARKETING", "email") == []
    await world.activity(key, "contact-form")
    assert await codes(world.sales, key, "SALES") == []
    assert await codes(world.tool, key, "MARKETING", "email") == []
    handover = (await world.admin.ask(CONSENTS, lead=ref(key)))["lead"]["handover"]["id"]
    await world.leader.done("acceptHandover", "handover { state }", handover=handover)
    assert (await said(world.sales, key, "SALES"))["owner"] == "SALES"
    assert await codes(world.tool, key, "MARKETING", "email") == ["NOT_OWNER"]
    await world.pass_time(hours=1)
    await world.leader.done("returnHandover", "handover { state }", handover=handover, reason="no-need")
    assert await codes(world.sales, key, "SALES") == ["NOT_OWNER"]
    assert await codes(world.tool, key, "MARKETING", "email") == []
    before = (world.time.at - timedelta(minutes=30)).isoformat()
    assert (await said(world.sales, key, "SALES", at=before))["owner"] == "SALES"
    assert await codes(world.tool, key, "MARKETING", "email", at=before) == ["NOT_OWNER"]


async def test_a_collision_is_told_once_seen_by_who_made_it_and_acknowledged(world: World) -> None:
    """The same activity told again opens nothing more; the caller's team sees the breach and explains it."""
    key = await world.lead(due=False)
    call = {"key": "call-1", "party": "SALES", "person": "jonas.keller", "occurredAt": MONDAY.isoformat()}
    assert (await world.activity(key, "sales-call", **call))["errors"] == []
    await world.activity(key, "sales-call", **call)
    told = (await world.sales.ask(BREACHES, kind=["contact-collision"]))["breaches"]["nodes"]
    (breach,) = (one for one in told if one["id"] not in EARLIER)
    assert breach["severity"] == "MEDIUM"
    assert breach["subject"] is None, "the lead is not one of its own"
    assert (await collisions(world))[0]["subject"]["key"] == "call-1"
    assert (await world.field.ask(BREACHES, kind=["contact-collision"]))["breaches"]["nodes"] == []
    given = {"breach": breach["id"], "explanation": "I had met her at the fair."}
    assert await world.marketing.forbidden("acknowledgeBreach", **given)
    done = await world.sales.done("acknowledgeBreach", "breach { state resolvedAt explanation }", **given)
    assert done["breach"] == {"state": "ACKNOWLEDGED", "resolvedAt": None, "explanation": given["explanation"]}


async def test_breaches_do_not_depend_on_the_order_in_which_contacts_are_told(world: World) -> None:
    """Told backwards, the fourth contact of a week is the one too many all the same."""
    key = await world.lead(due=False)
    await consent(world, key, at=(MONDAY - timedelta(days=9)).isoformat())
    for day in (0, 1, 2, 3):
        at = (MONDAY - timedelta(days=day)).isoformat()
        await world.activity(key, "newsletter", party="MARKETING", key=f"{key}-{day}", occurredAt=at)
    (breach,) = await collisions(world)
    assert breach["subject"]["key"] == f"{key}-0"
    assert datetime.fromisoformat(breach["openedAt"]) == MONDAY


async def test_only_the_assignee_calls_a_hand_raiser_who_is_offered(world: World) -> None:
    """While sales has not answered; a colleague's call is a collision."""
    key, _ = await world.offered()
    found = await world.admin.ask(
        "query ($lead: LeadRef!) { lead(ref: $lead) { handover { assignee } } }", lead=ref(key)
    )
    assignee = found["lead"]["handover"]["assignee"]
    other = next(name for name in ("jonas.keller", "mia.brandt") if name != assignee)
    assert await codes(world.sales, key, "SALES", person=assignee) == []
    assert await codes(world.sales, key, "SALES", person=other) == ["NOT_OWNER"]
    await world.activity(key, "sales-call", party="SALES", person=assignee)
    assert await collisions(world) == []
    await world.activity(key, "sales-call", party="SALES", person=other)
    assert [b["reasons"] for b in await collisions(world)] == [["NOT_OWNER"]]


async def test_consents_are_kept_and_the_newest_counts(world: World) -> None:
    """A withdrawal told late is still the newer one; all that was said can be read."""
    key = await world.lead(due=False)
    moments = [(MONDAY - timedelta(days=days)).isoformat() for days in (3, 2, 1)]
    await consent(world, key, at=moments[2], granted=False)
    await consent(world, key, at=moments[0], evidence="form 17")
    assert await codes(world.tool, key, "MARKETING", "email") == ["NO_CONSENT"]
    assert await codes(world.tool, key, "MARKETING", "email", at=moments[1]) == []
    kept = (await world.admin.ask(CONSENTS, lead=ref(key)))["lead"]["consents"]
    assert [(c["granted"], c["evidence"], c["recordedBy"]) for c in kept] == [
        (False, None, "key:tool"),
        (True, "form 17", "key:tool"),
    ]
    until = (world.time.at + timedelta(days=1)).isoformat()
    await consent(world, key, expiresAt=until)
    assert await codes(world.tool, key, "MARKETING", "email") == []
    assert await codes(world.tool, key, "MARKETING", "email", at=until) == ["NO_CONSENT"]


async def test_what_was_known_then_can_be_asked_too(world: World) -> None:
    """A contact told late counts by when it happened, but not for what was known before it was told."""
    key = await world.lead(due=False)
    await consent(world, key)
    early = world.time.at
    await world.pass_time(hours=1)
    for number in range(3):
        await world.activity(key, "newsletter", party="MARKETING", key=f"{key}-{number}", occurredAt=early.isoformat())
    assert await codes(world.tool, key, "MARKETING", "email") == ["FREQUENCY_CAP"]
    known = {"at": early.isoformat(), "knownAt": early.isoformat()}
    assert await codes(world.tool, key, "MARKETING", "email", **known) == []


async def test_a_consent_may_be_told_twice(world: World) -> None:
    """The same key with the same input records it once, with other input it is refused."""
    key = await world.lead(due=False)
    await consent(world, key, idempotencyKey="c-1")
    assert len((await consent(world, key, idempotencyKey="c-1"))["lead"]["consents"]) == 1
    given = {"lead": ref(key), "purpose": "marketing-mail", "channel": "phone", "granted": True}
    assert await world.tool.refused("recordConsent", **given, idempotencyKey="c-1") == ["IDEMPOTENCY_KEY_REUSED"]


async def test_all_faults_of_a_consent_are_told_at_once(world: World) -> None:
    """Blank names, a moment that lies ahead, a withdrawal that expires."""
    key = await world.lead(due=False)
    ahead = (datetime.now(tz=UTC) + timedelta(days=20_000)).isoformat()
    given = {"lead": ref(key), "purpose": " ", "channel": "", "granted": False, "at": ahead, "expiresAt": ahead}
    assert sorted(await world.tool.refused("recordConsent", **given)) == [
        "IN_FUTURE",
        "MALFORMED_KEY",
        "MALFORMED_KEY",
        "VALUE_NOT_ALLOWED",
    ]


async def test_sales_records_consents_of_its_own_leads_only(world: World) -> None:
    """An unknown lead and one of others look alike; management records none."""
    given = {"purpose": "marketing-mail", "channel": "email", "granted": True}
    mine, _ = await world.offered()
    other = await world.lead(due=False)
    await world.sales.done("recordConsent", "lead { id }", lead=ref(mine), **given)
    for lead in (ref(other), ref("nobody"), {"id": "nonsense"}):
        assert await world.sales.refused("recordConsent", lead=lead, **given) == ["NOT_FOUND"]
    assert await world.management.forbidden("recordConsent", lead=ref(mine), **given)


async def test_asking_about_nobody_is_a_bad_request(world: World) -> None:
    """Queries have no slot for errors; what is wrong stands in the extensions."""
    for lead in (ref("nobody"), {"id": "nonsense"}):
        answer = await world.tool.answer(ASK, lead=lead, party="SALES", channel="phone")
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert [fault["code"] for fault in error["extensions"]["errors"]] == ["NOT_FOUND"]
    key = await world.lead(due=False)
    assert await world.tool.code(ASK, lead=ref(key), party="SALES", channel="") == "BAD_USER_INPUT"


async def test_reasons_are_told_in_the_askers_language(world: World) -> None:
    """With the label of the purpose, the number of contacts there were, and the moment with its time zone."""
    key = await world.lead(due=False)
    query: dict[str, Any] = {"lead": ref(key), "party": "MARKETING", "channel": "email"}
    german = (await world.tool.ask(ASK, language="de", **query))["contactPermission"]["reasons"]
    assert german == [{"code": "NO_CONSENT", "message": "Keine Einwilligung: Neues", "rule": "marketing-mail"}]
    await consent(world, key)
    for number in range(4):
        at = (MONDAY + timedelta(milliseconds=number)).isoformat()
        await world.activity(key, "newsletter", party="MARKETING", occurredAt=at)
    (reason,) = (await world.tool.ask(ASK, **query))["contactPermission"]["reasons"]
    assert reason["message"] == "The lead had 4 contacts in 7 days; again from 2026-03-09 10:00 CET"
