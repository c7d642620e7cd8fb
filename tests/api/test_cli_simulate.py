"""`baton simulate`: tables on the terminal, and the differences as a file."""

from __future__ import annotations

import asyncio
import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from api.cli.commands import app
from tests.api.house import World
from tests.application.scene import starter_document

pytestmark = pytest.mark.usefixtures("logs_as_before")


async def run(*words: str) -> Result:
    """What the command says, run beside the house."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["simulate", *words])


@pytest.fixture
async def number(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a draft that hands over nobody, on a database with a handover."""
    monkeypatch.setenv("BATON_DATABASE_URL", world.application.database.url.render_as_string(hide_password=False))
    await world.offered()
    never = {"key": "never", "label": "Never", "priority": 1, "when": {"any": []}}
    draft = await world.marketing.done("createDraft", "version { id number }", agreement="main")
    await world.marketing.done(
        "updateDraft",
        "version { id }",
        version=draft["version"]["id"],
        expectedRevision=1,
        sections={"handover": starter_document()["handover"] | {"triggers": [never]}},
    )
    return str(draft["version"]["number"])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
async def test_what_a_version_would_have_done_is_shown_and_written(number: str, ending: str, tmp_path: Path) -> None:
    """The tables tell what changes; the file has a row for each difference, with its reasons."""
    file = tmp_path / f"differences.{ending}"
    period = ("--from", "2026-01-01", "--to", "2027-01-01")
    said = await run(number, "--agreement", "main", *period, "--acceptance-rate", "0.5", "--write", str(file))
    assert said.exit_code == 0, said.output
    assert "no longer due" in said.output
    assert "due at its start" in said.output
    assert "Of no lead it is known yet whether it was won." in said.output
    assert "No trigger asks for at least so many interest points" in said.output
    rows: list[dict[str, Any]]
    if ending == "csv":
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    else:
        rows = pq.read_table(file).to_pylist()
    assert {row["kind"] for row in rows} >= {"NO_LONGER_DUE"}
    assert {(row["source"], row["externalId"][:5]) for row in rows} == {("crm", "lead-")}
    if ending == "parquet":
        before = next(row for row in rows if row["kind"] == "NO_LONGER_DUE")
        assert (before["due_before"], before["due_after"]) == (True, False)
        assert isinstance(before["interestPoints_before"], Decimal)
        assert before["at"].tzinfo is not None
    lost = [row for row in rows if row["kind"] == "NO_LONGER_DUE"]
    assert all("NO_TRIGGER" in row["reasons"] for row in lost)
    assert all(row["summary"].startswith("No longer handed over: Trigger ") for row in lost)
    assert f"{len(rows)} differences written" in said.output


async def test_what_cannot_be_simulated_is_told_in_one_line(number: str) -> None:
    """An unknown version or agreement, and a file of another kind."""
    nowhere = await run(number, "--agreement", "other", "--from", "2026-01-01")
    assert (nowhere.exit_code, "There is no such agreement." in nowhere.output) == (1, True)
    unknown = await run("999", "--agreement", "main", "--from", "2026-01-01")
    assert (unknown.exit_code, "There is no such version." in unknown.output) == (1, True)
    other = await run(number, "--agreement", "main", "--from", "2026-01-01", "--write", "x.txt")
    assert other.exit_code == 2
    nowhere = await run(number, "--agreement", "main", "--from", "2026-01-01", "--write", "/nowhere/x.csv")
    assert (nowhere.exit_code, "There is no folder /nowhere." in nowhere.output) == (2, True)


async def test_a_spark_that_cannot_be_had_is_told_in_one_line(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster without a folder that its workers see, from the environment too; and Spark that is not installed."""
    asked = (number, "--agreement", "main", "--from", "2026-01-01")
    far = await run(*asked, "--spark", "spark://far:7077")
    assert (far.exit_code, "BATON_SPARK_FOLDER must name a folder" in far.output) == (1, True)
    monkeypatch.setenv("BATON_SPARK", "yarn")
    assert "BATON_SPARK_FOLDER must name a folder" in (await run(*asked)).output
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    absent = await run(*asked, "--spark", "local[1]")
    assert (absent.exit_code, "pip install pyspark" in absent.output) == (1, True)
