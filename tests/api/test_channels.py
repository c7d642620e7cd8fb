"""Channels and purposes are a closed list in any spelling: on asking, recording what leads said, acting [S1.6]."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.api.house import MONDAY, World, document_in_force, open_world, ref
from tests.api.test_contact import EARLIER, codes, collisions, said
from tests.application.scene import starter_document

CONTACT = {
    "consents": {
        "marketing-mail": {"label": "News", "party": "MARKETING", "channels": ["email"]},
        "calls": {"label": "Calls", "channels": ["phone"]},
    }
}
CHANNELS = {
    "email": {"label": "E-mail", "aliases": ["Elektronische Post"]},
    "sms": {"label": "Text message", "definition": "Short messages to a phone."},
}
EMAIL = ("email", "Email ", "E-Mail", "e_mail", "ＥＭＡＩＬ", "e\u200bmail", "elektronische post")
PURPOSE = ("marketing-mail", "Marketing Mail", "MARKETING_MAIL ")
OTHERS = ("telefax", "e mails", "*", "post", "é-mail")
HISTORY = """query ($lead: LeadRef!) { lead(ref: $lead) {
  consents { purpose channel granted } activities { nodes { key channel channelTold } } } }"""
NOTED = """results { status errors { code path message } lead { id } }"""


@pytest.fixture(scope="module")
async def application(new_database_url: Callable[..., Awaitable[str]]) -> AsyncIterator[World]:
    """A house whose agreement asks for consent to e-mails and calls."""
    async with open_world(await new_database_url()) as opened:
        await document_in_force(opened, starter_document(contact=CONTACT, channels=CHANNELS))
        yield opened


@pytest.fixture
async def world(application: World) -> World:
    """The house again on that Monday; what earlier tests broke there is none of this test's collisions."""
    application.time.at = MONDAY + timedelta(seconds=1)
    EARLIER.update(breach["id"] for breach in await collisions(application))
    return application


async def consent(world: World, key: str, **more: Any) -> Any:
    """What recording a consent answers."""
    given = {"lead": ref(key), "purpose": "marketing-mail", "channel": "email", "granted": True} | more
    return await world.tool.do("recordConsent", "lead { consents { purpose channel granted } }", **given)


async def history(world: World, key: str) -> dict[str, Any]:
    """What a lead said, and what was done with it."""
    found: dict[str, Any] = (await world.admin.ask(HISTORY, lead=ref(key)))["lead"]
    return found


async def test_every_spelling_gets_the_same_answer_on_asking_recording_and_acting(world: World) -> None:
    """A consent in one spelling allows the contact in all, a withdrawal in any refuses it in all, and what is done all
    the same is a collision however the channel is written.
    """
    for number, told in enumerate(EMAIL):
        key = await world.lead(due=False)
        purpose = PURPOSE[number % len(PURPOSE)]
        assert await codes(world.tool, key, "MARKETING", told) == ["NO_CONSENT"]
        assert (await consent(world, key, channel=told, purpose=purpose))["errors"] == []
        assert [await codes(world.tool, key, "MARKETING", other) for other in EMAIL] == [[]] * len(EMAIL)
        await world.pass_time(seconds=1)
        assert (await consent(world, key, channel=told, purpose=purpose, granted=False))["errors"] == []
        assert [await codes(world.tool, key, "MARKETING", other) for other in EMAIL] == [["NO_CONSENT"]] * len(EMAIL)
        done = await world.activity(key, "newsletter", party="MARKETING", channel=told)
        assert (done["status"], done["errors"]) == ("RECORDED", [])
        assert len(await collisions(world)) == number + 1
        known = await history(world, key)
        assert {(c["purpose"], c["channel"]) for c in known["consents"]} == {("marketing-mail", "email")}
        (activity,) = known["activities"]["nodes"]
        assert (activity["channel"], activity["channelTold"]) == ("email", None if told == "email" else told)


async def test_what_nobody_knows_is_never_allowed_nor_recorded(world: World) -> None:
    """The known ones are listed; nothing is stored; a consent cannot be given to everything."""
    key = await world.lead(due=False)
    await consent(world, key)
    for told in OTHERS:
        answer = await said(world.tool, key, "MARKETING", told)
        assert (answer["allowed"], answer["allowedFrom"]) == (False, None)
        assert [reason["code"] for reason in answer["reasons"]] == ["UNKNOWN_CHANNEL"]
        assert "known: email, sms, website, webinar, phone" in answer["reasons"][0]["message"]
        refusals: tuple[dict[str, Any], ...] = (
            {"channel": told},
            {"purpose": told},
            *([{"channel": told, "granted": False}, {"purpose": told, "granted": False}] if told != "*" else []),
        )
        for refusal in refusals:
            (error,) = (await consent(world, key, **refusal))["errors"]
            assert error == {"code": "VALUE_NOT_ALLOWED", "path": ["channel" if "channel" in refusal else "purpose"]}
    assert len((await history(world, key))["consents"]) == 1
    assert await codes(world.tool, key, "MARKETING", "sms") == []


