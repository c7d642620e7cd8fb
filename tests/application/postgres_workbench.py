"""The backend of a simulation on PostgreSQL instead of the embedded database."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from threading import Lock
from typing import Any, TypeVar

import asyncpg
import pyarrow as pa
from sqlalchemy import make_url

from application.simulation.backend import Backend
from persistence.database.database import driver_dsn

_TYPES = {pa.int64(): "bigint", pa.string(): "text", pa.bool_(): "boolean", pa.list_(pa.string()): "text[]"}
T = TypeVar("T")


class PostgresWorkbench(Backend):
    """Tables of recorded facts in an empty database, and the decisions on them."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._loop, self._lock = asyncio.new_event_loop(), Lock()
        self._server: asyncpg.Connection[asyncpg.Record] = self._wait(
            asyncpg.connect(driver_dsn(make_url(url)), statement_cache_size=0)
        )

    def _wait(self, transaction: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            return self._loop.run_until_complete(transaction)

    def close(self) -> None:
        """Let the connection go."""
        self._wait(self._server.close())
        self._loop.close()

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, which begins to be with its first ones."""
        if name not in self._schemas:
            columns = ", ".join(f'"{field.name}" {_TYPES[field.type]}' for field in table.schema)
            self.run(f'create table "{name}" ({columns})')
            self._schemas[name] = table.schema
        rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        self._wait(self._server.copy_records_to_table(name, records=rows, columns=table.schema.names))

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._wait(self._server.execute(statement))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return [tuple(row) for row in self._wait(self._server.fetch(query))]

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds."""
        yield from self.ask(query)
