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

from api.cli.client.remote import Remote
from api.cli.importing.import_live import OPERATOR, through_api, through_application, types_behind
from api.cli.importing.tally import Tally, fault_of, show_faults, show_summary
from api.cli.terminal import logs
from api.cli.terminal.output import err, fail
from application.intake.importing.agreed_types import AgreedTypes, agreed_types
from application.intake.importing.first_told import FirstTold
from application.intake.importing.import_past import PastResult, count_outcomes, import_past
from application.intake.importing.mapping import FileFault, Mapping, read_mapping
from application.intake.importing.rehearsal import opened, rehearsal
from application.intake.importing.rows import ImportedRow
from application.intake.importing.sheet_file import source_file
from application.intake.importing.skipping import row_without
from application.intake.importing.source_file import SourceFile
from application.lifespan.housing import prepared_application, prepared_database
from application.runtime.incoming import MAX_ITEMS
from application.runtime.settings import Settings
from application.runtime.transaction import Application

Take = Callable[[Sequence[ImportedRow], Tally], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Destination:
    """The receiver of the rows, and the types that fields have there."""

    take: Take
    types: AgreedTypes


@dataclass(frozen=True)
class Asked:
    """The question."""

    file: Path
    mapping: Mapping
    history: bool
    agreement: str | None
    url: str | None
    key: str | None
    limit: int | None
    by: str | None
    dry_run: bool


def import_file(*, map_file: Path, faults_file: Path | None, **given: Any) -> None:
    """Import a file and tell what came of it; the exit status is 1 when rows had faults."""
    logs.configure("warning")
    asked = Asked(mapping=_mapping(map_file), **given)
    _check(asked)
    tally, began = Tally(dry_run=asked.dry_run), time.monotonic()
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
    if asked.dry_run and asked.url:
        fail("--dry-run tries the file on the database itself; it cannot be sent to --url.", 2)
    if asked.url and not asked.key:
        fail("--url needs --key, or BATON_KEY.", 2)
    if not asked.history and (asked.by or asked.agreement):
        fail("--by and --agreement go with --history.", 2)


async def _import(asked: Asked, tally: Tally) -> None:
    with source_file(asked.file, asked.mapping) as file:
        async with _destination(asked, tally) as destination:
            with _progress(file.size) as advance:
                await read_through(file, destination, tally, limit=asked.limit, advance=advance)


async def read_through(
    file: SourceFile,
    destination: Destination,
    tally: Tally,
    *,
    limit: int | None = None,
    advance: Callable[[int, int], None] = lambda _position, _rows: None,
) -> None:
    """Read the rows of a file and have them taken in batches; of what contradicts itself the first counts."""
    first, rows = FirstTold(), islice(file.rows(destination.types), limit)
    try:
        while batch := list(islice(rows, MAX_ITEMS)):
            for row in batch:
                tally.contradictions += first.of(row)
            await destination.take(batch, tally)
            advance(file.position, tally.rows)
    finally:
        tally.unused, tally.unmapped = file.unused, file.unmapped
    if file.unused_twice:
        tally.notes.append(f"Columns that stand there twice and are not used: {', '.join(file.unused_twice)}.")


@asynccontextmanager
async def _destination(asked: Asked, tally: Tally) -> AsyncIterator[Destination]:
    """Return what takes the batches: the API of a server, or the database at hand as live leads or as the past."""
    if asked.url and asked.key:
        async with Remote(asked.url, asked.key) as remote:
            yield Destination(through_api(remote, asked.mapping).take, await types_behind(remote))
        return
    async with prepared_database(Settings()) as url, prepared_application(url) as application:
        if not asked.dry_run:
            async with _at_hand(application, asked, tally) as destination:
                yield destination
            return
        async with rehearsal(application) as trial, _at_hand(trial, asked, tally) as destination:
            yield destination
        tally.opened = await opened(application, trial)


@asynccontextmanager
async def _at_hand(application: Application, asked: Asked, tally: Tally) -> AsyncIterator[Destination]:
    types = await agreed_types(application)
    if not asked.history:
        yield Destination(through_application(application, asked.mapping).take, types)
        return
    yield Destination(into_the_past(application, asked.mapping, asked.agreement), types)
    source = asked.mapping.source
    tally.outcomes = await count_outcomes(application, source)
    tally.groups = await count_outcomes(application, source, asked.by) if asked.by else []


def into_the_past(application: Application, mapping: Mapping, agreement: str | None) -> Take:
    """Record rows as the past, in the database at hand."""

    async def record(rows: Sequence[ImportedRow]) -> list[PastResult]:
        return await import_past(
            application, OPERATOR, source=mapping.source, rows=rows, agreement=agreement, only_known=mapping.only_known
        )

    async def take(rows: Sequence[ImportedRow], tally: Tally) -> None:
        results = await record([row for row in rows if not tally.left_out(row, faulty=False)])
        again: dict[int, ImportedRow] = {}
        for place, result in enumerate(results):
            paths = [fault.path or () for fault in result.faults]
            rest = row_without(mapping, result.row, paths) if paths and not result.row.faults else None
            if rest is not None:
                again[place] = rest
        second = await record(list(again.values())) if again else []
        for place, result in zip(again, second, strict=True):
            result.faults[:0] = results[place].faults
            results[place] = result
        for result in results:
            _count(result, tally)

    return take


def _count(result: PastResult, tally: Tally) -> None:
    row = result.row
    tally.end(result.status.value)
    tally.count("Activities recorded", result.activities)
    tally.count("Stages recorded", result.stages)
    tally.count("Consents recorded", result.consents)
    odd = (*result.contradictions, *result.notes)
    tally.contradictions += [f"row {row.number} ({row.lead.external_id}): {words}" for words in odd]
    tally.faults += [fault_of(row, fault) for fault in result.faults]


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int, int], None]]:
    """A bar over the bytes of the file, and the rows so far; nothing where nobody watches."""
    columns = (TextColumn("Importing"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]:,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=err(), disable=not err().is_terminal) as progress:
        task = progress.add_task("", total=size, rows=0)
        yield lambda position, rows: progress.update(task, completed=position, rows=rows)
