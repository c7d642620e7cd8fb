"""The columnar form judges as the online forms do, to the last digit [X.3], [X.4]."""

from __future__ import annotations

from itertools import product
from typing import Any

import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import BuyingCentre, LeadFacts
from rules.columnar.judge import RESULT, Recorded, judged
from rules.columnar.plan import ColumnarPlan
from rules.columnar.relations import sql, table_of
from rules.columnar.tables import accounts_table, activities_table, cases_of, leads_table, worth_table
from rules.engine.matching import DurableMatcher, PlainMatcher
from rules.judge import judge, judge_plain
from tests.laws.test_judge_laws import compiled
from tests.rules.columnar import DuckBase, decisions, matches, same
from tests.rules.leads import documents, grouped_documents, leads, measuring_documents
from tests.rules.samples import NOW, typed, when
from tests.rules.strategies import SETTINGS, comparisons, conditions, rows
from tests.rules.test_groups import grouped
from tests.sizes import examples

DUCK = DuckBase()
FORMS = settings(SETTINGS, max_examples=examples(36))


@FORMS
@given(st.lists(comparisons | conditions, min_size=4, max_size=20), st.lists(rows, min_size=4, max_size=20))
def test_conditions_mean_the_same_in_all_three_forms(
    written: list[dict[str, Any]], observed: list[dict[str, Any]]
) -> None:
    """Comparisons, their negations and nested conditions hold for the same rows, whatever these carry or lack."""
    expressions = {n: typed(c) for n, c in enumerate([*written, *({"not": one} for one in written)])}
    plain, durable = PlainMatcher(expressions), DurableMatcher(expressions)
    for row, columnar in zip([{}, *observed], matches(DUCK, expressions, [{}, *observed]), strict=True):
        assert columnar == plain.match(row) == durable.match(row)
    durable.close()


@SETTINGS
@given(documents() | grouped_documents() | measuring_documents(), st.lists(leads(), min_size=1, max_size=30))
def test_the_three_forms_judge_alike(data: dict[str, Any], found: list[LeadFacts]) -> None:
    """Points, percent, bands, grade, stage, trigger, due, exclusions and routes are the same."""
    compiled_version = compiled(data)
    columnar = decisions(DUCK, compiled_version, found, now=NOW)
    for facts, row in zip(found, columnar, strict=True):
        decision = judge_plain(compiled_version, facts, now=NOW)
        assert decision == judge(compiled_version, facts, now=NOW)
        lacking = row.pop("lacking")
        assert row == same(decision)
        if decision.verdict.trigger is not None:
            assert lacking == bool(decision.verdict.missing)
    compiled_version.close()


CENTRES = [None, BuyingCentre(), BuyingCentre(3, ("B1", "B2", "unknown")), BuyingCentre(4, ("B1", "A2"))]
CENTRE_TRIGGER = {
    "any": [when("buyingCentre.size", "gte", 4), {"not": when("buyingCentre.bestGrade", "in", ["B1", "A2"])}]
}


def test_segments_and_buying_centres_count_in_the_columnar_form() -> None:
    """Each lead goes the way of its segment, from where it stands there, and its buying centre is asked about."""
    hot = {"label": "x", "priority": 1, "when": CENTRE_TRIGGER}
    compiled_version = grouped(handover__triggers={"hot": hot})
    stages = [None, "contact", "trial", "engaged", "pql", "mql", "customer", "unknown"]
    found = [
        LeadFacts(fields=fields, account=account, stage=stage, open_handover=open_, buying_centre=centre)
        for stage, centre in product(stages, CENTRES)
        for fields, account in product([{}, {"text": "x"}], [{}, {"employees": 10}, {"employees": 80}])
        for open_ in (False, True)
    ]
    columnar = decisions(DUCK, compiled_version, found, now=NOW)
    plain = [judge_plain(compiled_version, facts, now=NOW) for facts in found]
    assert {(one.segment, one.stage) for one in plain} >= {("small", "pql"), ("small", "trial"), ("known", "contact")}
    for row, decision in zip(columnar, plain, strict=True):
        row.pop("lacking")
        assert row == same(decision)


@SETTINGS
@given(documents() | grouped_documents() | measuring_documents())
def test_spark_is_spoken_to_in_its_own_words(data: dict[str, Any]) -> None:
    """The whole judgement is written as Spark SQL that a reader of that dialect understands."""
    compiled_version = compiled(data)
    plan = ColumnarPlan(compiled_version)
    cases = cases_of([LeadFacts()], now=NOW)
    tables = {
        "leads": leads_table(plan, cases),
        "accounts": accounts_table(plan, cases),
        "activities": activities_table(plan, []),
        "worth": worth_table(plan),
    }
    recorded = Recorded(*(table_of(name, table.schema) for name, table in tables.items()))
    (statement,) = sqlglot.parse(sql(judged(plan, recorded), "pyspark"), dialect="spark")
    assert isinstance(statement, sqlglot.exp.Query)
    assert set(RESULT) <= set(statement.named_selects)
    compiled_version.close()
