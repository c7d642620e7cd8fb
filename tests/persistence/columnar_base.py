"""PostgreSQL as a database that columnar expressions are asked of."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pyarrow as pa
from sqlalchemy import make_url

from persistence.database.database import driver_dsn
from rules.columnar.relations import sql, table_of

_TYPES = {pa.int64(): "bigint", pa.string(): "text", pa.bool_(): "boolean", pa.list_(pa.string()): "text[]"}


class PostgresBase:
    """A database of a PostgreSQL server, with a connection and an event loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(asyncpg.connect(driver_dsn(make_url(url)), statement_cache_size=0))

    def put(self, name: str, table: pa.Table) -> Any:
        """Write an arrow table, and give the ibis table."""
        columns = ", ".join(f'"{field.name}" {_TYPES[field.type]}' for field in table.schema)
        rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        statement = f'drop table if exists "{name}"; create temp table "{name}" ({columns})'
        self._runner.run(self._connection.execute(statement))
        self._runner.run(self._connection.copy_records_to_table(name, records=rows))
        return table_of(name, table.schema)

    def ask(self, table: Any) -> list[dict[str, Any]]:
        """The rows of an ibis table."""
        return [dict(row) for row in self._runner.run(self._connection.fetch(sql(table, "postgres")))]

    def close(self) -> None:
        """Let the connection go."""
        self._runner.run(self._connection.close())
        self._runner.close()
