"""Exports of all kinds, imported as live rows, through the API, and as the past: what they mean, or a fault says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.build import create_api
from api.cli.client.remote import Remote
from api.cli.importing.import_live import through_api, through_application, types_behind
from api.cli.importing.importing import Destination, into_the_past, read_through
from api.cli.importing.tally import Tally
from application.directory.manage_keys import create_key
from application.intake.importing.agreed_types import agreed_types
from application.intake.importing.csv_file import CsvFile
from application.intake.importing.mapping import Mapping, read_mapping
from domain.people.principal import Role
from tests.application.exports import Export, export
from tests.application.scene import Scene

Opening = Callable[[Scene, Mapping], Awaitable[Destination]]


async def _live(scene: Scene, mapping: Mapping) -> Destination:
    return Destination(through_application(scene.application, mapping).take, await agreed_types(scene.application))


async def _past(scene: Scene, mapping: Mapping) -> Destination:
    return Destination(into_the_past(scene.application, mapping, None), await agreed_types(scene.application))


async def _api(scene: Scene, mapping: Mapping) -> Destination:
    _, secret = await create_key(scene.application, None, name="tool", role=Role.INTEGRATION)
    remote = Remote("http://baton.test/graphql", secret)
    await remote._http.aclose()
    transport = httpx.ASGITransport(create_api(scene.application))
    remote._http = httpx.AsyncClient(transport=transport, headers={"Authorization": f"Bearer {secret}"})
    return Destination(through_api(remote, mapping).take, await types_behind(remote))


WAYS: dict[str, Opening] = {"live": _live, "api": _api, "past": _past}


async def _take(scene: Scene, way: str, folder: Path, mapping: str, content: bytes) -> Tally:
    path = folder / "export.csv"
    path.write_bytes(content)
    read, tally = read_mapping(mapping, "export"), Tally()
    with CsvFile(path, read) as file:
        await read_through(file, await WAYS[way](scene, read), tally)
    return tally


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


async def _rows(scene: Scene) -> dict[str, int]:
    """How many rows there are in the tables that an import writes."""
    tables = ("lead", "account", "activity", "field_value", "stage_change", "handover", "obligation")
    async with scene.application.database.reading() as connection:
        found = {t: (await connection.execute(text(f"select count(*) from {t}"))).scalar_one() for t in tables}
    return {**found, "event": len(await scene.events("lead.", "activity.", "handover.", "decision."))}


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_imported_is_what_the_export_means(scene: Scene, tmp_path: Path, way: str) -> None:
    """Or stands in the faults by line and code; each row counts once; the second time all is unchanged."""
    for seed in range(3):
        source = f"{way}{seed}"
        meant = export(seed, source)
        tally = await _take(scene, way, tmp_path, meant.mapping, meant.content)
        about = f"seed {seed}"
        assert {(fault.row, fault.code) for fault in tally.faults} - meant.further == meant.codes, about
        assert {int(said.split()[1]) for said in tally.contradictions} == meant.contradicting, about
        stored = await _stored(scene, source)
        for part in ("leads", "company_of", "companies", "activities"):
            assert getattr(stored, part) == getattr(meant, part), about
        ends = {"CREATED": len(meant.leads), "REFUSED": meant.refused, "LEFT_OUT": meant.left_out}
        assert {end: tally.ends[end] for end in ends} == ends, about
        assert (tally.rows, tally.ends["UPDATED"] + tally.ends["UNCHANGED"]) == (60, meant.taken - len(meant.leads))
        before = await _rows(scene)
        again = await _take(scene, way, tmp_path, meant.mapping, meant.content)
        wanted = {"UNCHANGED": meant.taken, "REFUSED": meant.refused, "LEFT_OUT": meant.left_out}
        assert {end: number for end, number in again.ends.items() if number} == {e: n for e, n in wanted.items() if n}
        assert await _rows(scene) == before, about


@pytest.mark.parametrize("way", WAYS)
async def test_only_known_leads_are_taken_in_every_way(scene: Scene, tmp_path: Path, way: str) -> None:
    """A row about a lead that nobody sent is a fault and makes none."""
    mapping = "source: deals\nexternalId: ID\nonlyKnown: true\nfields: {email: Mail}\n"
    tally = await _take(scene, way, tmp_path, mapping, b"ID,Mail\nnobody-yet,x@x.example\n")
    assert [(fault.row, fault.code, fault.path) for fault in tally.faults] == [(2, "UNKNOWN_LEAD", "externalId")]
    assert (await _rows(scene))["lead"] == 0


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
        tally = await _take(scene, way, tmp_path, mapping, rows.encode())
        assert (dict(tally.ends), tally.faults, len(tally.contradictions)) == (statuses, [], 3)
    async with scene.application.database.reading() as connection:
        found: Any = (await connection.execute(text("select name, owner, fields from account"))).one()
    assert tuple(found) == ("Tie", "eva", {"industry": "machinery"})
