"""`baton import`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.cli import logs
from api.cli.import_live import OPERATOR, through_api, through_house
from api.cli.output import err, fail
from api.cli.remote import Remote
from api.cli.tally import Tally, fault_of, show_faults, show_summary
from application.housing import prepared_database, quiet_house
from application.import_past import count_outcomes, import_past
from application.importing.csv_file import CsvFile
from application.importing.mapping import FileFault, Mapping, read_mapping
from application.importing.rows import ImportedRow
from application.incoming import MAX_ITEMS
from application.settings import Settings
from application.work import House

Take = Callable[[Sequence[ImportedRow], Tally], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    file: Path
    mapping: Mapping
    history: bool
    agreement: str | None
    url: str | None
    key: str | None
    limit: int | None
    by: str | None


def import_file(*, map_file: Path, faults_file: Path | None, **given: Any) -> None:
    """Import a file and tell what came of it; the exit status is 1 when rows had faults."""
    logs.configure("warning")
    asked = Asked(mapping=_mapping(map_file), **given)
    _check(asked)
    tally, began = Tally(), time.monotonic()
    try:
        asyncio.run(_import(asked, tally))
    except FileFault as fault:
        _refuse(fault)
    finally:
        show_faults(tally, faults_file)
        if tally.rows:
            show_summary(tally, time.monotonic() - began)
    if tally.faults:
        raise typer.Exit(1)


def _mapping(file: Path) -> Mapping:
    try:
        return read_mapping(file.read_text(encoding="utf-8-sig"), file.name)
    except FileFault as fault:
        _refuse(fault)


def _refuse(fault: FileFault) -> NoReturn:
    """One line when there is one fault, else a line for each."""
    if len(fault.faults) == 1:
        fail(str(fault))
    for said in fault.faults:
        err().print(f"  {said}", markup=False, soft_wrap=True)
    fail(f"{fault.what}: {len(fault.faults)}, listed above.")


def _check(asked: Asked) -> None:
    if asked.history and asked.url:
        fail("--history records the past in the database itself; it cannot be sent to --url.", 2)
    if asked.url and not asked.key:
        fail("--url needs --key, or BATON_KEY.", 2)
    if not asked.history and (asked.by or asked.agreement):
        fail("--by and --agreement go with --history.", 2)


async def _import(asked: Asked, tally: Tally) -> None:
    with CsvFile(asked.file, asked.mapping) as file:
        async with _door(asked, tally) as take:
            with _progress(file.size) as advance:
                rows = islice(file.rows(), asked.limit)
                while batch := list(islice(rows, MAX_ITEMS)):
                    await take(batch, tally)
                    tally.rows += len(batch)
                    advance(file.position, tally.rows)


@asynccontextmanager
async def _door(asked: Asked, tally: Tally) -> AsyncIterator[Take]:
    """What takes the batches: the API of a server, or the database at hand as live leads or as the past."""
    if asked.url and asked.key:
        async with Remote(asked.url, asked.key) as remote:
            yield through_api(remote, asked.mapping).take
        return
    async with prepared_database(Settings()) as url, quiet_house(url) as house:
        if not asked.history:
            yield through_house(house, asked.mapping).take
            return
        yield _past(house, asked)
        source = asked.mapping.source
        tally.outcomes = await count_outcomes(house, source)
        tally.groups = await count_outcomes(house, source, asked.by) if asked.by else []


def _past(house: House, asked: Asked) -> Take:
    mapping = asked.mapping

    async def take(rows: Sequence[ImportedRow], tally: Tally) -> None:
        past = import_past(
            house,
            OPERATOR,
            source=mapping.source,
            rows=rows,
            agreement=asked.agreement,
            only_known=mapping.only_known,
        )
        for result in await past:
            row = result.row
            tally.count(f"Leads {result.status.value.lower()}")
            tally.count("Activities recorded", result.activities)
            tally.count("Stages recorded", result.stages)
            odd = (*result.contradictions, *result.notes)
            said = [f"row {row.number} ({row.lead.external_id}): {words}" for words in odd]
            tally.contradictions += said
            tally.faults += [fault_of(row, fault) for fault in result.faults]

    return take


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int, int], None]]:
    """A bar over the bytes of the file, and the rows so far; nothing where nobody watches."""
    columns = (TextColumn("Importing"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=err(), disable=not err().is_terminal) as progress:
        task = progress.add_task("", total=size, rows=0)
        yield lambda position, rows: progress.update(task, completed=position, rows=rows)
