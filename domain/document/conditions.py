"""Conditions as data: all, any, not over comparisons {field, op, value}; what they mean is said in rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from domain.document.base import Part, Period, fits_json, plain_number
from domain.time.duration import Duration

Scalar = str | bool | int | Decimal
ConditionValue = Scalar | tuple[Scalar, ...] | None

MAX_DEPTH = 8
MAX_COMPARISONS = 200
MAX_VALUES = 5_000
"""The most values of a comparison with a list."""
MAX_WHERE = 20
"""The most comparisons that the `where` of one comparison has."""
SETS = frozenset({"in", "notIn"})
"""The operators whose values are a set. The rows of operators stand above the domain; a law holds both together."""
WHOLE = SETS | {"eq", "neq"}
"""The operators that compare whole texts; others speak of parts of them."""


def _scalar(value: Any) -> Scalar:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    raise PydanticCustomError("value_shape", "A value is a text, a number, true or false, or a list of those.")


def _number(value: float | Decimal) -> int | Decimal:
    """A whole number as int, any other as Decimal, so that 5 and 5.0 are one; refused where JSON cannot keep it."""
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite() or abs(amount) > 2**53:
        raise PydanticCustomError("value_range", "A number lies between -2^53 and 2^53.")
    if amount == amount.to_integral_value():
        return int(amount)
    if not fits_json(amount):
        raise PydanticCustomError("value_range", "A number has at most six decimals and fifteen digits.")
    return amount


def _value(value: Any) -> ConditionValue:
    if isinstance(value, list | tuple):
        return tuple(_scalar(item) for item in value)
    return None if value is None else _scalar(value)


def _plain(value: ConditionValue) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return plain_number(value) if isinstance(value, Decimal) else value


def _span(value: Duration) -> Duration:
    if value.days == 0 and value.seconds == 0:
        raise PydanticCustomError("span_zero", "The time within which activities count is longer than nothing.")
    return value


class Comparison(Part):
    """One comparison of a field with a value."""

    field: Annotated[str, Field(min_length=1, max_length=200)]
    """A lead field's key, account.KEY, activity.KEY, activities.TYPE.count|lastDays|distinct.ATTRIBUTE, fit.points,
    fit.percent, fit.band, interest.points, interest.band, grade, stage, persona, segment, or
    buyingCentre.size|bestFit|bestGrade."""
    op: Annotated[str, Field(min_length=1, max_length=40)]
    """The operator's name."""
    value: Annotated[
        ConditionValue,
        PlainValidator(_value),
        PlainSerializer(_plain),
        WithJsonSchema({"type": ["string", "number", "boolean", "array", "null"]}),
    ] = None
    """The value the field is compared with; absent for operators that take none."""
    within: Annotated[Period, AfterValidator(_span)] | None = None
    """Of activities.…: how long ago an activity may be to count, by all hours of the day; absent for 90 days, of
    lastDays for any time."""
    where: Condition | None = None
    """Of activities.…: which activities count, a condition over activity.KEY; absent for all of the type."""


class AllOf(Part):
    """Holds when every one of its conditions holds; with none it always holds."""

    all: Annotated[tuple[Condition, ...], Field(strict=False, max_length=MAX_COMPARISONS)]
    """The conditions of which each must hold."""


class AnyOf(Part):
    """Holds when at least one of its conditions holds; with none it never holds."""

    any: Annotated[tuple[Condition, ...], Field(strict=False, max_length=MAX_COMPARISONS)]
    """The conditions of which one must hold."""


class NotOf(Part):
    """Holds when its condition does not."""

    not_: Annotated[Condition, Field(alias="not")]
    """The condition that must not hold."""


_JOINTS: tuple[Literal["all", "any", "not"], ...] = ("all", "any", "not")


def condition_tag(value: Any) -> Literal["all", "any", "not", "comparison"]:
    """The kind of condition that a value is, or wants to be, written as JSON or as a model."""
    if isinstance(value, dict):
        for name in _JOINTS:
            if name in value:
                return name
        return "comparison"
    tags: dict[type, Literal["all", "any", "not"]] = {AllOf: "all", AnyOf: "any", NotOf: "not"}
    return tags.get(type(value), "comparison")


Condition = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NotOf, Tag("not")]
    | Annotated[Comparison, Tag("comparison")],
    Discriminator(condition_tag),
]
CONDITION_MODELS: dict[str, type[Part]] = {"all": AllOf, "any": AnyOf, "not": NotOf, "comparison": Comparison}

for model in (Comparison, AllOf, AnyOf, NotOf):
    model.model_rebuild()


_ADAPTER: TypeAdapter[AllOf | AnyOf | NotOf | Comparison] = TypeAdapter(Condition)


def read_condition(data: Any) -> AllOf | AnyOf | NotOf | Comparison:
    """The condition of JSON data, or pydantic's ValidationError; its size is looked at by whoever takes it in."""
    return _ADAPTER.validate_python(data)


def condition_json(condition: AllOf | AnyOf | NotOf | Comparison) -> dict[str, Any]:
    """The condition as it is exchanged: {all|any: [...]}, {not: ...} or {field, op, value}."""
    return condition.model_dump(mode="json", exclude_none=True)
