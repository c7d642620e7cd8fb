"""Set-based writing: one statement for many rows, its columns sent as arrays.

An array travels as the text of its literal, since the driver looks twice at every element of a list. In a long batch
many a column has one value throughout (the sender, the moment, nothing at all): it is sent once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.database.database import dump_json

SQL_TYPES: tuple[tuple[type, str], ...] = (
    (Uuid, "uuid"),
    (JSONB, "text"),
    (ARRAY, "text"),
    (DateTime, "timestamptz"),
    (Boolean, "boolean"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Double, "double precision"),
    (Numeric, "numeric"),
    (LargeBinary, "bytea"),
    (Text, "text"),
)
"""The type of a column's values in an array; JSON and arrays inside an array stand there as text."""

LONG = 20
"""From so many rows on a column of one value is sent once; in short batches that would only make many statements."""


def _travels_as(column: Column[Any]) -> str:
    return next(name for kind, name in SQL_TYPES if isinstance(column.type, kind))


def _unpacked(column: Column[Any], packed: str) -> str:
    if isinstance(column.type, JSONB):
        return f"{packed}::jsonb"
    if isinstance(column.type, ARRAY):
        return f"{packed}::text[]"
    return packed


def _value(table: Table, name: str, once: Collection[str]) -> str:
    column = table.c[name]
    return _unpacked(column, f"cast(:{name} as {_travels_as(column)})" if name in once else f"n.{name}")


def _source(table: Table, names: Sequence[str], once: Collection[str]) -> str:
    varying = [name for name in names if name not in once]
    arrays = ", ".join(f"cast(cast(:{name} as text) as {_travels_as(table.c[name])}[])" for name in varying)
    return f"unnest({arrays}) with ordinality as n({', '.join(varying)}, nth)"


@cache
def _insert(table: Table, names: tuple[str, ...], once: frozenset[str], suffix: str, around: str) -> TextClause:
    values = ", ".join(_value(table, name, once) for name in names)
    source = _source(table, names, once)
    insert = f"insert into {table.name} ({', '.join(names)}) select {values} from {source} order by n.nth {suffix}"
    return text(around.format(insert))


@cache
def _update(table: Table, keys: tuple[str, ...], names: tuple[str, ...], once: frozenset[str]) -> TextClause:
    changes = ", ".join(f"{name} = {_value(table, name, once)}" for name in names)
    same = " and ".join(f"{table.name}.{key} = {_value(table, key, once)}" for key in keys)
    return text(f"update {table.name} set {changes} from {_source(table, (*keys, *names), once)} where {same}")


@cache
def _packer(column: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSONB):
        return lambda value: None if value is None else dump_json(value)
    if isinstance(column.type, ARRAY):
        return array_literal
    return None


def array_literal(values: Iterable[Any]) -> str:
    """Values as PostgreSQL writes an array of them: as JSON does, but for how JSON escapes control characters."""
    listed = list(values)
    written = orjson.dumps(listed, default=_text).decode()
    if "\\" in written.replace("\\\\", "").replace('\\"', ""):
        written = f"[{','.join(_quoted(value) for value in listed)}]"
    return f"{{{written[1:-1]}}}"


def _text(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _quoted(value: object) -> str:
    if value is None:
        return "null"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _columns(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The rows turned by ninety degrees, ready to be sent: the list of each column's values; and what is sent once."""
    columns: dict[str, Any] = {}
    once = set()
    for name in names:
        pack = _packer(table.c[name])
        values = [row[name] for row in rows] if pack is None else [pack(row[name]) for row in rows]
        if len(rows) >= LONG and name != names[0] and values.count(values[0]) == len(values):
            once.add(name)
        columns[name] = values[0] if name in once else array_literal(values)
    return columns, frozenset(once)


async def insert(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, around: str = "{}"
) -> None:
    """Insert rows that all have the same columns, in the order given; nothing when there are none.

    `around` is a statement that makes more of what inserting returns.
    """
    if rows:
        names = tuple(rows[0])
        columns, once = _columns(table, names, rows)
        await connection.execute(_insert(table, names, once, "", around), columns)


async def insert_new(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: str
) -> set[Any]:
    """Insert the rows that do not collide with present ones, in the order given; tell one column of those inserted.

    Sort the rows by their unique key, or two writers deadlock.
    """
    if not rows:
        return set()
    names = tuple(rows[0])
    columns, once = _columns(table, names, rows)
    statement = _insert(table, names, once, f"on conflict do nothing returning {returning}", "{}")
    return set((await connection.execute(statement, columns)).scalars().all())


async def update(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, keys: tuple[str, ...] = ("id",)
) -> None:
    """Update rows found by their keys; every row names the same columns."""
    if rows:
        names = tuple(name for name in rows[0] if name not in keys)
        columns, once = _columns(table, (*keys, *names), rows)
        await connection.execute(_update(table, keys, names, once), columns)
