"""The differences that a simulation found, as a file: CSV or Parquet."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from application.page import PageRequest
from application.simulating.simulate import differences
from application.work import House
from domain.simulation import StoredDifference

_PAGE = 1_000
_SAID = ("due", "trigger", "grade", "stage", "fitPoints", "interestPoints")
COLUMNS = ("kind", "lead", "at", *(f"{name}_{side}" for side in ("before", "after") for name in _SAID), "reasons")
SUFFIXES = (".csv", ".parquet")


async def write_differences(house: House, simulation_id: UUID, file: Path) -> int:
    """Write all differences into a file, its ending says how, and tell how many they are."""
    write = _write_parquet if file.suffix == ".parquet" else _write_csv
    return await write(_pages(house, simulation_id), file)


async def _pages(house: House, simulation_id: UUID) -> AsyncIterator[list[dict[str, str | None]]]:
    found, after = differences(house, simulation_id, None), None
    while True:
        page = await found.page(PageRequest(first=_PAGE, after=after))
        yield [_row(one) for one in page.items]
        if not page.has_next:
            return
        after = (page.items[-1].number,)


def _row(one: StoredDifference) -> dict[str, str | None]:
    row: dict[str, Any] = {"kind": one.kind.value, "lead": str(one.lead_id), "at": one.at.isoformat()}
    for side in ("before", "after"):
        said = one.detail[side] or {}
        row |= {f"{name}_{side}": None if said.get(name) is None else str(said[name]) for name in _SAID}
    return row | {"reasons": orjson.dumps(one.detail["reasons"]).decode()}


async def _write_csv(pages: AsyncIterator[list[dict[str, str | None]]], file: Path) -> int:
    number = 0
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        async for rows in pages:
            writer.writerows(rows)
            number += len(rows)
    return number


async def _write_parquet(pages: AsyncIterator[list[dict[str, str | None]]], file: Path) -> int:
    schema, number = pa.schema([(name, pa.string()) for name in COLUMNS]), 0
    with pq.ParquetWriter(file, schema) as writer:
        async for rows in pages:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            number += len(rows)
    return number
