"""`baton simulate` as a user calls it, on a recorded past: `python -m tests.benchmarks simulated_command`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from application.agreements.draft_content import NewDraft
from application.agreements.drafting import create_draft
from application.documents.templates import template
from tests.application.scene import Scene
from tests.benchmarks import ground
from tests.benchmarks.measuring import Row, at_most
from tests.growth import pasts

LEADS = int(os.environ.get("BENCH_LEADS", "100000"))
"""How many leads there are; each has 7.5 activities on average."""
START, END = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
SECONDS = {100_000: 15, 1_000_000: 120}
"""How long the command may take."""
GIGABYTES = 2


async def rows() -> list[Row]:
    """The rows of the report: seconds until the tables stand there, and the command's memory."""
    async with ground.postgres() as server:
        url = await ground.new_database(server)
        async with ground.scene(url) as stage:
            await _drafts(stage)
        connection = await ground.connect(url)
        try:
            await pasts.bring_about(connection, leads=LEADS, start=START, until=END)
            number = await connection.fetchval("select count(*) from activity")
        finally:
            await connection.close()
        seconds, processor, gigabytes = _simulate(url)
    work = f"baton simulate: {LEADS:,} leads, {number:,} activities, two months"
    return [
        at_most(
            SECONDS.get(LEADS, 120), f"{work}, seconds", seconds, f"{processor:.0f} s of processor beside PostgreSQL"
        ),
        at_most(GIGABYTES, f"{work}, GB", gigabytes, f"{GIGABYTES} GB"),
    ]


async def _drafts(stage: Scene) -> None:
    """Drafts 2 and 3: the template, and with another threshold and fewer points for a request for contact."""
    found = template("mittelstand")
    assert found is not None
    document: dict[str, Any] = found.document.to_json()
    await create_draft(stage.application, stage.marketing, agreement="main", source=NewDraft(document=document))
    document["handover"]["triggers"][2]["when"]["all"][1]["value"] = 25
    document["scoring"]["interest"]["signals"][0]["points"] = 20
    await create_draft(stage.application, stage.marketing, agreement="main", source=NewDraft(document=document))


def _simulate(url: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and gigabytes of the command."""
    period = ("--from", f"{START:%Y-%m-%d}", "--to", f"{END:%Y-%m-%d}")
    command = [sys.executable, "-m", "api.cli", "simulate", "3", "--agreement", "main", "--against", "2", *period]
    with tempfile.TemporaryFile("w+") as said:
        begun = perf_counter()
        process = subprocess.Popen(command, env=os.environ | {"BATON_DATABASE_URL": url}, stdout=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
        said.seek(0)
        assert status == 0
        assert "no longer due" in said.read()
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20
