"""Exports as they come: a status column, an opt-out column, thousands; and what a dry run tells of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from application.intake.record_consent import SaidConsent, record_consent
from tests.application.exports import export
from tests.application.scene import Scene
from tests.application.ways_in import WAYS, rehearse, rows_of, take

OPT_OUTS = """
source: crm
externalId: Lead
timeZone: Europe/Berlin
fields: {email: Mail}
consents:
  - {purpose: mail, channel: E-Mail, granted: {column: Out, values: {"true": false, "false": true}},
     at: {column: Day, format: "%Y-%m-%d"}}
"""
STATUS = """
source: st
externalId: ID
timeZone: UTC
numbers: {locale: en_US}
fields: {email: Mail}
stages:
  - stage: {column: Status, values: {Closed Won: customer, Lost Lead: lost, Contacted: null}}
    at: {column: Since, format: "%Y-%m-%d"}
    value: Amount
    currency: USD
"""


async def _consents(scene: Scene) -> list[tuple[Any, ...]]:
    statement = (
        "select k.external_id, c.purpose, c.channel, c.granted, c.at from consent c join lead_key k"
        " on k.lead_id = c.lead_id order by k.external_id, c.recorded_at, c.id"
    )
    async with scene.application.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]


@pytest.mark.parametrize("way", WAYS)
async def test_a_column_of_opt_outs_is_recorded_once(scene: Scene, tmp_path: Path, way: str) -> None:
    """With its days from their first instant; where none is told it counts from now, and lifts no withdrawal later."""
    content = b"Lead,Mail,Out,Day\n1,a@x.example,TRUE,2026-02-01\n2,b@x.example,false,\n3,c@x.example,,\n"
    tally = await take(scene, way, tmp_path, OPT_OUTS, content)
    assert (tally.faults, tally.counts["Consents recorded"]) == ([], 2)
    said = await _consents(scene)
    assert [row[:4] for row in said] == [("1", "mail", "email", False), ("2", "mail", "email", True)]
    assert said[0][4].isoformat() == "2026-01-31T23:00:00+00:00"
    before = await rows_of(scene)
    scene.time.pass_by(days=1)
    await take(scene, way, tmp_path, OPT_OUTS, content)
    assert await rows_of(scene) == before
    if way != "past":
        scene.time.pass_by(days=1)
        async with scene.application.database.reading() as connection:
            found = await connection.execute(text("select lead_id from lead_key where external_id = '2'"))
            lead_id = found.scalar_one()
        withdrawn = SaidConsent("mail", "email", granted=False)
        await record_consent(scene.application, scene.integration, lead_id=lead_id, said=withdrawn)
        scene.time.pass_by(days=1)
        await take(scene, way, tmp_path, OPT_OUTS, content)
        assert [row[3] for row in await _consents(scene)] == [False, True, False]


@pytest.mark.parametrize("way", WAYS)
async def test_a_consent_at_fault_is_told_with_its_place(scene: Scene, tmp_path: Path, way: str) -> None:
    """An unknown channel, a time ahead, an expiry before the consent."""
    mapping = OPT_OUTS.replace("E-Mail", "{column: Via}")
    ahead = (scene.time.now() + timedelta(days=2)).strftime("%Y-%m-%d")
    content = f"Lead,Mail,Out,Day,Via\n1,a@x.example,true,2026-02-01,pigeon\n2,b@x.example,true,{ahead},email\n"
    tally = await take(scene, way, tmp_path, mapping, content.encode())
    told = [(fault.row, fault.code, fault.path) for fault in tally.faults]
    assert told == [(2, "VALUE_NOT_ALLOWED", "consents.0.channel"), (3, "IN_FUTURE", "consents.0.at")]
    assert await _consents(scene) == []


async def test_a_status_column_gives_each_row_its_own_stage(scene: Scene, tmp_path: Path) -> None:
    """With amounts as they are written; a status that the mapping does not name is a fault of its row."""
    content = (
        'ID,Mail,Status,Since,Amount\n1,a@x.example,Closed Won,2026-02-01,"$22,700.00"\n'
        '2,b@x.example,lost lead,2026-02-02,\n3,c@x.example,Contacted,2026-02-03,"1.234,50"\n'
        '4,d@x.example,Parked,2026-02-03,\n5,e@x.example,Closed Won,2026-02-03,"1.234,50"\n'
    )
    tally = await take(scene, "past", tmp_path, STATUS, content.encode())
    told = [(fault.row, fault.code, fault.path) for fault in tally.faults]
    assert told == [(5, "VALUE_NOT_MAPPED", "Status"), (6, "WRONG_TYPE", "Amount")]
    assert tally.unmapped == {"Status": ["Parked"]}
    statement = (
        "select k.external_id, s.to_stage, s.value, s.currency from stage_change s join lead_key k using (lead_id)"
    )
    async with scene.application.database.reading() as connection:
        found = await connection.execute(text(f"{statement} order by 1"))
        assert [(r[0], r[1], r[2] and str(r[2].normalize()), r[3]) for r in found] == [
            ("1", "customer", "2.27E+4", "USD"),
            ("2", "lost", None, None),
        ]


@pytest.mark.parametrize("way", WAYS)
async def test_thousands_are_read_where_the_mapping_says_how(scene: Scene, tmp_path: Path, way: str) -> None:
    """Else each of the three is a fault, also where the mapping leaves the type to the agreement."""
    content = b"ID,Firm,N\n1,A,1.000\n2,B,50.000\n3,C,1.500\n"
    mapping = "source: t\nexternalId: ID\naccount: {key: Firm, fields: {employees: N}}\n"
    tally = await take(scene, way, tmp_path, mapping, content)
    assert [(fault.row, fault.code) for fault in tally.faults] == [(row, "AMBIGUOUS_NUMBER") for row in (2, 3, 4)]
    tally = await take(scene, way, tmp_path, mapping + "numbers: {locale: de}\n", content)
    assert tally.faults == []
    async with scene.application.database.reading() as connection:
        found = await connection.execute(text("select fields->>'employees' from account order by key"))
        assert list(found.scalars()) == ["1000", "50000", "1500"]


@pytest.mark.parametrize("way", ["live", "past"])
async def test_a_dry_run_counts_what_the_run_does_and_keeps_nothing(scene: Scene, tmp_path: Path, way: str) -> None:
    """Rows, faults and contradictions, over several batches too; before the run and after it."""
    for seed in range(2):
        meant = export(seed, f"{way}{seed}")
        before = await rows_of(scene)
        tried = await rehearse(scene, way, tmp_path, meant.mapping, meant.content)
        assert await rows_of(scene) == before
        done = await take(scene, way, tmp_path, meant.mapping, meant.content)
        again = await rehearse(scene, way, tmp_path, meant.mapping, meant.content)
        assert (again.ends["CREATED"], again.ends["UPDATED"]) == (0, 0)
        assert await rows_of(scene) != before
        for part in ("ends", "counts", "faults", "contradictions", "unused", "unmapped"):
            assert getattr(tried, part) == getattr(done, part), part


async def test_a_dry_run_tells_the_handovers_that_would_open(scene: Scene, tmp_path: Path) -> None:
    """Those that it opens itself, not those that are open; and consents that would be recorded."""
    await scene.lead("known")
    await scene.activity("known")
    mapping = (
        OPT_OUTS
        + """  - {purpose: call, channel: phone, granted: true}
activities: [{type: contact-form, key: "form-{Lead}", at: {column: Day, format: "%Y-%m-%d"}}]
account: {key: "company of {Lead}", fields: {employees: N, industry: {constant: machinery}}}
"""
    )
    mapping = mapping.replace(
        "fields: {email: Mail}", "fields: {email: Mail, country: {constant: DE}, role: {constant: Owner}}"
    )
    content = b"Lead,Mail,Out,Day,N\nknown,known@example.org,false,2026-02-27,60\nnew,n@x.example,false,2026-02-27,60\n"
    before = await rows_of(scene)
    tally = await rehearse(scene, "live", tmp_path, mapping, content)
    assert (tally.faults, tally.opened, len(tally.handovers)) == ([], 1, 2)
    assert tally.counts["Consents recorded"] == 4
    assert await rows_of(scene) == before