async def test_a_withdrawal_of_everything_binds_every_channel(world: World) -> None:
    """Also those for which nobody asks; the same moment's consent does not lift it, a newer one does for itself."""
    key = await world.lead(due=False)
    at = world.time.at.isoformat()
    assert (await consent(world, key, purpose=" * ", channel="＊", granted=False, at=at))["errors"] == []
    assert (await consent(world, key, at=at))["errors"] == []
    for channel in ("email", "sms", "phone", "website"):
        assert "NO_CONSENT" in await codes(world.tool, key, "MARKETING", channel)
    await world.pass_time(seconds=1)
    await consent(world, key)
    assert await codes(world.tool, key, "MARKETING", "email") == []
    assert "NO_CONSENT" in await codes(world.tool, key, "MARKETING", "sms")


async def test_an_activity_on_an_unknown_channel_counts_on_that_of_its_type(world: World) -> None:
    """The word is kept and told; told again it is known; a type without a channel is held to the rules of all."""
    key = await world.lead(due=False)
    done = await world.activity(key, "newsletter", party="MARKETING", channel="Telefax", key=f"{key}-fax")
    assert (done["status"], done["errors"]) == ("RECORDED", [{"code": "VALUE_NOT_ALLOWED", "path": ["channel"]}])
    assert [breach["reasons"] for breach in await collisions(world)] == [["NO_CONSENT"]]
    again = await world.activity(key, "newsletter", party="MARKETING", channel="TELE-FAX", key=f"{key}-fax")
    assert (again["status"], len(again["errors"])) == ("DUPLICATE", 1)
    (activity,) = (await history(world, key))["activities"]["nodes"]
    assert (activity["channel"], activity["channelTold"]) == ("email", "Telefax")

    document = starter_document(contact=CONTACT, channels=CHANNELS)
    for kind in document["activityTypes"]:
        if kind["key"] == "newsletter":
            del kind["channel"]
    await document_in_force(world, document)
    await consent(world, key)
    await world.activity(key, "newsletter", party="MARKETING", channel="email")
    assert len(await collisions(world)) == 1
    await world.activity(key, "newsletter", party="MARKETING", channel="carrier pigeon")
    assert len(await collisions(world)) == 2, "nobody asked whether it may be called"


async def test_a_word_recorded_before_it_was_closed_is_respected(world: World) -> None:
    """A withdrawal under a purpose that no version knows any more refuses every purpose on its channel."""
    await document_in_force(world, starter_document())
    key, other = await world.lead(due=False), await world.lead(due=False)
    assert (await consent(world, key, purpose="Newsletter", channel="Phone", granted=False))["errors"] == []
    assert (await history(world, key))["consents"] == [{"purpose": "newsletter", "channel": "phone", "granted": False}]
    assert await codes(world.tool, key, "MARKETING", "phone") == ["NO_CONSENT"]
    assert await codes(world.tool, other, "MARKETING", "phone") == []
    await document_in_force(world, starter_document(contact={"consents": {"news": CONTACT["consents"]["calls"]}}))
    assert await codes(world.tool, key, "MARKETING", "phone") == ["NO_CONSENT"]
    await consent(world, key, purpose="news", channel="phone", at=MONDAY.isoformat())
    assert await codes(world.tool, key, "MARKETING", "phone") == ["NO_CONSENT"], "it is older"
    await consent(world, key, purpose="news", channel="phone")
    assert await codes(world.tool, key, "MARKETING", "phone") == []


async def test_judging_a_lead_that_is_not_stored_takes_known_channels_only(world: World) -> None:
    """Queries have no place for what is odd about an item."""
    query = """query ($lead: LeadInput!, $done: [ActivityInput!]) {
      judge(lead: $lead, activities: $done) { grade } }"""
    item = {"key": "a", "lead": "x", "type": "newsletter", "occurredAt": world.time.at.isoformat()}
    given: dict[str, Any] = {"lead": {"externalId": "x", "fields": {}}}
    assert await world.tool.ask(query, **given, done=[item | {"channel": "E-Mail"}])
    assert await world.tool.code(query, **given, done=[item | {"channel": "telefax"}]) == "BAD_USER_INPUT"


async def test_a_lead_without_agreement_must_have_consented_as_any_agreement_asks(world: World) -> None:
    """No document is no permission."""
    scope = {"scope": {"field": "country", "op": "eq", "value": "DE"}}
    await document_in_force(world, starter_document(contact=CONTACT, channels=CHANNELS, **scope))
    key = await world.lead(due=False, country="FR")
    assert await codes(world.tool, key, "MARKETING", "email") == ["NO_CONSENT"]
    await consent(world, key)
    assert await codes(world.tool, key, "MARKETING", "E-Mail") == []
