"""The guide to conditions says what the table of operators says; missing values mean what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.document.sections.fields import FieldType
from rules.conditions.conditions import predicate
from rules.conditions.operators import OPERATORS, Operand, Operator
from rules.conditions.syntax import Check, Expression, Not
from rules.conditions.vocabulary import Origin, Subject
from rules.engine.matching import DurableMatcher

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "conditions.md"
OPERANDS = {
    Operand.NONE: "nothing",
    Operand.ONE: "one value",
    Operand.SEVERAL: "a list of values",
    Operand.RANGE: "the lowest and the highest that pass",
}
LITERALS: dict[FieldType, Any] = {
    FieldType.TEXT: "a",
    FieldType.ENUM: "a",
    FieldType.LIST: "a",
    FieldType.BOOLEAN: True,
}
SHAPED: dict[Operand, Callable[[Any], Any]] = {
    Operand.NONE: lambda _: None,
    Operand.ONE: lambda literal: literal,
    Operand.SEVERAL: lambda literal: (literal,),
    Operand.RANGE: lambda literal: (literal, literal),
}
USES = [(row, kind) for row in OPERATORS.values() for kind in FieldType if kind in row.types]


def operators_table() -> str:
    """The operators as the guide shows them."""
    lines = ["| operator | English | German | compares with | types |", "|---|---|---|---|---|"]
    for row in OPERATORS.values():
        types = "all" if row.types == set(FieldType) else ", ".join(kind for kind in FieldType if kind in row.types)
        lines.append(f"| `{row.name}` | {row.label[0]} | {row.label[1]} | {OPERANDS[row.operand]} | {types} |")
    return "\n".join(lines)


def missing_table() -> str:
    """What the operators and their opposites say of a missing value, as the code finds it."""
    lines = ["| comparison with a missing value | alone | under `not` |", "|---|---|---|"]
    for row in OPERATORS.values():
        alone = {predicate(check(row, kind))({}) for kind in FieldType if kind in row.types}
        (said,) = alone
        lines.append(f"| `{row.name}` | {str(said).lower()} | {str(not said).lower()} |")
    return "\n".join(lines)


def check(row: Operator, kind: FieldType) -> Check:
    """A comparison of a field of a type."""
    return Check(Subject("x", Origin.LEAD, kind), row, SHAPED[row.operand](LITERALS.get(kind, 5)))


@pytest.mark.parametrize(("name", "table"), [("operators", operators_table), ("missing", missing_table)])
def test_the_guide_shows_the_table(name: str, table: Any) -> None:
    """What stands between the marks is made from the table; the message is what to put there."""
    text = GUIDE.read_text(encoding="utf-8")
    found = text.partition(f"<!-- {name} -->\n")[2].partition("\n\n")[0]
    assert found == table(), f"put this below <!-- {name} -->:\n{table()}"


@pytest.mark.parametrize(("row", "kind"), USES, ids=[f"{row.name}-{kind}" for row, kind in USES])
def test_missing_and_null_pass_no_operator_in_any_form(row: Operator, kind: FieldType) -> None:
    """And their opposites always."""
    expressions: dict[int, Expression] = {0: check(row, kind), 1: Not(check(row, kind))}
    durable = DurableMatcher(expressions)
    rows: list[dict[str, Any]] = [{}, {"x": None}]
    for missing in rows:
        assert [predicate(e)(missing) for e in expressions.values()] == [False, True]
        assert durable.match(missing) == {1}
    durable.close()
