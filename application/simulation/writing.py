"""The differences that a simulation found, as a file: CSV or Parquet."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from application.reading import single
from application.reading.single import LeadKey
from application.runtime.page import PageRequest
from application.runtime.transaction import Application
from application.runtime.written_csv import text_cell
from application.simulation.sentences import reasons, summary
from application.simulation.simulate import differences
from domain.agreements.simulation import StoredDifference

_PAGE = 1_000
_SAID = ("due", "trigger", "grade", "stage", "fitPoints", "interestPoints")
_TYPES = {
    "at": pa.timestamp("us", tz="UTC"),
    "due": pa.bool_(),
    "fitPoints": pa.decimal128(18, 2),
    "interestPoints": pa.decimal128(18, 2),
}
"""The type of a column, if it is no text."""
COLUMNS = (
    *("kind", "lead", "source", "externalId", "at"),
    *(f"{name}_{side}" for side in ("before", "after") for name in _SAID),
    *("summary", "reasons"),
)
SUFFIXES = (".csv", ".parquet")


async def write_differences(application: Application, simulation_id: UUID, file: Path) -> int:
    """Write all differences into a file, its ending says how, and tell how many they are."""
    write = _write_parquet if file.suffix == ".parquet" else _write_csv
    return await write(_pages(application, simulation_id), file)


async def _pages(application: Application, simulation_id: UUID) -> AsyncIterator[list[dict[str, Any]]]:
    found, after = differences(application, simulation_id, None), None
    while True:
        page = await found.page(PageRequest(first=_PAGE, after=after))
        keys = await single.keys_of(application, [one.lead_id for one in page.items])
        yield [_row(one, own) for one, own in zip(page.items, keys, strict=True)]
        if not page.has_next:
            return
        after = (page.items[-1].number,)


def _row(one: StoredDifference, keys: Sequence[LeadKey]) -> dict[str, Any]:
    """A difference, with the first key under which somebody sent the lead."""
    row: dict[str, Any] = {"kind": one.kind.value, "lead": str(one.lead_id), "at": one.at}
    row |= {"source": keys[0].source, "externalId": keys[0].external_id} if keys else {}
    for side in ("before", "after"):
        said = one.detail[side] or {}
        row |= {f"{name}_{side}": said.get(name) for name in _SAID}
    return row | {"summary": summary(one, "en"), "reasons": orjson.dumps(reasons(one, "en")).decode()}


async def _write_csv(pages: AsyncIterator[list[dict[str, Any]]], file: Path) -> int:
    number = 0
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        async for rows in pages:
            dated = (row | {"at": row["at"].isoformat()} for row in rows)
            writer.writerows({name: _cell(name, value) for name, value in row.items()} for row in dated)
            number += len(rows)
    return number


def _cell(name: str, value: Any) -> Any:
    """A text as such; points are numbers, also below zero."""
    return value if name.partition("_")[0] in _TYPES else text_cell(value)


async def _write_parquet(pages: AsyncIterator[list[dict[str, Any]]], file: Path) -> int:
    number = 0
    schema = pa.schema([(name, _TYPES.get(name.partition("_")[0], pa.string())) for name in COLUMNS])
    points = [name for name in COLUMNS if pa.types.is_decimal(schema.field(name).type)]
    with pq.ParquetWriter(file, schema) as writer:
        async for rows in pages:
            for row in rows:
                row |= {name: Decimal(row[name]) for name in points if row[name] is not None}
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            number += len(rows)
    return number
