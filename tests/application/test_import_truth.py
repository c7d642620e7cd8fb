"""Exports of all kinds, imported as live rows, through the API, and as the past: what they mean, or a fault says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.application.exports import Export, export
from tests.application.scene import Scene
from tests.application.ways_in import WAYS, rows_of, take


async def _stored(scene: Scene, source: str) -> Export:
    """What is stored of a source, in the form of what an export means."""
    found = Export("", b"")
    of_leads = (
        "select k.external_id as key, l.fields, a.key as company, a.fields as of_company from lead_key k"
        " join lead l on l.id = k.lead_id left join account a on a.id = l.account_id where k.source = :source"
    )
    async with scene.application.database.reading() as connection:
        for row in await connection.execute(text(of_leads), {"source": source}):
            found.leads[row.key] = dict(row.fields)
            if row.company is not None:
                found.company_of[row.key] = row.company
                found.companies[row.company] = dict(row.of_company)
        keys = await connection.execute(text("select key from activity where source = :source"), {"source": source})
        found.activities = {row.key for row in keys}
    return found


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_imported_is_what_the_export_means(scene: Scene, tmp_path: Path, way: str) -> None:
    """Or stands in the faults by line and code; each row counts once; the second time all is unchanged."""
    for seed in range(3):
        source = f"{way}{seed}"
        meant = export(seed, source)
        tally = await take(scene, way, tmp_path, meant.mapping, meant.content)
        about = f"seed {seed}"
        assert {(fault.row, fault.code) for fault in tally.faults} - meant.further == meant.codes, about
        assert {int(said.split()[1]) for said in tally.contradictions} == meant.contradicting, about
        stored = await _stored(scene, source)
        for part in ("leads", "company_of", "companies", "activities"):
            assert getattr(stored, part) == getattr(meant, part), about
        ends = {"CREATED": len(meant.leads), "REFUSED": meant.refused, "LEFT_OUT": meant.left_out}
        assert {end: tally.ends[end] for end in ends} == ends, about
        assert (tally.rows, tally.ends["UPDATED"] + tally.ends["UNCHANGED"]) == (60, meant.taken - len(meant.leads))
        before = await rows_of(scene)
        again = await take(scene, way, tmp_path, meant.mapping, meant.content)
        wanted = {"UNCHANGED": meant.taken, "REFUSED": meant.refused, "LEFT_OUT": meant.left_out}
        assert {end: number for end, number in again.ends.items() if number} == {e: n for e, n in wanted.items() if n}
        assert await rows_of(scene) == before, about


@pytest.mark.parametrize("way", WAYS)
async def test_only_known_leads_are_taken_in_every_way(scene: Scene, tmp_path: Path, way: str) -> None:
    """A row about a lead that nobody sent is a fault and makes none."""
    mapping = "source: deals\nexternalId: ID\nonlyKnown: true\nfields: {email: Mail}\n"
    tally = await take(scene, way, tmp_path, mapping, b"ID,Mail\nnobody-yet,x@x.example\n")
    assert [(fault.row, fault.code, fault.path) for fault in tally.faults] == [(2, "UNKNOWN_LEAD", "externalId")]
    assert (await rows_of(scene))["lead"] == 0


@pytest.mark.parametrize("way", WAYS)
async def test_contradictions_about_a_company_change_nothing_the_second_time(
    scene: Scene, tmp_path: Path, way: str
) -> None:
    """Name, owner and fields of the first row count; each other row is told, each time."""
    mapping = """
source: tie
externalId: ID
timeZone: UTC
createdAt: {column: Seen, format: "%Y-%m-%d"}
fields: {email: Mail}
account: {key: Firm, name: Name, owner: Rep, fields: {industry: Industry}}
"""
    rows = (
        "ID,Mail,Seen,Firm,Name,Rep,Industry\n"
        "t1,a@x.example,2026-01-02,TIE,Tie,eva,machinery\n"
        "t2,b@x.example,2026-01-02,TIE,TIE Ltd,ida,consulting\n"
    )
    for statuses in ({"CREATED": 2}, {"UNCHANGED": 2}, {"UNCHANGED": 2}):
        tally = await take(scene, way, tmp_path, mapping, rows.encode())
        assert (dict(tally.ends), tally.faults, len(tally.contradictions)) == (statuses, [], 3)
    async with scene.application.database.reading() as connection:
        found: Any = (await connection.execute(text("select name, owner, fields from account"))).one()
    assert tuple(found) == ("Tie", "eva", {"industry": "machinery"})
