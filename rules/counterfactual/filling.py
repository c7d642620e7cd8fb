"""Values that make comparisons come out as they have to, as they are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.document.sections.fields import FieldType
from domain.facts import Canonical, is_blank
from domain.leads.comparable import comparable
from domain.leads.values import MAX_WHOLE, ValueFault, canonical_value
from rules.conditions.vocabulary import Subject
from rules.satisfiability.satisfiability import standing_for
from rules.satisfiability.terms import Literal, comes_out

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDINALS = (date.min.toordinal(), date.max.toordinal())
_ANY: dict[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: ("x",),
    FieldType.INTEGER: (1, 0),
    FieldType.DECIMAL: (1, 0),
    FieldType.BOOLEAN: (True, False),
    FieldType.DATE: (date(2026, 1, 1).toordinal(),),
    FieldType.DATE_TIME: (0,),
}
"""Values to try where no comparison names one."""


def fitting(subject: Subject, literals: Iterable[Literal], *, needed: bool) -> Iterator[Canonical | None]:
    """Values with which all comparisons of a subject come out as they have to; None, last, is no value."""
    asked = tuple(literals)
    for value in _tried(subject, asked):
        stored = canonical_of(subject, value)
        if stored is None or (needed and is_blank(stored)):
            continue
        if all(comes_out(literal, {subject.name: value}) for literal in asked):
            yield stored
    if not needed and all(comes_out(literal, {}) for literal in asked):
        yield None


def _tried(subject: Subject, asked: tuple[Literal, ...]) -> list[Any]:
    """One value of each kind that the comparisons tell apart, those first that they name."""
    choices = {FieldType.ENUM: subject.values, FieldType.LIST: [(item,) for item in subject.values or ("x",)]}
    known = choices.get(subject.type) or _ANY.get(subject.type, ())
    near = [*standing_for(subject, asked, (-MAX_WHOLE, MAX_WHOLE))] if asked else []
    if near and isinstance(near[0], int) and not isinstance(near[0], bool):
        near = sorted(near, key=lambda value: (abs(value) >= MAX_WHOLE, value < 0, value))
    return [*near, *known]


def canonical_of(subject: Subject, value: Any) -> Canonical | None:
    """A comparable value as it is stored; None where the field takes no such value."""
    try:
        stored: Canonical | None = _STORED[subject.type](value, subject.scale or 0)
        if subject.definition is not None:
            stored = canonical_value(subject.definition, stored)
    except (ValueFault, ValueError, OverflowError):
        return None
    return stored if comparable(subject.type, subject.scale, stored) == value else None


def _day(value: int, _scale: int) -> str:
    if not _ORDINALS[0] <= value <= _ORDINALS[1]:
        raise ValueError(value)
    return date.fromordinal(value).isoformat()


def _moment(value: int, _scale: int) -> str:
    return (_EPOCH + timedelta(milliseconds=value)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _decimal(value: int, scale: int) -> str:
    whole, rest = divmod(abs(value), 10**scale)
    text = f"{whole}.{rest:0{scale}d}" if scale else f"{whole}"
    return f"-{text}" if value < 0 else text


def _as_it_is(value: Any, _scale: int) -> Any:
    return value


_STORED: Mapping[FieldType, Callable[[Any, int], Canonical]] = {
    FieldType.TEXT: _as_it_is,
    FieldType.ENUM: _as_it_is,
    FieldType.INTEGER: _as_it_is,
    FieldType.BOOLEAN: _as_it_is,
    FieldType.LIST: lambda value, _scale: list(value),
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _day,
    FieldType.DATE_TIME: _moment,
}
