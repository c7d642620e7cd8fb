"""Fields that systems own, as leads arrive from several of them [S4.7]."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.agreements.drafting import create_agreement
from application.intake.upsert_leads import upsert_leads
from application.reading import lists, single
from application.runtime.incoming import ABSENT, IncomingAccount, IncomingLead, ItemResult
from application.runtime.page import PageRequest
from domain.agreements.field_owner import FieldConflict
from tests.application.scene import Scene, starter_document
from tests.sizes import examples

OWNED = {
    "systems": {
        "crm": {"label": "CRM", "kind": "CRM"},
        "marketing-automation": {"label": "Mail", "kind": "MARKETING_AUTOMATION", "sources": ["mail", "web"]},
    }
}


async def owned(scene: Scene) -> None:
    """Put a version in force whose systems own fields: role is marketing's, all else the CRM's."""
    version = await scene.new_version("main", sections=OWNED)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()


async def send(scene: Scene, source: str, key: str, *, employees: int | None = None, **given: Any) -> ItemResult:
    """What became of a lead of a source; `same_as` names another's key."""
    same_as = given.pop("same_as", None)
    account = ABSENT if employees is None else IncomingAccount("firm", fields={"employees": employees})
    item = IncomingLead(key, given, account, same_as=same_as)
    return (await upsert_leads(scene.application, scene.integration, source=source, items=[item])).results[0]


async def conflicts(scene: Scene, result: ItemResult, *, resolved: bool = False) -> list[FieldConflict]:
    """The conflicts about a lead, the latest first."""
    assert result.lead_id is not None
    found = lists.conflicts_of_leads(scene.application, resolved=resolved)
    (page,) = await found.pages([result.lead_id], PageRequest(first=100))
    return list(page.items)


async def fields(scene: Scene, result: ItemResult) -> dict[str, Any]:
    """The fields of a lead."""
    assert result.lead_id is not None
    (lead,) = await single.leads(scene.application, scene.admin, [result.lead_id])
    assert lead is not None
    return dict(lead.fields)


def told(result: ItemResult) -> list[tuple[str, tuple[str, ...]]]:
    """Code and path of what is reported about an item."""
    return [(f.code, tuple(f.path or ())) for f in result.faults]


async def test_only_the_owner_writes_a_field(scene: Scene) -> None:
    """Another source's value is left out and reported, the rest of its item counts."""
    await owned(scene)
    made = await send(scene, "crm", "1", email="a@b.org", role="Owner")
    assert (made.status.value, told(made)) == ("CREATED", [("NOT_OWNER", ("fields", "role"))])
    assert await fields(scene, made) == {"email": "a@b.org"}
    web = await send(scene, "web", "w1", same_as=("crm", "1"), role="Owner", email="x@y.org")
    assert (web.lead_id, web.status.value) == (made.lead_id, "UPDATED")
    assert told(web) == [("NOT_OWNER", ("fields", "email"))]
    assert await fields(scene, made) == {"email": "a@b.org", "role": "Owner"}
    again = await send(scene, "web", "w1", email="x@y.org")
    assert (again.status.value, told(again)) == ("UNCHANGED", [("NOT_OWNER", ("fields", "email"))])


async def test_what_nobody_owns_and_who_is_no_system(scene: Scene) -> None:
    """A source that is no system writes no owned field; clearing one is a write like any other."""
    await owned(scene)
    made = await send(scene, "crm", "1", email="a@b.org")
    shop = await send(scene, "shop", "s1", same_as=("crm", "1"), email=None, role="Owner", phone=None)
    assert told(shop) == [("NOT_OWNER", ("fields", "email")), ("NOT_OWNER", ("fields", "role"))]
    assert await fields(scene, made) == {"email": "a@b.org"}
    assert {(c.field, c.written, c.kept, c.owner) for c in await conflicts(scene, made)} == {
        ("email", None, "a@b.org", "crm"),
        ("role", "Owner", None, "marketing-automation"),
    }


async def test_a_conflict_is_remembered_once_and_settled(scene: Scene) -> None:
    """Repeating it counts up; it is settled when the owner comes to say the same, or the other gives way."""
    await owned(scene)
    made = await send(scene, "crm", "1", email="a@b.org", phone="1")
    same: dict[str, Any] = {"same_as": ("crm", "1")}
    for _ in range(3):
        scene.time.pass_by(minutes=1)
        await send(scene, "web", "w", **same, email="x@y.org", phone="2")
    found = await conflicts(scene, made)
    assert {(c.field, c.times, c.at - c.since) for c in found} == {
        ("email", 3, timedelta(minutes=2)),
        ("phone", 3, timedelta(minutes=2)),
    }
    assert len(await scene.events("lead.conflict")) == 1
    await send(scene, "crm", "1", email="x@y.org")
    assert [c.field for c in await conflicts(scene, made)] == ["phone"]
    await send(scene, "crm", "1", phone="3")
    assert [(c.written, c.kept) for c in await conflicts(scene, made)] == [("2", "3")]
    await send(scene, "web", "w", phone="3")
    assert await conflicts(scene, made) == []
    assert {c.field for c in await conflicts(scene, made, resolved=True)} == {"email", "phone"}
    await send(scene, "web", "w", phone="4")
    assert [(c.written, c.times) for c in await conflicts(scene, made)] == [("4", 4)]
    assert len(await scene.events("lead.conflict")) == 2


