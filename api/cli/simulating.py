"""`baton simulate`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.terminal import logs
from api.cli.terminal.output import Text, err, fail, out
from application.lifespan.housing import prepared_application, prepared_database
from application.runtime.settings import Settings
from application.runtime.transaction import Application
from application.simulation.simulate import numbered_version, simulate, simulation
from application.simulation.writing import SUFFIXES, write_differences
from domain.agreements.simulation import Simulation, SimulationState
from domain.people.principal import Principal, Role
from domain.refusal import Refusal

OPERATOR = Principal(key_id=UUID(int=0), name="baton simulate", role=Role.MANAGEMENT)
PAUSE = 0.2
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True)
class Asked:
    """The question."""

    agreement: str
    version: int
    against: int | None
    start: datetime
    end: datetime | None
    acceptance_rate: Decimal | None
    file: Path | None
    spark: str | None
    """The master of the Spark to run on, instead of what the environment says."""


def simulate_version(**given: Any) -> None:
    """Simulate a version, print what came of it as tables, and write the differences into a file if wished."""
    logs.configure("warning")
    asked = Asked(**given)
    if asked.file is not None and asked.file.suffix not in SUFFIXES:
        fail(f"The file's name ends in one of: {', '.join(SUFFIXES)}.", 2)
    if asked.file is not None and not asked.file.absolute().parent.is_dir():
        fail(f"There is no folder {asked.file.parent}.", 2)
    try:
        asyncio.run(_simulate(asked))
    except Refusal as refusal:
        fail(refusal.message)


async def _simulate(asked: Asked) -> None:
    settings = Settings() if asked.spark is None else Settings(spark=asked.spark)
    async with (
        prepared_database(settings) as url,
        prepared_application(url, spark=settings.spark_at_hand()) as application,
    ):
        found = await _finished(application, asked)
        if found.state is not SimulationState.DONE or found.result is None:
            fail(found.fault or "The simulation was given up.")
        show(found.result)
        if asked.file is not None:
            number = await write_differences(application, found.id, asked.file)
            out().print(f"{number:,} differences written to {asked.file}.")


async def _finished(application: Application, asked: Asked) -> Simulation:
    version = await numbered_version(application, asked.agreement, asked.version)
    against = None if asked.against is None else await numbered_version(application, asked.agreement, asked.against)
    begun = await simulate(
        application,
        OPERATOR,
        version_id=version,
        against_id=against,
        start=asked.start,
        end=asked.end,
        acceptance_rate=asked.acceptance_rate,
    )
    columns = (TextColumn("Simulating"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), disable=not err().is_terminal) as progress:
        task = progress.add_task("", total=1.0)
        while True:
            found = await simulation(application, OPERATOR, begun)
            if found is None:
                raise LookupError("the simulation is gone")
            progress.update(task, completed=float(found.progress))
            if found.state is not SimulationState.RUNNING:
                await asyncio.gather(*application.background)
                return found
            await asyncio.sleep(PAUSE)


def show(result: dict[str, Any]) -> None:
    """Print what a simulation found."""
    counts = result["counts"]
    leads = _table("Leads", "newly due", "no longer due", "other grade")
    leads.add_row(*(f"{counts[name]:,}" for name in ("leads", "newlyDue", "noLongerDue", "changedGrade")))
    handovers = _table("Handovers", "in the period", "due at its start")
    for name, side in (("by this version", ""), ("before", "Before")):
        handovers.add_row(name, f"{counts[f'handovers{side}']:,}", f"{counts[f'dueAtStart{side}']:,}")
    quality = _table("Outcome", "Precision", "of", "before", "of", "Recall", "of", "before", "of")
    for outcome, sides in result["quality"].items():
        if any(_wanted(side) or side["known"] for side in sides.values()):
            both = [sides["after"], sides["before"]]
            precision = [cell for side in both for cell in (_percent(side["precision"]), f"{side['known']:,}")]
            recall = [cell for side in both for cell in (_percent(side["recall"]), f"{_wanted(side):,}")]
            quality.add_row(outcome, *precision, *recall)
    curve = _table("Interest points", "Handovers", "Precision", "Recall")
    for point in result["curve"]:
        shown = (point["threshold"], f"{point['handovers']:,}", _percent(point["precision"]), _percent(point["recall"]))
        curve.add_row(*shown)
    load = _table("Week", "Team", "Rep", "Handovers", "Capacity", "")
    for row in result["load"]:
        over = Text("over", style="red") if row["over"] else ""
        load.add_row(
            row["week"], row["team"] or "-", row["person"] or "", row["handovers"], row["capacity"] or "-", over
        )
    for one in (leads, handovers, quality, curve, load):
        if one.row_count:
            out().print(one)
            out().print()
    _tell(result)


def _wanted(side: dict[str, Any]) -> int:
    """Return how many good leads there are that could be handed over."""
    number: int = side["good"] + side["missed"]
    return number


def _tell(result: dict[str, Any]) -> None:
    for outcome, sides in result["quality"].items():
        if not any(_wanted(side) or side["known"] for side in sides.values()):
            out().print(f"Of no lead it is known yet whether it was {outcome}.")
    if not result["curve"]:
        out().print("No trigger asks for at least so many interest points, so there is no curve of thresholds.")
    answers = result["answers"]
    if answers["share"] is not None:
        out().print(f"Answered in time as lately: {_percent(answers['share'])}, {answers['expected']:,} handovers.")
    if result["meeting"] is not None:
        out().print(f"The acceptance rate is met from {result['meeting']} interest points on.")


def _table(*names: str) -> Table:
    return Table(*names, box=None, header_style="dim", pad_edge=False)


def _percent(share: str | None) -> str:
    return "-" if share is None else f"{Decimal(share) * 100:.1f} %"
