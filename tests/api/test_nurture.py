"""What leads get that are not ready, and consents that handovers require, over the API [S1.2, S1.6, S4.10]."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.house import MONDAY, World, document_in_force, open_world, ref
from tests.application.scene import starter_document

NURTURE = "nurture { track label step content channel dueAt passedOver question { field text content channel } }"
LEAD = f"""
query Lead($lead: LeadRef!) {{ lead(ref: $lead) {{
  {NURTURE} handover {{ id }}
  decision {{ id digest {NURTURE} handover {{ due missing {{ kind path message }} }} }}
}} }}"""
SECTION = {
    "startWithin": {"duration": "P2D"},
    "tracks": {
        "first": {
            "label": {"en": "First steps", "de": "Erste Schritte"},
            "steps": [
                {"content": "guide", "channel": "email"},
                {"content": "case-study", "channel": "email", "wait": "P7D"},
            ],
        },
        "again": {
            "label": "Again",
            "stages": ["recycled"],
            "steps": [
                {"content": "news", "channel": "email"},
                {"content": "offer", "channel": "email", "wait": "P30D"},
            ],
        },
    },
    "returns": {"no-need": {"track": "again", "step": 2}},
    "questions": [
        {"field": "phone", "question": {"en": "Your number?", "de": "Ihre Nummer?"}, "content": "call-back-form"}
    ],
}


@pytest.fixture(scope="module")
async def world(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house whose agreement nurtures, asks for a phone number, and for consent to sales' calls."""
    async with open_world(await new_database_url()) as opened:
        document = starter_document(nurturing=SECTION, contact={"consents": {"calls": {"label": "Calls"}}})
        document["contact"]["consents"]["calls"]["party"] = "SALES"
        document["handover"] |= {
            "required": ["email", "phone"],
            "requiredConsents": [{"purpose": "calls", "channel": "phone"}],
        }
        await document_in_force(opened, document)
        yield opened


async def seen(world: World, key: str, language: str = "en") -> dict[str, Any]:
    """A lead as an admin sees it."""
    found: dict[str, Any] = (await world.admin.ask(LEAD, language, lead=ref(key)))["lead"]
    return found


async def test_a_lead_is_told_its_next_content_and_asked_one_question(world: World) -> None:
    """In the decision and on the lead alike; what was sent moves it on, and the answer ends the question."""
    key = await world.lead(due=False)
    lead = await seen(world, key, "de")
    assert lead["nurture"] == lead["decision"]["nurture"]
    nurture = lead["nurture"]
    assert (nurture["track"], nurture["label"], nurture["step"]) == ("first", "Erste Schritte", 1)
    assert (nurture["content"], nurture["channel"]) == ("guide", "email")
    assert nurture["question"] == {
        "field": "phone",
        "text": "Ihre Nummer?",
        "content": "call-back-form",
        "channel": None,
    }
    await world.activity(key, "newsletter", party="MARKETING", content="guide")
    await world.tool.done(
        "upsertLeads", "results { status }", source="crm", leads=[{"externalId": key, "fields": {"phone": "+49"}}]
    )
    nurture = (await seen(world, key))["nurture"]
    assert (nurture["step"], nurture["content"], nurture["question"]) == (2, "case-study", None)
    assert datetime.fromisoformat(nurture["dueAt"]) == world.time.at + timedelta(days=7)


async def test_a_hand_raiser_waits_for_its_consent_and_is_handed_over_when_it_comes(world: World) -> None:
    """What is missing is told by kind; the recorded consent opens the handover at once."""
    key = await world.lead(phone="+49 1")
    lead = await seen(world, key)
    assert lead["handover"] is None
    assert lead["decision"]["handover"]["missing"] == [
        {"kind": "CONSENT", "path": "consent.calls.phone", "message": "Consent is missing: Calls (phone)"}
    ]
    given = {"lead": ref(key), "purpose": "calls", "granted": True}
    await world.tool.done("recordConsent", "lead { id }", channel="email", **given)
    assert (await seen(world, key))["handover"] is None
    done = await world.tool.done("recordConsent", "lead { handover { id } }", channel="phone", **given)
    assert done["lead"]["handover"]["id"]
    assert (await seen(world, key))["nurture"] is None


async def test_a_consent_that_ends_takes_the_due_handover_back(world: World) -> None:
    """The decision is valid until it ends, and then judged again by itself."""
    key = await world.lead(due=False, phone="+49 1")
    until = (world.time.at + timedelta(days=2)).isoformat()
    given = {"lead": ref(key), "purpose": "calls", "channel": "phone", "granted": True, "expiresAt": until}
    await world.tool.done("recordConsent", "lead { id }", **given)
    before = (await seen(world, key))["decision"]["digest"]
    await world.pass_time(days=2)
    after = (await seen(world, key))["decision"]
    assert after["digest"] != before
    assert [m["kind"] for m in after["handover"]["missing"] if m["kind"] == "CONSENT"] == ["CONSENT"]


async def test_a_returned_lead_enters_where_its_reason_says_and_the_past_is_replayed(world: World) -> None:
    """At once after the return; the decision about it gives the same digest again."""
    key = await world.lead(due=False, phone="+49 1")
    given = {"lead": ref(key), "purpose": "calls", "channel": "phone", "granted": True}
    await world.tool.done("recordConsent", "lead { id }", **given)
    await world.activity(key, "contact-form")
    handover = (await seen(world, key))["handover"]["id"]
    await world.leader.done("returnHandover", "handover { state }", handover=handover, reason="no-need")
    await world.pass_time(seconds=1)
    lead = await seen(world, key)
    assert (lead["nurture"]["track"], lead["nurture"]["content"]) == ("again", "offer")
    returned = world.time.at - timedelta(seconds=1)
    assert datetime.fromisoformat(lead["nurture"]["dueAt"]) == returned + timedelta(days=30)
    replay = f"query ($id: ID!) {{ replayDecision(id: $id) {{ same decision {{ {NURTURE} }} }} }}"
    again = (await world.admin.ask(replay, id=lead["decision"]["id"]))["replayDecision"]
    assert again == {"same": True, "decision": {"nurture": lead["nurture"]}}
    past = f"query ($lead: LeadRef!, $at: DateTime!) {{ lead(ref: $lead) {{ decisionAt(at: $at) {{ {NURTURE} }} }} }}"
    then = await world.admin.ask(past, lead=ref(key), at=world.time.at.isoformat())
    assert then["lead"]["decisionAt"]["nurture"] == lead["nurture"]
    assert world.time.at > MONDAY


async def test_a_dry_run_tells_the_next_content_too(world: World) -> None:
    """Of a lead that is stored nowhere."""
    asked = f"judge(lead: $lead, activities: $done) {{ {NURTURE} }}"
    query = f"query ($lead: LeadInput!, $done: [ActivityInput!]) {{ {asked} }}"
    done = [
        {"key": "1", "lead": "x", "type": "newsletter", "content": "guide", "occurredAt": world.time.at.isoformat()}
    ]
    found = await world.tool.ask(query, lead={"externalId": "x", "fields": {"country": "DE"}}, done=done)
    assert found["judge"]["nurture"]["content"] == "case-study"
