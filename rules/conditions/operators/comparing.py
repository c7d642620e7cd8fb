"""The operators that compare whole values: equality, order, presence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from domain.document.sections.fields import FieldType
from rules.conditions.operators.row import (
    EX,
    NEX,
    ORDERED,
    Alternatives,
    Durable,
    Operand,
    Operator,
    Predicate,
    Probe,
    Threshold,
    Witness,
)

SINGLE = ORDERED | {FieldType.TEXT, FieldType.ENUM}
ALWAYS: Alternatives = ((),)
NEVER: Alternatives = ()


def _negated(probe: str) -> Callable[[Any], Alternatives]:
    return lambda literal: (((probe, literal),), (NEX,))


def _simple(probe: str, opposite: str) -> Durable:
    return Durable(holds=lambda literal: (((probe, literal),),), fails=_negated(opposite))


def _each(probe: str, literals: tuple[Any, ...]) -> tuple[Probe, ...]:
    return tuple((probe, literal) for literal in literals)


def _none_of(literals: tuple[Any, ...]) -> tuple[Probe, ...]:
    return _each("$neq", literals) or (EX,)


def _one_of(literals: tuple[Any, ...]) -> Alternatives:
    return tuple((probe,) for probe in _each("$eq", literals))


def _between(pair: tuple[int, int]) -> Alternatives:
    low, high = pair
    return ((("$gte", low), ("$lte", high)),) if low <= high else NEVER


def _not_between(pair: tuple[int, int]) -> Alternatives:
    low, high = pair
    return ((("$lt", low),), (("$gt", high),), (NEX,)) if low <= high else ALWAYS


def _in_range(pair: tuple[int, int]) -> Predicate:
    low, high = pair
    return lambda value: low <= value <= high


def _member_of(literals: tuple[Any, ...]) -> Predicate:
    known = frozenset(literals)
    return lambda value: value in known


def _no_member_of(literals: tuple[Any, ...]) -> Predicate:
    known = frozenset(literals)
    return lambda value: value not in known


def _one(literal: Any) -> Witness:
    return Witness((literal,))


ROWS = (
    Operator(
        name="eq",
        label=("is", "ist"),
        sentence=("{subject} is {value}", "{subject} ist {value}"),
        querybuilder="=",
        types=SINGLE | {FieldType.BOOLEAN},
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value == literal),
        columnar=lambda column, literal: column == literal,
        durable=_simple("$eq", "$neq"),
        witness=_one,
        equals=SINGLE | {FieldType.BOOLEAN},
        lowest=int,
        unequal=("in", ()),
    ),
    Operator(
        name="neq",
        label=("is not", "ist nicht"),
        sentence=("{subject} is not {value}", "{subject} ist nicht {value}"),
        querybuilder="!=",
        types=SINGLE | {FieldType.BOOLEAN},
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value != literal),
        columnar=lambda column, literal: column != literal,
        durable=_simple("$neq", "$eq"),
        witness=_one,
        unequal=("exists", None),
    ),
    Operator(
        name="in",
        label=("is one of", "ist eines von"),
        sentence=("{subject} is {value}", "{subject} ist {value}"),
        querybuilder="in",
        types=SINGLE,
        operand=Operand.SEVERAL,
        plain=_member_of,
        columnar=lambda column, literals: column.isin(literals) if literals else False,
        durable=Durable(holds=_one_of, fails=lambda literals: (_none_of(literals), (NEX,))),
        witness=Witness,
        equals=SINGLE,
        lowest=lambda literals: int(min(literals)),
    ),
    Operator(
        name="notIn",
        label=("is none of", "ist keines von"),
        sentence=("{subject} is none of {value}", "{subject} ist nichts von {value}"),
        querybuilder="notIn",
        types=SINGLE,
        operand=Operand.SEVERAL,
        plain=_no_member_of,
        columnar=lambda column, literals: column.notin(literals) if literals else column.notnull(),
        durable=Durable(
            holds=lambda literals: (_none_of(literals),),
            fails=lambda literals: (*_one_of(literals), (NEX,)),
        ),
        witness=Witness,
    ),
    Operator(
        name="lt",
        label=("is less than", "ist kleiner als"),
        sentence=("{subject} under {value}", "{subject} unter {value}"),
        querybuilder="<",
        types=ORDERED,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value < literal),
        columnar=lambda column, literal: column < literal,
        durable=_simple("$lt", "$gte"),
        witness=_one,
        counts=True,
        rounding=(math.ceil,),
    ),
    Operator(
        name="lte",
        label=("is at most", "ist höchstens"),
        sentence=("{subject} at most {value}", "{subject} höchstens {value}"),
        querybuilder="<=",
        types=ORDERED,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value <= literal),
        columnar=lambda column, literal: column <= literal,
        durable=_simple("$lte", "$gt"),
        witness=_one,
        counts=True,
        rounding=(math.floor,),
    ),
    Operator(
        name="gt",
        label=("is more than", "ist größer als"),
        sentence=("{subject} over {value}", "{subject} über {value}"),
        querybuilder=">",
        types=ORDERED,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value > literal),
        columnar=lambda column, literal: column > literal,
        durable=_simple("$gt", "$lte"),
        witness=_one,
        counts=True,
        lowest=lambda literal: int(literal) + 1,
        threshold=lambda literal: Threshold(literal, lowest=literal + 1),
        rounding=(math.floor,),
    ),
    Operator(
        name="gte",
        label=("is at least", "ist mindestens"),
        sentence=("{subject} at least {value}", "{subject} mindestens {value}"),
        querybuilder=">=",
        types=ORDERED,
        operand=Operand.ONE,
        plain=lambda literal: lambda value: bool(value >= literal),
        columnar=lambda column, literal: column >= literal,
        durable=_simple("$gte", "$lt"),
        witness=_one,
        counts=True,
        lowest=int,
        threshold=lambda literal: Threshold(literal, lowest=literal),
        rounding=(math.ceil,),
    ),
    Operator(
        name="between",
        label=("is between", "liegt zwischen"),
        sentence=("{subject} {value}", "{subject} {value}"),
        querybuilder="between",
        opposite="notBetween",
        types=ORDERED,
        operand=Operand.RANGE,
        plain=_in_range,
        columnar=lambda column, pair: (column >= pair[0]) & (column <= pair[1]),
        durable=Durable(holds=_between, fails=_not_between),
        witness=Witness,
        counts=True,
        lowest=lambda pair: int(pair[0]),
        threshold=lambda pair: Threshold(pair[0], lowest=pair[0], most=pair[1]),
        rounding=(math.ceil, math.floor),
    ),
    Operator(
        name="exists",
        label=("is known", "ist bekannt"),
        sentence=("{subject} is known", "{subject} ist bekannt"),
        querybuilder="notNull",
        opposite="null",
        types=frozenset(FieldType),
        operand=Operand.NONE,
        plain=lambda _: lambda _value: True,
        columnar=lambda column, _: column.notnull(),
        durable=Durable(holds=lambda _: ((EX,),), fails=lambda _: ((NEX,),)),
        witness=lambda _: Witness(),
        presence=True,
    ),
)
