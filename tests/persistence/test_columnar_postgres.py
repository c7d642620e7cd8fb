"""The columnar form gives on PostgreSQL what the online forms give [X.3]."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facts import LeadFacts
from rules.engine.matching import PlainMatcher
from rules.judge import judge_plain
from tests.laws.test_judge_laws import compiled
from tests.persistence.columnar_base import PostgresBase
from tests.rules.columnar import decisions, matches, same
from tests.rules.leads import documents, grouped_documents, leads, measuring_documents
from tests.rules.samples import NOW, typed
from tests.rules.strategies import SETTINGS, comparisons, conditions, rows

ALLOWED = settings(
    SETTINGS, suppress_health_check=[*SETTINGS.suppress_health_check, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
async def address(new_database_url: Callable[..., Awaitable[str]]) -> str:
    """The address of an empty database."""
    return await new_database_url(migrated=False)


@pytest.fixture(scope="module")
def postgres_base(address: str) -> Iterator[PostgresBase]:
    """A database on the server of this run."""
    base = PostgresBase(address)
    yield base
    base.close()


@ALLOWED
@given(written=st.lists(comparisons | conditions, min_size=4, max_size=12), seen=st.lists(rows, min_size=4, max_size=8))
def test_conditions_mean_the_same_on_postgres(
    postgres_base: PostgresBase, written: list[dict[str, Any]], seen: list[dict[str, Any]]
) -> None:
    """Conditions and their negations hold for the same rows as in the plain form."""
    expressions = {n: typed(c) for n, c in enumerate([*written, *({"not": one} for one in written)])}
    plain = PlainMatcher(expressions)
    assert matches(postgres_base, expressions, [{}, *seen]) == [plain.match(row) for row in [{}, *seen]]


@ALLOWED
@given(data=documents() | grouped_documents() | measuring_documents(), found=st.lists(leads(), min_size=5, max_size=20))
def test_leads_are_judged_alike_on_postgres(
    postgres_base: PostgresBase, data: dict[str, Any], found: list[LeadFacts]
) -> None:
    """Points, bands, grade, stage, trigger, due, exclusions and routes are the same."""
    compiled_version = compiled(data)
    for facts, row in zip(found, decisions(postgres_base, compiled_version, found, now=NOW), strict=True):
        row.pop("lacking")
        assert row == same(judge_plain(compiled_version, facts, now=NOW))
    compiled_version.close()
