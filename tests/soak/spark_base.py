"""Spark as a database that columnar expressions are asked of."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from application.runtime.settings import Spark
from application.simulation.spark import SparkBackend
from rules.columnar.relations import sql

LOCAL = Spark("local[2]")


class SparkBase:
    """A backend of its own on a Spark in this machine."""

    def __init__(self) -> None:
        self._bench = SparkBackend(LOCAL)
        self._put = 0

    def put(self, name: str, table: pa.Table) -> Any:
        """Write an arrow table, and give the ibis table."""
        self._put += 1
        self._bench.add(f"{name}_{self._put}", table)
        return self._bench.table(f"{name}_{self._put}")

    def ask(self, table: Any) -> list[dict[str, Any]]:
        """The rows of an ibis table."""
        return [dict(zip(table.columns, row, strict=True)) for row in self._bench.ask(sql(table, "pyspark"))]

    def close(self) -> None:
        """Throw all of it away."""
        self._bench.close()
