"""A backend that comes with Baton: an embedded DuckDB in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from application.simulation.backend import Backend

MEMORY = "1GB"
"""The capacity of the database; what needs more goes to its folder."""


class EmbeddedBackend(Backend):
    """Works in this process."""

    dialect = "duckdb"

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="baton-simulation-"))
        limits: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(self._folder / "spilled")}
        self._connection = duckdb.connect(str(self._folder / "facts.duckdb"), config=limits)
        self._connection.execute("set preserve_insertion_order = false")

    def close(self) -> None:
        """Throw all of it away."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, which begins to be with its first ones."""
        self._connection.register("given", table)
        if name in self._schemas:
            self.run(f'insert into "{name}" by name select * from given')  # noqa: S608 - our own name
        else:
            self.run(f'create table "{name}" as select * from given')  # noqa: S608 - as above
            self._schemas[name] = table.schema
        self._connection.unregister("given")

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._connection.execute(statement)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return self._connection.execute(query).fetchall()

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, a portion of them in memory at a time."""
        found = self._connection.cursor().execute(query)
        while part := found.fetchmany(5_000):
            yield from part
