"""What is absent keeps what is known; null and blank clear it, by every way in."""

from __future__ import annotations

from typing import Any

import pytest

from api.cli.importing import import_live
from api.graphql.types.incoming_types import build_activity, build_lead
from application.intake.importing.header import read_header
from application.intake.importing.mapping import read_mapping
from application.intake.importing.records import Record
from application.intake.importing.rows import RowReading
from application.runtime.incoming import ABSENT, IncomingAccount, IncomingLead
from tests.api.house import World
from tests.api.test_mutations_leads import item, record, statuses, upsert

ACCOUNT = "query ($ref: LeadRef!) { lead(ref: $ref) { fields account { key name owner fields } } }"
FIRM = {"key": "firm", "name": "Firm", "owner": "mia.brandt", "fields": {"industry": "machinery"}}


async def told(world: World, key: str = "o1") -> Any:
    """What is known of a lead."""
    ref = {"key": {"source": "crm", "externalId": key}}
    return (await world.tool.ask(ACCOUNT, ref=ref))["lead"]


@pytest.mark.parametrize("nothing", [None, "", " \t"])
async def test_name_and_owner_of_a_company_can_be_taken_away(world: World, nothing: str | None) -> None:
    """Each by itself; what is not spoken of stays, and the same again is unchanged."""
    await upsert(world, {**item("o1"), "account": FIRM})
    assert statuses(await upsert(world, {**item("o1"), "account": {"key": "firm"}})) == ["UNCHANGED"]
    for name in ("owner", "name"):
        cleared = {**item("o1"), "account": {"key": "firm", name: nothing}}
        assert (await told(world))["account"][name] == FIRM[name]
        assert statuses(await upsert(world, cleared)) == ["UPDATED"]
        assert (await told(world))["account"][name] is None
        assert statuses(await upsert(world, cleared)) == ["UNCHANGED"]
    assert (await told(world))["account"]["fields"] == {"industry": "machinery"}


async def test_a_lead_leaves_its_company(world: World) -> None:
    """By null, once; what becomes known of the company afterwards is nothing to it, and it may come back."""
    await upsert(world, {**item("o1"), "account": FIRM}, {**item("o2"), "account": FIRM})
    assert statuses(await upsert(world, item("o1"))) == ["UNCHANGED"]
    left = {**item("o1"), "account": None}
    assert statuses(await upsert(world, left, left)) == ["UPDATED", "UNCHANGED"]
    assert (await told(world))["account"] is None
    assert (await told(world, "o2"))["account"] == FIRM
    late = {**item("o1"), "account": FIRM, "observedAt": "2026-02-01T00:00:00Z"}
    assert statuses(await upsert(world, late)) == ["UNCHANGED"]
    assert (await told(world))["account"] is None
    assert statuses(await upsert(world, {**item("o1"), "account": {"key": "firm"}})) == ["UPDATED"]
    assert (await told(world))["account"] == FIRM


async def test_a_blank_text_is_stored_as_missing(world: World) -> None:
    """Of leads, companies and activities; so a lead that says so lacks what it must carry."""
    blank = {**item("b1", email=" ", phone="", role="Owner"), "account": {**FIRM, "fields": {"industry": " "}}}
    await upsert(world, blank)
    known = await told(world, "b1")
    assert (known["fields"], known["account"]["fields"]) == ({"role": "Owner"}, {})
    assert statuses(await upsert(world, blank)) == ["UNCHANGED"]
    await upsert(world, item("b1", role=""))
    assert (await told(world, "b1"))["fields"] == {}
    done = {"key": "k1", "lead": "b1", "channel": " ", "campaign": "", "content": " ", "person": ""}
    without = {"key": "k1", "lead": "b1"}
    assert statuses(await record(world, done)) == ["RECORDED"]
    assert statuses(await record(world, without, done)) == ["DUPLICATE", "DUPLICATE"]
    query = "query ($l: LeadInput!) { judge(lead: $l) { handover { ways { missing { path } } } } }"
    (way, *_) = (await world.tool.ask(query, l=blank))["judge"]["handover"]["ways"]
    assert "email" in {one["path"] for one in way["missing"]}


def test_a_door_tells_what_is_absent_from_what_is_null() -> None:
    """In both forms in which a company is told; blank is null, of activities too."""
    assert build_lead({"externalId": "a", "fields": {}}).account is ABSENT
    assert build_lead({"externalId": "a", "fields": {}, "account": None}).account is None
    some = build_lead({"externalId": "a", "fields": {}, "account": {"key": "f", "owner": ""}}).account
    assert some == IncomingAccount("f", ABSENT, None)
    made = build_activity({"key": "k", "lead": "a", "type": "t", "occurredAt": None, "content": " ", "channel": "x"})
    assert (made.content, made.channel, made.campaign) == (None, "x", None)


@pytest.mark.parametrize(
    ("account", "sent"),
    [
        (ABSENT, {}),
        (None, {"account": None}),
        (IncomingAccount("f"), {"account": {"key": "f", "fields": {}}}),
        (IncomingAccount("f", None, "mia"), {"account": {"key": "f", "name": None, "owner": "mia", "fields": {}}}),
    ],
)
def test_an_import_by_address_sends_what_it_would_tell_itself(account: Any, sent: dict[str, Any]) -> None:
    """Absent and null arrive as they are."""
    assert import_live._lead(IncomingLead("a", {}, account)) == {"externalId": "a", "fields": {}, **sent}


def test_an_empty_cell_of_a_file_says_nothing() -> None:
    """It neither clears a name nor takes a lead out of its company."""
    written = "source: f\nexternalId: id\naccount: {key: co, name: name, owner: owner}\n"
    columns = ["id", "co", "name", "owner"]
    reading = RowReading(read_mapping(written, "f"), read_header(columns, columns))
    assert reading.row(Record(2, ["1", "", "", ""])).lead.account is ABSENT
    assert reading.row(Record(3, ["1", "f", " ", "mia"])).lead.account == IncomingAccount("f", ABSENT, "mia", {})
