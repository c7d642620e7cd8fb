"""Asking tables in a test: rows and facts written into a database, judged there, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from domain.facts import LeadFacts
from domain.leads.decision import Decision
from rules.columnar.judge import EXCLUSIONS, ROUTES, Recorded, judged
from rules.columnar.plan import ColumnarPlan, Held
from rules.columnar.relations import holds, sql, table_of
from rules.columnar.tables import accounts_table, activities_table, cases_of, fitted, leads_table, worth_table
from rules.conditions.conditions import Row
from rules.conditions.syntax import Expression, subjects_of
from rules.judging.compiled_rules import CompiledRules


class Base(Protocol):
    """A database that is asked."""

    def put(self, name: str, table: pa.Table) -> Any:
        """Write an arrow table, and give the ibis table."""

    def ask(self, table: Any) -> list[dict[str, Any]]:
        """The rows of an ibis table."""


class DuckBase:
    """DuckDB, in memory."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()

    def put(self, name: str, table: pa.Table) -> Any:
        """Write an arrow table, and give the ibis table."""
        connection = self._connection
        connection.register(f"given_{name}", table)
        connection.execute(f'create or replace table "{name}" as select * from given_{name}')
        connection.unregister(f"given_{name}")
        return table_of(name, table.schema)

    def ask(self, table: Any) -> list[dict[str, Any]]:
        """The rows of an ibis table."""
        found: list[dict[str, Any]] = self._connection.sql(sql(table)).to_arrow_table().to_pylist()
        return found


def decisions(
    base: Base, compiled_rules: CompiledRules, facts: Sequence[LeadFacts], *, now: datetime
) -> list[dict[str, Any]]:
    """The decisions on leads by the columnar form, in their order."""
    plan, cases = ColumnarPlan(compiled_rules), cases_of(facts, now=now)
    recorded = Recorded(
        base.put("leads", leads_table(plan, cases)),
        base.put("accounts", accounts_table(plan, cases)),
        base.put("activities", activities_table(plan, [(case.lead, case.facts.activities) for case in cases])),
        base.put("worth", worth_table(plan)),
    )
    return [_readable(compiled_rules, row) for row in base.ask(judged(plan, recorded).order_by("lead"))]


def _readable(compiled_rules: CompiledRules, row: dict[str, Any]) -> dict[str, Any]:
    keys = [key for key, _ in compiled_rules.exclusions]
    shown = {name: value for name, value in row.items() if not name.startswith((EXCLUSIONS, ROUTES, "lead"))}
    shown["exclusions"] = tuple(keys[place] for place in _places(row, EXCLUSIONS))
    shown["route"] = tuple(_places(row, ROUTES))
    return shown


def _places(row: Mapping[str, Any], name: str) -> list[int]:
    parts = {int(column.removeprefix(name)): value for column, value in row.items() if column.startswith(name)}
    return sorted(start + n for start, value in parts.items() for n in range(62) if value >> n & 1)


def same(decision: Decision) -> dict[str, Any]:
    """A decision made one by one, as the columnar form shows it."""
    verdict = decision.verdict
    return {
        "fit_points": int(decision.fit.points * 100),
        "fit_percent": int((decision.fit.percent or 0) * 100),
        "fit_band": decision.fit.band,
        "interest_points": int(decision.interest.points * 100),
        "interest_band": decision.interest.band,
        "grade": decision.grade,
        "stage_now": decision.stage,
        "trigger": verdict.trigger,
        "blocked": bool(verdict.blocked_by),
        "due": verdict.due,
        "exclusions": decision.exclusions,
        "route": decision.route,
    }


def matches(base: Base, expressions: Mapping[int, Expression], rows: Sequence[Row]) -> list[set[int]]:
    """The expressions that hold for each row, by the columnar form."""
    subjects = subjects_of(expressions.values())
    matched = {name: Held(f"f{number}", subject) for number, (name, subject) in enumerate(subjects.items())}
    numbers = {"number": pa.array(range(len(rows)), pa.int64())}
    values = {h.column: fitted(h.subject, [row.get(name) for row in rows]) for name, h in matched.items()}
    table = base.put("rows", pa.table(numbers | values))
    truths = {f"e{n}": holds(e, lambda s: table[matched[s.name].column]) for n, e in expressions.items()}
    found = base.ask(table.select("number", **truths).order_by("number"))
    return [{number for number in expressions if row[f"e{number}"]} for row in found]
