"""A backend on Spark: facts go there as Parquet files, are judged there, and come back as answers to queries."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from application.runtime.settings import Spark
from application.simulation.backend import Backend, BackendUnavailable

_OPTIONS = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
"""The settings of Spark that are ours; all else is the operator's, as in spark-defaults.conf."""
_WORDS = {"spark.sql.ansi.enabled": "true", "spark.sql.ansi.doubleQuotedIdentifiers": "true"}
"""The settings by which a session understands SQL: names are quoted as everywhere, and what does not fit is a fault."""


class SparkBackend(Backend):
    """Works where Spark's master sends the work."""

    dialect = "pyspark"

    def __init__(self, spark: Spark) -> None:
        super().__init__()
        if spark.folder is None and not spark.master.startswith("local"):
            raise BackendUnavailable("BATON_SPARK_FOLDER must name a folder that all of Spark's workers see.")
        self._session = _SESSIONS.borrow(spark.master)
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="baton-simulation-", dir=spark.folder))
        except OSError as fault:
            _SESSIONS.give_back()
            raise BackendUnavailable(f"BATON_SPARK_FOLDER is of no use: {fault.strerror}.") from fault
        self._writing: dict[str, pq.ParquetWriter] = {}

    def close(self) -> None:
        """Throw all of it away; the last one lets Spark's workers go."""
        for writer in self._writing.values():
            writer.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        _SESSIONS.give_back()

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table, which begins to be with its first ones."""
        if name not in self._writing:
            folder = self._folder / name
            folder.mkdir(exist_ok=True)
            number = sum(1 for _ in folder.iterdir())
            self._schemas[name] = table.schema
            self._writing[name] = pq.ParquetWriter(folder / f"{number}.parquet", table.schema)
        self._writing[name].write_table(table.select(self._schemas[name].names))

    def _written(self) -> None:
        """Have Spark read what was added."""
        while self._writing:
            name, writer = self._writing.popitem()
            writer.close()
            self._show(name)

    def _show(self, name: str) -> None:
        self._session.read.parquet((self._folder / name).as_uri()).createOrReplaceTempView(name)

    def run(self, statement: str) -> None:
        """Run a statement."""
        self._asked(statement)

    def keep(self, name: str, query: str) -> None:
        """Append what a query finds to a table, which begins to be with the first."""
        self._asked(query).write.mode("append").parquet((self._folder / name).as_uri())
        self._show(name)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return [tuple(row) for row in self._asked(query).collect()]

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, a part of them in memory at a time."""
        yield from self._asked(query).toLocalIterator()

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        names: list[str] = self._asked(f'select * from "{table}"').columns  # noqa: S608 - our own name
        return names

    def _asked(self, query: str) -> Any:
        self._written()
        return self._session.sql(query)


class _Sessions:
    """The one Spark of this process, as long as somebody works on it; each of them has names of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spark: Any = None
        self._own = ""
        self._borrowers = 0

    def borrow(self, master: str) -> Any:
        """A session of one's own."""
        with self._lock:
            if self._spark is None:
                self._own = tempfile.mkdtemp(prefix="baton-spark-")
                try:
                    self._spark = _started(master, self._own)
                except BackendUnavailable:
                    shutil.rmtree(self._own, ignore_errors=True)
                    raise
            session = self._spark.newSession()
            self._borrowers += 1
        for name, value in _WORDS.items():
            session.conf.set(name, value)
        return session

    def give_back(self) -> None:
        """Note that somebody has done; Spark stops with the last."""
        with self._lock:
            self._borrowers -= 1
            if not self._borrowers:
                self._spark, spark = None, self._spark
                spark.stop()
                shutil.rmtree(self._own, ignore_errors=True)


_SESSIONS = _Sessions()


def _started(master: str, folder: str) -> Any:
    """A Spark, and a folder in which it may leave what it makes for itself."""
    try:
        builder = import_module("pyspark.sql").SparkSession.builder.appName("baton simulation").master(master)
    except ImportError as fault:
        raise BackendUnavailable("Spark needs the package pyspark, the extra spark: pip install pyspark.") from fault
    for name, value in (*_OPTIONS.items(), ("spark.sql.warehouse.dir", folder)):
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as fault:
        said = str(fault).strip().splitlines() or [type(fault).__name__]
        raise BackendUnavailable(f"Spark does not start at {master}: {said[0]}") from fault
