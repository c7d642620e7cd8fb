"""The columnar form of conditions, and the one door to ibis: what the twin of `judge` for millions of leads is made of.

An expression is written once and runs where the data is: DuckDB, PostgreSQL, Spark, … Every condition is two-valued, as
in the plain form: on a missing value a comparison is false, not null.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from rules.columnar.plan import EDGE
from rules.conditions.syntax import Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Subject
from rules.scoring.bands import Bands

Column = Any
"""A column of a table; ibis says of most of its methods only that they give a value."""
Table = Any
Resolve = Callable[[Subject], Column]
"""Where the values of a subject stand."""

BITS = 62
"""The number of truths in one number."""
VISIBLE = "[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""A character that is not white space, as `str.strip` has it; written out, for databases differ about it."""


def constant(value: Any, type: str | None = None) -> Column:
    """The same value in every row."""
    return ibis.literal(value, type)


def whole(value: int) -> Column:
    """A whole number of 64 bits."""
    return ibis.literal(value, "int64")


def nothing(type: str) -> Column:
    """A missing value of a type."""
    return ibis.null(type)


def choose(branches: Sequence[tuple[Column, Column]], otherwise: Column) -> Column:
    """The value beside the first condition that holds."""
    return ibis.cases(*branches, else_=otherwise) if branches else otherwise


def least(one: Column, other: Column) -> Column:
    """The smaller of two values."""
    return ibis.least(one, other)


def greatest(one: Column, other: Column) -> Column:
    """The larger of two values."""
    return ibis.greatest(one, other)


def every(parts: Sequence[Column]) -> Column:
    """Return whether all hold; with none, always."""
    return reduce(operator.and_, parts) if parts else constant(True)


def some(parts: Sequence[Column]) -> Column:
    """Return whether one holds; with none, never."""
    return reduce(operator.or_, parts) if parts else constant(False)


def total(parts: Sequence[Column]) -> Column:
    """The sum; of nothing it is 0."""
    return reduce(operator.add, parts) if parts else whole(0)


def bits(name: str, parts: Sequence[Column]) -> dict[str, Column]:
    """Return which conditions hold, as numbers of 62 bits each, the lowest first; the second is name62."""
    return {
        f"{name}{start}": total([p.ifelse(whole(2**n), whole(0)) for n, p in enumerate(parts[start : start + BITS])])
        for start in range(0, len(parts), BITS)
    }


def band(value: Column, bands: Bands) -> Column:
    """The band that a value belongs to; the last one takes what lies below it too."""
    branches = [(value >= lowest, constant(key)) for lowest, key in bands.steps[:-1]]
    return choose(branches, constant(bands.steps[-1][1]))


def divided(value: Column, by: int) -> Column:
    """The whole quotient of numbers that are not negative, exactly, though databases divide in floating point."""
    return ((value - value % whole(by)) / whole(by)).round().cast("int64")


def is_blank(column: Column) -> Column:
    """Return whether a value carries nothing: it is missing, an empty list, or a text without a visible character."""
    if column.type().is_array():
        return (column.length() == 0).fill_null(True)
    if column.type().is_string():
        return ~column.re_search(VISIBLE).fill_null(False)
    return column.isnull()


def following(value: Column, number: int, groups: Sequence[Column]) -> Column:
    """The value so many rows after each in its group, in order of that value; missing behind the last."""
    return value.lead(number).over(ibis.window(group_by=groups, order_by=value))


def counted_so_far(condition: Column, groups: Sequence[Column], age: Column) -> Column:
    """Return how many rows of the group up to this one, by age, meet a condition."""
    frame = ibis.window(group_by=groups, order_by=age, rows=(None, 0))
    return condition.ifelse(1, 0).sum().over(frame)


def holds(expression: Expression, resolve: Resolve) -> Column:
    """The meaning of an expression as a column of truths."""
    match expression:
        case Check():
            truth = expression.operator.columnar(resolve(expression.subject), _drawn_in(expression.literal))
            return (constant(truth) if isinstance(truth, bool) else truth).fill_null(False)
        case Not(part):
            return ~holds(part, resolve)
        case Every(parts):
            return every([holds(part, resolve) for part in parts])
        case Some(parts):
            return some([holds(part, resolve) for part in parts])


def _drawn_in(literal: Any) -> Any:
    """The operand, with numbers beyond those of any column drawn in to where they compare alike with all of them."""
    if isinstance(literal, tuple):
        return tuple(map(_drawn_in, literal))
    if isinstance(literal, int) and not isinstance(literal, bool) and abs(literal) > EDGE:
        return EDGE + 1 if literal > 0 else -EDGE - 1
    return literal


def table_of(name: str, schema: pa.Schema) -> Table:
    """A table of a database, with the columns of an arrow schema."""
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def sql(table: Table, dialect: str = "duckdb") -> str:
    """The query that gives a table, each step as one of its own: fused, what one step names the next would repeat."""
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return str(ibis.to_sql(table, dialect=dialect))
    finally:
        ibis.options.sql.fuse_selects = before
