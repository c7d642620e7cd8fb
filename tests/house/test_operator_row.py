"""An operator is one row, wholly: with `endsWith` added as the row alone, every part of the house knows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from application.documents.check_document import check_document
from application.documents.querybuilder import from_querybuilder, to_querybuilder
from application.documents.rule_operators import condition_subjects, rule_operators
from domain.document.conditions import SETS, WHOLE, condition_json, read_condition
from domain.document.findings import Severity
from domain.document.sections.fields import FieldType
from rules.conditions.operators import OPERATORS, Operand, Operator, Witness
from rules.explaining.rendering import Wording
from rules.explaining.trace import trace
from rules.explaining.trace_words import TraceWords
from rules.judge import judge, judge_plain
from tests.laws.test_operators_laws import forms_agree, fulfilled_is_possible
from tests.rules.columnar import DuckBase, decisions, same
from tests.rules.samples import HOT, NOW, compiled_version, document, facts, when

HOUSE = Path(__file__).parents[2]
ENDS_WITH = Operator(
    name="endsWith",
    label=("ends with", "endet auf"),
    sentence=("{subject} ends with {value}", "{subject} endet auf {value}"),
    querybuilder="endsWith",
    opposite="doesNotEndWith",
    types=frozenset({FieldType.TEXT}),
    operand=Operand.ONE,
    plain=lambda literal: lambda value: bool(value.endswith(literal)),
    columnar=lambda column, literal: column.endswith(literal) if literal else column.notnull(),
    durable=None,
    witness=lambda literal: Witness((literal,), end=literal),
)
BOTH = {"all": [when("text", "endsWith", ".de"), when("text", "startsWith", "info@")]}
NEVER = {"all": [when("text", "endsWith", ".de"), when("text", "endsWith", ".com")]}


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, "endsWith", ENDS_WITH)


def _triggered(condition: dict[str, Any]) -> dict[str, Any]:
    return {"handover__triggers": {"hot": {**HOT, "when": condition}}}


def _errors(condition: dict[str, Any]) -> list[str]:
    found = check_document(document(**_triggered(condition)), today=NOW.date())
    return [one.code for one in found if one.severity is Severity.ERROR or one.code == "CONTRADICTION"]


def test_a_sound_document_can_be_submitted_and_a_contradiction_is_found() -> None:
    """Texts that begin and end as they must are thought of; two ends at once are not."""
    assert _errors(BOTH) == []
    assert _errors({"all": [BOTH, {"not": when("text", "endsWith", "x.de")}]}) == []
    assert _errors(NEVER) == ["CONTRADICTION"]
    fulfilled_is_possible("endsWith", FieldType.TEXT, 300)


def test_all_forms_judge_it_alike() -> None:
    """Plain, in the engine and over tables, of conditions and of whole documents."""
    forms_agree("endsWith", FieldType.TEXT, 10)
    compiled = compiled_version(**_triggered(BOTH))
    leads = [facts(fields={"text": text}) for text in ("info@x.de", "info@x.com", "x.de", "")] + [facts()]
    columnar = decisions(DuckBase(), compiled, leads, now=NOW)
    triggers = []
    for lead, row in zip(leads, columnar, strict=True):
        decision = judge_plain(compiled, lead, now=NOW)
        assert judge(compiled, lead, now=NOW) == decision
        row.pop("lacking")
        assert row == same(decision)
        triggers.append(decision.verdict.trigger)
    assert triggers == ["hot", None, None, None, None]
    compiled.close()


def test_it_is_explained_in_its_own_words() -> None:
    """In both languages, also in a trace and under `not`."""
    condition = read_condition(when("text", "endsWith", ".de"))
    assert Wording(document(), "en").condition(condition) == "Text ends with .de"
    assert Wording(document(), "de").condition(condition) == "Text endet auf .de"
    compiled = compiled_version(**_triggered(when("text", "endsWith", ".de")))
    words = TraceWords(compiled.document)
    traced = [words.rule(rule) for rule in trace(compiled, facts(fields={"text": "x.com"}), now=NOW)]
    assert "Text ends with .de: x.com" in [text for rule in traced for text in rule.tests]
    compiled.close()


def test_the_query_builder_offers_it() -> None:
    """By its label and its name there, for its types, and its opposite is read and written."""
    [shown] = [row for row in rule_operators("de") if row.name == "endsWith"]
    assert (shown.label, shown.querybuilder) == ("endet auf", "endsWith")
    [subject] = [one for one in condition_subjects(document(), "en") if one.name == "text"]
    assert "endsWith" in subject.operators
    negated = read_condition({"not": when("text", "endsWith", ".de")})
    query = to_querybuilder(negated)
    assert query["rules"] == [{"field": "text", "operator": "doesNotEndWith", "value": ".de"}]
    assert condition_json(from_querybuilder(query)) == condition_json(negated)


ELSEWHERE = {
    "application/documents/document_schema.py": {"gt", "lt"},
    "domain/document/conditions.py": SETS | WHOLE,
    "domain/document/reading/mending.py": {"exists"},
}
"""What pydantic calls bounds; what the domain, which does not see the rows, says of values; a condition that fits."""


def _named() -> Iterator[tuple[str, str]]:
    for room in ("api", "application", "persistence", "rules", "domain"):
        for path in (HOUSE / room).rglob("*.py"):
            place = path.relative_to(HOUSE).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in OPERATORS:
                    yield place, node.value


def test_no_other_file_knows_an_operator_by_name() -> None:
    """The rows are the only place, but for what stands below them."""
    found: dict[str, set[str]] = {}
    for place, name in _named():
        if not place.startswith("rules/conditions/operators/"):
            found.setdefault(place, set()).add(name)
    assert found == ELSEWHERE


def test_what_the_domain_says_of_values_is_what_the_rows_mean() -> None:
    """Whole texts are compared where another text comes out differently, whatever it shares; lists are sets."""
    others = ["", "a", "b", "abx", "xab", "xabx", "AB", "zz"]
    whole = set()
    for row in OPERATORS.values():
        if FieldType.TEXT in row.types and row.operand is not Operand.NONE:
            passes = row.plain(("ab",) if row.operand is Operand.SEVERAL else "ab")
            if all(passes(other) is not passes("ab") for other in others):
                whole.add(row.name)
    assert whole == WHOLE
    assert {row.name for row in OPERATORS.values() if row.operand is Operand.SEVERAL} == SETS
