"""The backend of a simulation: a database of its own for a while, in which leads are judged in portions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from rules.columnar.judge import Recorded, judged
from rules.columnar.plan import ColumnarPlan
from rules.columnar.relations import Table, sql, table_of
from rules.columnar.tables import worth_table

PORTION = 500_000
"""The number of leads judged at once; between portions progress is told and a cancellation heeded."""

KeepOn = Callable[[float], None]
"""Is told the share that is done, and raises what ends the work early."""


class BackendUnavailable(Exception):
    """The database to work in cannot be had; the message is one line that says why."""


class Backend(ABC):
    """Tables of recorded facts, and the decisions on them."""

    dialect: str
    """The SQL that it speaks."""

    def __init__(self) -> None:
        self._schemas: dict[str, pa.Schema] = {}
        self._kept: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Throw all of it away."""

    @abstractmethod
    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, which begins to be with its first ones."""

    @abstractmethod
    def run(self, statement: str) -> None:
        """Run a statement."""

    @abstractmethod
    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""

    @abstractmethod
    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, a portion of them in memory at a time."""

    def keep(self, name: str, query: str) -> None:
        """Append what a query finds to a table, which begins to be with the first."""
        verb = f'insert into "{name}"' if name in self._kept else f'create table "{name}" as'
        self._kept.add(name)
        self.run(f"{verb} {query}")

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        query = f"select column_name from information_schema.columns where table_name = '{table}'"  # noqa: S608
        return [name for (name,) in self.ask(query)]

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
        query = sql(judged(plan, facts, key=key, reaching=True), self.dialect)
        for low, high, share in self._portions(f"{of}leads", key):
            keep_on(share)
            self._view("portion", f"{of}leads", f'"{key}" >= {low:d} and "{key}" < {high:d}')
            ((first, last),) = self.ask("select coalesce(min(lead), 0), coalesce(max(lead), -1) from portion")
            self._view("portion_activities", f"{of}activities", f"lead between {first:d} and {last:d}")
            self.keep(f"{of}decisions", query)
        keep_on(1.0)

    def _view(self, name: str, of: str, where: str) -> None:
        self.run(f'drop view if exists "{name}"')
        self.run(f'create temp view "{name}" as select * from "{of}" where {where}')  # noqa: S608 - our own names

    def _portions(self, name: str, key: str) -> Iterator[tuple[int, int, float]]:
        """From where to where, and what share is done before."""
        ((low, high),) = self.ask(f'select coalesce(min("{key}"), 0), coalesce(max("{key}"), 0) from "{name}"')  # noqa: S608
        for start in range(low, high + 1, PORTION):
            yield start, start + PORTION, (start - low) / (high - low + 1)
