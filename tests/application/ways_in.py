"""The ways in which a file is imported: live at the database, live through the API, and as the past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
from sqlalchemy import text

from api.build import create_api
from api.cli.client.remote import Remote
from api.cli.importing.import_live import through_api, through_application, types_behind
from api.cli.importing.importing import Destination, into_the_past, read_through
from api.cli.importing.tally import Tally
from application.directory.manage_keys import create_key
from application.intake.importing.agreed_types import agreed_types
from application.intake.importing.mapping import Mapping, read_mapping
from application.intake.importing.rehearsal import opened, rehearsal
from application.intake.importing.sheet_file import source_file
from domain.people.principal import Role
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


async def take(scene: Scene, way: str, folder: Path, mapping: str, content: bytes) -> Tally:
    """Import a file, and return what came of it."""
    path = folder / "export.csv"
    path.write_bytes(content)
    read, tally = read_mapping(mapping, "export"), Tally()
    with source_file(path, read) as file:
        await read_through(file, await WAYS[way](scene, read), tally)
    return tally


async def rehearse(scene: Scene, way: str, folder: Path, mapping: str, content: bytes) -> Tally:
    """The same, of which nothing stays."""
    async with rehearsal(scene.application) as trial:
        tally = await take(replace(scene, application=trial), way, folder, mapping, content)
    tally.opened = await opened(scene.application, trial)
    return tally


async def rows_of(scene: Scene) -> dict[str, int]:
    """How many rows there are in the tables that an import writes."""
    tables = ("lead", "account", "activity", "field_value", "stage_change", "consent", "handover", "obligation")
    async with scene.application.database.reading() as connection:
        found = {t: (await connection.execute(text(f"select count(*) from {t}"))).scalar_one() for t in tables}
    return {**found, "event": len(await scene.events("lead.", "activity.", "handover.", "decision."))}
