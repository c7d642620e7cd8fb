"""Measures all works, prints them as a table and writes build/bench.json: `make bench`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.table import Table

from tests.benchmarks.measuring import Row

MODULES = ["judging", "asking", "ingest", "delivery", "clock", "simulation", "simulated_command"]
LOOP = uvicorn.Config("none", log_config=None).get_loop_factory()
"""The event loop that the server runs on."""
REPORT = Path("build/bench.json")
_HOLDS = {True: "[green]yes[/]", False: "[red]no[/]", None: "–"}


def main(wanted: list[str]) -> None:
    """Measure the works of some modules, or of all."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    found: list[Row] = []
    for name in wanted or MODULES:
        with console.status(f"measuring {name}"):
            found += _measured(import_module(f"tests.benchmarks.{name}").rows)
    console.print(_table(found))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([row.as_json() for row in found], indent=1, ensure_ascii=False) + "\n")
    console.print(f"{REPORT} written; {sum(row.holds is False for row in found)} of {len(found)} budgets do not hold.")


def _measured(rows: Callable[[], object]) -> list[Row]:
    result = rows()
    if asyncio.iscoroutine(result):
        with asyncio.Runner(loop_factory=LOOP) as runner:
            result = runner.run(result)
    measured: list[Row] = result  # type: ignore[assignment]
    return measured


def _table(rows: list[Row]) -> Table:
    table = Table(title="Baton beside its baselines, one run")
    for heading in ("work", "ratio", "baseline", "budget", "holds"):
        table.add_column(heading, justify="right" if heading in {"ratio", "budget"} else "left", no_wrap=True)
    for row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:g}"
        table.add_row(row.work, ratio, row.baseline, row.budget, _HOLDS[row.holds])
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
