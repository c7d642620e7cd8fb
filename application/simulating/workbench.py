"""The workbench of a simulation: an embedded DuckDB in a folder of its own, in which leads are judged in portions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from rules.columnar import Table, sql, table_of
from rules.columnar_judge import Recorded, judged
from rules.columnar_plan import ColumnarPlan
from rules.columnar_tables import worth_table

PORTION = 100_000
"""How many leads are judged at once; between portions progress is told and a cancellation heeded."""
MEMORY = "1GB"
"""What the database may take; what needs more goes to its folder."""

KeepOn = Callable[[float], None]
"""Is told the share that is done, and raises what ends the work early."""


class Workbench:
    """Tables of recorded facts, and the decisions on them."""

    dialect = "duckdb"
    """The SQL that it speaks."""

    def __init__(self, *, threads: int | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="baton-simulation-"))
        limits: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(self._folder / "spilled")}
        self.connection = duckdb.connect(str(self._folder / "facts.duckdb"), config=limits)
        self.connection.execute("set preserve_insertion_order = false")
        if threads is not None:
            self.connection.execute(f"set threads = {threads:d}")
        self._schemas: dict[str, pa.Schema] = {}

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Throw all of it away."""
        self.connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, which begins to be with its first ones."""
        self.connection.register("given", table)
        if name in self._schemas:
            self.connection.execute(f'insert into "{name}" by name select * from given')  # noqa: S608 - our own name
        else:
            self.connection.execute(f'create table "{name}" as select * from given')  # noqa: S608 - as above
            self._schemas[name] = table.schema
        self.connection.unregister("given")

    def table(self, name: str) -> Table:
        """A table as expressions speak of it."""
        return table_of(name, self._schemas[name])

    def judge(self, plan: ColumnarPlan, of: str = "", *, key: str, keep_on: KeepOn) -> None:
        """Write decisions on all rows of a leads' table, told apart by the key; `of` begins the names of the tables."""
        self.add(f"{of}worth", worth_table(plan))
        facts = Recorded(
            table_of("portion", self._schemas[f"{of}leads"]),
            self.table(f"{of}accounts"),
            table_of("portion_activities", self._schemas[f"{of}activities"]),
            self.table(f"{of}worth"),
        )
        query = sql(judged(plan, facts, key=key), self.dialect)
        verb = f'create table "{of}decisions" as'
        for low, high, share in self._portions(f"{of}leads", key):
            keep_on(share)
            self._view("portion", f"{of}leads", f'"{key}" >= {low:d} and "{key}" < {high:d}')
            ((first, last),) = self.ask("select coalesce(min(lead), 0), coalesce(max(lead), -1) from portion")
            self._view("portion_activities", f"{of}activities", f"lead between {first:d} and {last:d}")
            self.run(f"{verb} {query}")
            verb = f'insert into "{of}decisions"'
        keep_on(1.0)

    def _view(self, name: str, of: str, where: str) -> None:
        self.run(f'drop view if exists "{name}"')
        self.run(f'create temp view "{name}" as select * from "{of}" where {where}')  # noqa: S608 - our own names

    def run(self, statement: str) -> None:
        """Run a statement."""
        self.connection.execute(statement)

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        query = f"select column_name from information_schema.columns where table_name = '{table}'"  # noqa: S608
        return [name for (name,) in self.ask(query)]

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return self.connection.execute(query, list(values)).fetchall()

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, a portion of them in memory at a time."""
        found = self.connection.cursor().execute(query)
        while part := found.fetchmany(5_000):
            yield from part

    def _portions(self, name: str, key: str) -> Iterator[tuple[int, int, float]]:
        """From where to where, and what share is done before."""
        ((low, high),) = self.ask(f'select coalesce(min("{key}"), 0), coalesce(max("{key}"), 0) from "{name}"')  # noqa: S608
        for start in range(low, high + 1, PORTION):
            yield start, start + PORTION, (start - low) / (high - low + 1)
