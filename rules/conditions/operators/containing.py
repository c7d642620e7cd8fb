"""The operators that ask for a part of a value: of a text what stands in it, of a list its items."""

from __future__ import annotations

from rules.conditions.operators.row import (
    EX,
    LISTS,
    NEX,
    TEXTUAL,
    Alternatives,
    Coding,
    Durable,
    Operand,
    Operator,
    Witness,
)
from rules.conditions.texts import after_prefix, encoded


def _prefix(text: str) -> Alternatives:
    start = encoded(text)
    return ((("$gte", start), ("$lt", after_prefix(start))),) if start else ((EX,),)


def _not_prefix(text: str) -> Alternatives:
    start = encoded(text)
    return ((("$lt", start),), (("$gte", after_prefix(start)),), (NEX,)) if start else ((NEX,),)


ROWS = (
    Operator(
        name="contains",
        label=("contains", "enthält"),
        sentence=("{subject} contains {value}", "{subject} enthält {value}"),
        querybuilder="contains",
        opposite="doesNotContain",
        types=LISTS | TEXTUAL,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: literal in value,
        columnar=lambda column, literal: column.contains(literal),
        durable=Durable(
            holds=lambda literal: ((("$iany", literal),),),
            fails=lambda literal: ((("$iall", literal),), (NEX,)),
            derived=TEXTUAL,
        ),
        witness=lambda literal: Witness((literal,), inside=(literal,)),
        equals=LISTS,
    ),
    Operator(
        name="startsWith",
        label=("begins with", "beginnt mit"),
        sentence=("{subject} begins with {value}", "{subject} beginnt mit {value}"),
        querybuilder="beginsWith",
        opposite="doesNotBeginWith",
        types=TEXTUAL,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value.startswith(literal)),
        columnar=lambda column, literal: column.startswith(literal) if literal else column.notnull(),
        durable=Durable(holds=_prefix, fails=_not_prefix, coding=Coding.PREFIX),
        witness=lambda literal: Witness((literal,), start=literal),
    ),
)
