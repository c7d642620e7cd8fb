"""A million leads judged by a hundred rules at once, beside one by one: `python -m tests.benchmarks.simulation`."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa

from application.simulation.embedded import EmbeddedBackend
from domain.facts import ActivityFact, LeadFacts
from rules.columnar.plan import DAY, ColumnarPlan, microseconds
from rules.judge import judge
from rules.judging.compiled_rules import CompiledRules
from tests.benchmarks.load import COUNTRIES, TYPES, full_document
from tests.benchmarks.measuring import Row, at_least, at_most
from tests.rules.samples import NOW

LEADS = 1_000_000
RULES = 100
SAMPLE = 2_000
ACTIVITIES = 4
"""How many each lead has."""
CHUNK = 100_000
_SHARE = 0.85
"""How many of the leads carry a field."""


def rows() -> list[Row]:
    """The rows of the report; made in a process of its own, whose memory is looked at."""
    command = [sys.executable, "-m", "tests.benchmarks.simulation", "--child"]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    ratio, gigabytes, columnar, single = map(float, words[-4:])
    told = f"{columnar:.1f} s for {LEADS:,}; one by one {single * 1e6:.0f} µs each"
    return [
        at_least(20, f"simulation: {LEADS:,} leads, {RULES} rules, against one by one", ratio, told),
        at_most(2, "simulation: memory in GB", gigabytes, "2 GB"),
    ]


def _child() -> None:
    compiled_version = CompiledRules.of(full_document(RULES), version="bench")
    plan, chance = ColumnarPlan(compiled_version), np.random.default_rng(7)
    with EmbeddedBackend() as bench:
        sample: list[LeadFacts] = []
        for start in range(0, LEADS, CHUNK):
            leads, activities = chunk(plan, chance, start)
            bench.add("leads", leads)
            bench.add("activities", activities)
            if not sample:
                sample = list(_facts(plan, leads.slice(0, SAMPLE), activities))
        bench.add("accounts", pa.table({"account": pa.array([], pa.int64())}))
        start_at = perf_counter()
        bench.judge(plan, key="lead", keep_on=lambda _: None)
        columnar = perf_counter() - start_at
        start_at = perf_counter()
        decisions = [judge(compiled_version, facts, now=NOW) for facts in sample]
        single = (perf_counter() - start_at) / SAMPLE
        query = f"select fit_points, interest_points, grade, due from decisions where lead < {SAMPLE} order by lead"
        one_by_one = [
            (int(d.fit.points * 100), int(d.interest.points * 100), d.grade, d.verdict.due) for d in decisions
        ]
        assert bench.ask(query) == one_by_one
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(single * LEADS / columnar, gigabytes, columnar, single)


def chunk(plan: ColumnarPlan, chance: np.random.Generator, start: int) -> tuple[pa.Table, pa.Table]:
    """Leads and what they did, as tables."""
    numbers = np.arange(start, start + CHUNK)
    none = np.zeros(CHUNK, bool)
    leads: dict[str, Any] = {
        "case": numbers,
        "lead": numbers,
        "account": numbers,
        "now": np.full(CHUNK, microseconds(NOW)),
        "stage": pa.array(["contact"] * CHUNK),
        "open_handover": none,
        "rounds": np.zeros(CHUNK, int),
        "returned": none,
        "news": none,
        "cool_off_until": pa.nulls(CHUNK, pa.int64()),
    }
    for held in plan.lead_columns:
        leads[held.column] = _values(held.subject.key, chance)
    done = CHUNK * ACTIVITIES
    activities = {
        "lead": np.repeat(numbers, ACTIVITIES),
        "type": pa.array(np.array(TYPES)[chance.integers(0, len(TYPES), done)]),
        "occurred": microseconds(NOW) - chance.integers(0, 100 * DAY, done),
        **{name: pa.nulls(done, pa.string()) for name in ("channel", "campaign", "content")},
    }
    return pa.table(leads), pa.table(activities)


def _values(key: str, chance: np.random.Generator) -> pa.Array:
    missing = chance.random(CHUNK) > _SHARE
    texts = np.array(COUNTRIES)
    if key == "tags":
        pairs = texts[chance.integers(0, len(texts), (CHUNK, 2))]
        return pa.array([None if gone else list(pair) for pair, gone in zip(pairs, missing, strict=True)])
    if key.startswith("t"):
        return pa.array(texts[chance.integers(0, len(texts), CHUNK)], mask=missing)
    if key == "money":
        return pa.array(chance.integers(0, 900, CHUNK) * 100 + 25, mask=missing)
    return pa.array(chance.integers(0, 1000, CHUNK), mask=missing)


def _facts(plan: ColumnarPlan, leads: pa.Table, activities: pa.Table) -> Iterator[LeadFacts]:
    """The same leads as facts."""
    keys = {held.column: held.subject.key for held in plan.lead_columns}
    done: dict[int, list[ActivityFact]] = {}
    for row in activities.slice(0, SAMPLE * ACTIVITIES).to_pylist():
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row["occurred"])
        done.setdefault(row["lead"], []).append(ActivityFact(str(len(done)), row["type"], at))
    for row in leads.to_pylist():
        fields = {keys[name]: value for name, value in row.items() if name in keys and value is not None}
        if "money" in fields:
            fields["money"] = f"{fields['money'] // 100}.{fields['money'] % 100:02}"
        yield LeadFacts(fields=fields, stage=row["stage"], activities=done[row["lead"]])


if __name__ == "__main__":
    if sys.argv[1:] == ["--child"]:
        _child()
    else:
        for line in rows():
            print(line)
