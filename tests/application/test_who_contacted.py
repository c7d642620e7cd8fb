"""What counts as a contact by whom: whoever tells it, it is never laid at the door of who owns the lead [S1.6]."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from sqlalchemy import text

from application.agreements.deciding_versions import activate_version
from application.directory.edit_team import upsert_team
from application.handovers.answer_handover import accept_handover
from application.intake.record_activities import record_activities
from application.runtime.incoming import IncomingActivity, ItemResult, ItemStatus
from domain.party import Party
from domain.people.principal import Principal
from domain.people.team import Member, Team
from tests.application.scene import Scene, starter_document

M, S = Party.MARKETING, Party.SALES
TYPES: dict[str, Party | None] = {"mail": None, "mailing": M, "visit": S}
PERSONS: dict[str | None, tuple[set[Party], bool]] = {
    None: (set(), True),
    "mia": ({S}, True),
    "karl": ({S}, False),
    "tim": ({M}, False),
    "ina": ({M, S}, True),
    "stranger": (set(), False),
    "ines.vogt": ({S}, True),
}
"""The parties of the teams of a person, and whether the person is one of those of the sales key."""


async def told(scene: Scene, who: Principal, *items: IncomingActivity) -> list[ItemResult]:
    """What became of activities."""
    return (await record_activities(scene.application, who, source=scene.source, items=items)).results


def one(key: str, kind: str, scene: Scene, **about: Any) -> IncomingActivity:
    """An activity of the lead, now."""
    return IncomingActivity(key, "lea", kind, scene.time.at, **about)


async def with_types(scene: Scene, **sections: Any) -> None:
    """A version with three kinds of mail in force; teams in which people of both parties are."""
    kinds = starter_document()["activityTypes"] + [
        {"key": key, "label": key, "direction": "OUTBOUND"} | ({"party": party.value} if party else {})
        for key, party in TYPES.items()
    ]
    version = await scene.new_version("main", sections={"activityTypes": kinds, **sections})
    await activate_version(scene.application, scene.management, version_id=version)
    await scene.tick()
    inside = Team("inside-sales", "I", S, "ines.vogt", None, (Member("mia"), Member("ina")))
    for team in (inside, Team("desk", "D", M, None, None, (Member("tim"), Member("ina")))):
        await upsert_team(scene.application, scene.management, team=team)


def expected(role: str, told_party: Party | None, person: str | None, kind: str) -> Party | str | None:
    """Who contacted, or the code of the fault."""
    key = {"sales": S, "marketing": M}.get(role)
    if key and told_party and told_party is not key:
        return "VALUE_NOT_ALLOWED"
    parties, own = PERSONS[person]
    if role == "sales" and not own:
        return "UNKNOWN_PERSON"
    by_person = next(iter(parties)) if len(parties) == 1 else None
    return key or told_party or by_person or TYPES[kind]


async def test_every_role_party_person_and_type_says_who_contacted(scene: Scene) -> None:
    """A key of a party speaks for it and its people alone; a tool tells, else the person's team or the type does."""
    await with_types(scene)
    await scene.offered("lea")
    senders = {
        "sales": replace(scene.sales, teams=frozenset({"inside-sales"})),
        "marketing": scene.marketing,
        "integration": scene.integration,
        "admin": scene.admin,
    }
    wanted: dict[str, Party | str | None] = {}
    came: dict[str, Party | str | None] = {}
    for role, who in senders.items():
        cases = list(product((None, M, S), PERSONS, TYPES))
        keys = [f"{role} {party} {person} {kind}" for party, person, kind in cases]
        items = [one(k, kind, scene, party=p, person=who_) for k, (p, who_, kind) in zip(keys, cases, strict=True)]
        results = await told(scene, who, *items)
        again = await told(scene, who, *items)
        wanted |= {key: expected(role, *case) for key, case in zip(keys, cases, strict=True)}
        came |= {k: r.faults[0].code for k, r in zip(keys, results, strict=True) if r.faults}
        assert {r.status for r in again if not r.faults} == {ItemStatus.DUPLICATE}
    async with scene.application.database.reading() as connection:
        for row in await connection.execute(
            text("select key, party from activity where type = any(:types)"), {"types": list(TYPES)}
        ):
            came[row.key] = Party(row.party) if row.party else None
    assert came == wanted
    assert set(wanted.values()) == {None, M, S, "VALUE_NOT_ALLOWED", "UNKNOWN_PERSON"}


async def test_what_nobody_is_known_to_have_done_meets_and_breaks_nothing(scene: Scene) -> None:
    """Counts for a cap only; its event says that nobody knows whose it was. Told with its party, it would count."""
    cap = {"caps": [{"contacts": 2, "within": "P7D"}]}
    await with_types(scene, contact=cap)
    handover = await scene.offered("lea")
    await accept_handover(scene.application, scene.sales, handover_id=handover.id, comment=None)
    scene.time.pass_by(hours=1)
    for sender in (scene.integration, scene.admin):
        assert not (await told(scene, sender, one(sender.name, "mail", scene)))[0].faults
    assert (await scene.handover(handover.id)).contacted_at is None
    assert {o.state.value for o in await scene.obligations(kind=["first-contact", "outcome-update"])} == {"OPEN"}
    assert await scene.breaches() == []
    said = [e.payload for e in await scene.events("activity.recorded") if e.payload["type"] == "mail"]
    assert [(p["party"], p["partyUnknown"]) for p in said] == [(None, True)] * 2
    await told(scene, scene.marketing, one("m", "mail", scene))
    (collision,) = await scene.breaches(kind=("contact-collision",))
    assert (collision.party, set(collision.reasons)) == (M, {"NOT_OWNER", "FREQUENCY_CAP"})
    await told(scene, scene.sales, one("s", "mail", scene, person="mia"))
    assert (await scene.handover(handover.id)).contacted_at == scene.time.at
    assert {o.state.value for o in await scene.obligations(kind=["first-contact"])} == {"MET"}


async def test_an_activity_of_a_lead_needs_no_party(scene: Scene) -> None:
    """What a lead did is nobody's contact, and nobody is told to be unknown."""
    await scene.offered("lea")
    said = [e.payload for e in await scene.events("activity.recorded")]
    assert [(p["party"], p["partyUnknown"]) for p in said] == [(None, False)]
