"""Writing many rows by one statement: whatever the values, what is read back is what was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from persistence.database.bulk import array_literal
from persistence.database.database import Database

PLAIN = ["", "NULL", "null", "{}", '"', "\\", "\\n", 'a"b\\c,d', " spaced ", "ä€😀", '{"a": "\\n \\u0001"}', None]
CONTROLS = ["\n", "\t\r\x01\x7f", "\\\n", "\\\\\n", '"\n', "NULL\n", None, "null"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", PLAIN),
        ("text", CONTROLS),
        ("bytea", [b"", b"\x00\xff", b'\\"', None]),
        ("numeric", [Decimal("12.30"), Decimal("-0.001"), None]),
        ("boolean", [True, False, None]),
        ("bigint", [2**63 - 1, -(2**63), None]),
        ("double precision", [0.1, -1e300, None]),
        ("uuid", [UUID(int=7), None]),
        ("timestamptz", [datetime(2026, 3, 2, 9, 0, 0, 123456, UTC), datetime(1, 1, 1, tzinfo=UTC), None]),
    ],
)
async def test_an_array_arrives_as_it_was_sent(database: Database, kind: str, values: list[Any]) -> None:
    """Reads back quotes, backslashes, control characters, the word null and nothing at all."""
    statement = text(f"select cast(cast(:given as text) as {kind}[])")
    async with database.reading() as connection:
        assert await connection.scalar(statement, {"given": array_literal(values)}) == values
