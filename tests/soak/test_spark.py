"""The columnar form and whole simulations on a real Spark [X.3]."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.runtime.page import PageRequest
from application.simulation import backend
from application.simulation.backend import Backend
from application.simulation.embedded import EmbeddedBackend
from application.simulation.simulate import differences, simulate, simulation
from application.simulation.spark import SparkBackend
from domain.facts import LeadFacts
from persistence.database.database import Database
from rules.columnar.plan import ColumnarPlan
from rules.engine.matching import PlainMatcher
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.application import simulation_past as past
from tests.application.scene import Scene, set_scene
from tests.application.test_simulation_figures import RATE, changed
from tests.benchmarks.load import full_document
from tests.benchmarks.simulation import CHUNK, RULES, chunk
from tests.laws.test_judge_laws import compiled
from tests.rules.columnar import DuckBase, decisions, matches, same
from tests.rules.leads import documents, grouped_documents, leads, measuring_documents
from tests.rules.samples import NOW, typed
from tests.rules.strategies import SETTINGS, comparisons, conditions, rows
from tests.sizes import examples
from tests.soak.simulated_past import all_of_it, fill
from tests.soak.spark_base import LOCAL, SparkBase

pytest.importorskip("pyspark", reason="Spark is not installed: pip install pyspark")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
MANY = settings(
    SETTINGS,
    max_examples=examples(12),
    suppress_health_check=[*SETTINGS.suppress_health_check, HealthCheck.function_scoped_fixture],
)
FEW = settings(MANY, max_examples=examples(5))
DUCK = DuckBase()
any_document = documents() | grouped_documents() | measuring_documents()


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkBase]:
    """A Spark in this machine."""
    base = SparkBase()
    yield base
    base.close()


@MANY
@given(
    written=st.lists(comparisons | conditions, min_size=30, max_size=60),
    seen=st.lists(rows, min_size=20, max_size=40),
)
def test_conditions_mean_the_same_on_spark(
    spark: SparkBase, written: list[dict[str, Any]], seen: list[dict[str, Any]]
) -> None:
    """Conditions and their negations hold for the same rows as in the plain form."""
    expressions = {n: typed(c) for n, c in enumerate([*written, *({"not": one} for one in written)])}
    plain = PlainMatcher(expressions)
    assert matches(spark, expressions, [{}, *seen]) == [plain.match(row) for row in [{}, *seen]]


@MANY
@given(data=any_document, found=st.lists(leads(), min_size=20, max_size=60))
def test_leads_are_judged_alike_on_spark(spark: SparkBase, data: dict[str, Any], found: list[LeadFacts]) -> None:
    """Every column of a decision is that of the embedded database, and what the plain form says."""
    compiled_version = compiled(data)
    on_spark = decisions(spark, compiled_version, found, now=NOW)
    assert on_spark == decisions(DUCK, compiled_version, found, now=NOW)
    for facts, row in zip(found, on_spark, strict=True):
        row.pop("lacking")
        assert row == same(judge_plain(compiled_version, facts, now=NOW))
    compiled_version.close()


@FEW
@given(new=any_document, old=any_document, found=st.lists(leads(), min_size=30, max_size=60))
def test_what_a_simulation_tells_of_generated_pasts_is_the_same(
    spark: SparkBase, new: dict[str, Any], old: dict[str, Any], found: list[LeadFacts]
) -> None:
    """Counts, each difference with its reasons, handovers by week and route, quality and curve, in several portions."""
    compiled_versions = [compiled(new), compiled(old)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "PORTION", 100)
        assert _told(SparkBackend(LOCAL), compiled_versions, found) == _told(
            EmbeddedBackend(), compiled_versions, found
        )
    for compiled_version in compiled_versions:
        compiled_version.close()


def _told(bench: Backend, compiled_versions: list[CompiledRules], found: list[LeadFacts]) -> dict[str, Any]:
    with bench:
        fill(bench, compiled_versions, found)
        return all_of_it(bench, compiled_versions)


async def test_a_simulation_runs_on_spark_and_gives_the_same(database: Database) -> None:
    """The stored past, simulated as it is asked for, gives the same result and the same differences to the letter."""
    scene = await set_scene(database)
    await past.bring_about(scene)
    version = await scene.new_version("main", document=changed())
    embedded = await _simulated(scene, version)
    scene.application.spark = LOCAL
    assert await _simulated(scene, version) == embedded
    assert min(embedded[0]["counts"].values()) > 0, "each kind of difference is there"
    await scene.application.sequencer.stop()


async def test_the_command_shows_the_same_from_spark(database: Database) -> None:
    """`baton simulate --spark` prints what it prints without, and says nothing else on standard output."""
    scene = await set_scene(database)
    await past.bring_about(scene)
    await scene.new_version("main", document=changed())
    await scene.application.sequencer.stop()
    embedded = await _shown(database)
    assert "no longer due" in embedded
    assert await _shown(database, "--spark", LOCAL.master) == embedded


async def _shown(database: Database, *more: str) -> str:
    asked = ["simulate", "2", "--agreement", "main", "--from", "2026-01-01", "--to", "2026-06-01", *more]
    environment = {**os.environ, "BATON_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.cli", *asked, env=environment, stdout=PIPE, stderr=DEVNULL
    )
    said, _ = await command.communicate()
    assert command.returncode == 0
    return said.decode()


async def _simulated(scene: Scene, version: Any) -> tuple[Any, list[Any]]:
    start = past.start_of(scene)
    begun = await simulate(scene.application, scene.marketing, version_id=version, start=start, acceptance_rate=RATE)
    await asyncio.gather(*scene.application.background)
    found = await simulation(scene.application, scene.marketing, begun)
    assert found is not None
    assert found.result is not None, found.fault
    told = (await differences(scene.application, begun, None).page(PageRequest(first=1000))).items
    return found.result, [(one.number, one.kind, one.lead_id, one.at, one.detail) for one in told]


def test_a_hundred_thousand_leads_are_judged_alike() -> None:
    """A hundred rules over 100,000 leads with 400,000 activities; how long it took is printed."""
    plan = ColumnarPlan(CompiledRules.of(full_document(RULES), version="bench"))
    taken, found = {}, []
    for bench in (EmbeddedBackend(), SparkBackend(LOCAL)):
        with bench:
            recorded, activities = chunk(plan, np.random.default_rng(7), 0)
            bench.add("leads", recorded)
            bench.add("activities", activities)
            bench.add("accounts", pa.table({"account": pa.array([], pa.int64())}))
            began = perf_counter()
            bench.judge(plan, key="lead", keep_on=lambda _: None)
            taken[bench.dialect] = perf_counter() - began
            names = sorted(bench.columns("decisions"))
            query = ", ".join(f'"{name}"' for name in names)
            found.append((names, bench.ask(f"select {query} from decisions order by lead")))
    print({name: f"{seconds:.1f} s" for name, seconds in taken.items()})
    assert found[0] == found[1]
    assert len(found[0][1]) == CHUNK