async def test_fields_of_companies_have_owners_too(scene: Scene) -> None:
    """What a company is worth to sales is the CRM's to say; the lead shows the conflict."""
    await owned(scene)
    made = await send(scene, "crm", "1", employees=60)
    web = await send(scene, "web", "w", same_as=("crm", "1"), employees=5)
    assert (web.status.value, told(web)) == ("UNCHANGED", [("NOT_OWNER", ("account", "fields", "employees"))])
    assert [(c.field, c.written, c.kept) for c in await conflicts(scene, made)] == [("account.employees", 5, 60)]
    (event,) = await scene.events("lead.conflict")
    assert event.payload == {"source": "web", "fields": ["account.employees"]}
    assert (await send(scene, "crm", "2", employees=61)).faults == []


async def test_without_systems_an_owner_is_a_note(scene: Scene) -> None:
    """The starter names owners and no systems: everybody writes, and nothing is looked up."""
    made = await send(scene, "anybody", "1", email="a@b.org", role="Owner")
    assert made.faults == []
    assert await fields(scene, made) == {"email": "a@b.org", "role": "Owner"}


async def test_keys_that_cannot_be_linked_are_told(scene: Scene) -> None:
    """An unknown lead, or a key that means another lead, refuses the item; repeating a link is no fault."""
    one, two = await send(scene, "crm", "1"), await send(scene, "crm", "2")
    unknown = await send(scene, "web", "w", same_as=("crm", "9"), role="x")
    assert (unknown.status.value, told(unknown)) == ("REFUSED", [("UNKNOWN_LEAD", ("sameAs",))])
    for _ in range(2):
        assert (await send(scene, "web", "w", same_as=("crm", "1"), role="x")).lead_id == one.lead_id
    taken = await send(scene, "web", "w", same_as=("crm", "2"))
    assert (taken.status.value, told(taken)) == ("REFUSED", [("KEY_TAKEN", ("externalId",))])
    assert two.lead_id != one.lead_id
    wrong = await send(scene, "web", "n", same_as=("crm", "2"), nonsense=1)
    assert wrong.status.value == "REFUSED"
    assert (await send(scene, "web", "n")).lead_id not in {None, two.lead_id}


async def test_ownership_follows_the_governing_agreement(scene: Scene) -> None:
    """A lead is written as the agreement that governs it says, even if one of higher priority says otherwise."""
    await owned(scene)
    made = await send(scene, "web", "w1", role="Owner")
    other = starter_document(scope={"field": "country", "op": "eq", "value": "FR"}, priority=5, **OWNED)
    for field in other["fields"]:
        field["owner"] = "crm"
    _, version = await create_agreement(scene.application, scene.marketing, key="france", title="F", document=other)
    assert version is not None
    await scene.approve(version)
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    assert (await send(scene, "web", "w1", role="Boss")).faults == []
    assert await fields(scene, made) == {"role": "Boss"}
    assert told(await send(scene, "web", "w2", role="Boss")) == [("NOT_OWNER", ("fields", "role"))]


WRITES = st.lists(
    st.tuples(
        st.sampled_from(["crm", "mail", "web", "shop"]),
        st.sampled_from(["email", "role", "phone"]),
        st.sampled_from(["1", "2", None]),
    ),
    min_size=1,
    max_size=12,
)
OWNERS = {"email": {"crm"}, "phone": {"crm"}, "role": {"mail", "web"}}


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WRITES)
async def test_nothing_is_lost_whoever_writes(scene: Scene, writes: list[tuple[str, str, str | None]]) -> None:
    """After any writes the value is the owner's last; each other source that last said otherwise has a conflict."""
    async with scene.application.database.transaction() as connection:
        await connection.execute(text("delete from lead_key"))
        await connection.execute(text("delete from field_conflict"))
    if not scene.application.version_cache._active or not scene.application.version_cache._active.owners():
        await owned(scene)
    made = await send(scene, "erp", "start")
    value: dict[str, str | None] = dict.fromkeys(OWNERS)
    said: dict[tuple[str, str], str | None] = {}
    for source, field, written in writes:
        given: dict[str, Any] = {field: written}
        result = await send(scene, source, "k", same_as=("erp", "start"), **given)
        if source in OWNERS[field]:
            value[field] = written
            said = {(s, f): v for (s, f), v in said.items() if f != field or v != written}
        elif written == value[field]:
            said.pop((source, field), None)
        else:
            said[source, field] = written
        assert bool(result.faults) == (source not in OWNERS[field] and written != value[field])
    assert await fields(scene, made) == {f: v for f, v in value.items() if v is not None}
    found = await conflicts(scene, made)
    assert {(c.source, c.field): c.written for c in found} == said
    assert all(c.kept == value[c.field] for c in found)
