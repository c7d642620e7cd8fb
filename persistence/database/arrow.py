"""The rows of a query as a table of Arrow, read by COPY: no row of it becomes a value of Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy.ext.asyncio import AsyncConnection

MOMENT = pa.timestamp("us", tz="UTC")
_LONGEST = 32 << 20
"""No row is as long as this, in bytes."""
_BIND = re.compile(r"(?<!:):([a-z]\w*)")


async def copied(
    connection: AsyncConnection, statement: str, columns: Mapping[str, pa.DataType], binds: Mapping[str, Any]
) -> pa.Table:
    """Return what a statement finds, its columns under these names and types; binds stand in it as `:name`."""
    names = list(binds)
    numbered = _BIND.sub(lambda bind: f"${names.index(bind[1]) + 1}", statement)
    driver: Any = (await connection.get_raw_connection()).driver_connection
    parts: list[bytes] = []

    async def keep(part: bytes) -> None:  # a file would be written in a thread, part by part
        parts.append(part)

    await driver.copy_from_query(numbered, *binds.values(), output=keep, format="csv")
    if not parts:
        return pa.schema(columns.items()).empty_table()
    return csv.read_csv(
        pa.BufferReader(b"".join(parts)),
        read_options=csv.ReadOptions(column_names=list(columns), block_size=_LONGEST),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict(columns),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    ).combine_chunks()
