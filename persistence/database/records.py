"""Rows to frozen values of the domain and back, by the fields' names and types."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sqlalchemy import Result, RowMapping, Table

Record = TypeVar("Record")
Convert = Callable[[Any], Any]
Plan = tuple[tuple[str, Convert | None], ...]
Conversion = tuple[str, Convert]


def _each(member: Any) -> tuple[Convert, Convert]:
    """Return how several values are read and written that are stored as JSON: those that know their stored form."""
    return (
        lambda stored: tuple(map(member.of, stored)),
        lambda values: [value.to_json() for value in values],
    )


def _converters(hint: Any) -> tuple[Convert, Convert] | None:
    """Return how a value of that type is read and written, where that is not as it is."""
    if get_origin(hint) is tuple:
        member = get_args(hint)[0]
        return _each(member) if hasattr(member, "to_json") else (tuple, list)
    if get_origin(hint) in {types.UnionType, Union}:
        found = (_converters(option) for option in get_args(hint) if option is not type(None))
        inner = next((pair for pair in found if pair is not None), None)
        return None if inner is None else (_or_none(inner[0]), _or_none(inner[1]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint, attrgetter("value")
    return (hint.of, hint.to_json) if hasattr(hint, "to_json") else None


def _or_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


@cache
def _plan(cls: Hashable, side: int) -> Plan:
    kind = cast("type[Any]", cls)
    hints = get_type_hints(kind)
    pairs = ((field.name, _converters(hints[field.name])) for field in dataclasses.fields(kind))
    return tuple((name, pair[side] if pair else None) for name, pair in pairs)


@cache
def _written(cls: Hashable, table: Table) -> Plan:
    return tuple((name, convert) for name, convert in _plan(cls, 1) if name in table.c)


@cache
def _reading(cls: Hashable) -> tuple[Callable[[Any], Sequence[Any]], list[tuple[int, Convert]]]:
    """Return what takes the values of a class's fields out of a row, and which of them by place are to be converted."""
    plan = _plan(cls, 0)
    return itemgetter(*(name for name, _ in plan)), [(place, c) for place, (_, c) in enumerate(plan) if c is not None]


@cache
def _writing(cls: Hashable, table: Table) -> tuple[tuple[str, ...], Callable[[Any], Sequence[Any]], list[Conversion]]:
    """Return which columns a value has, what takes them out of it, and which of them are to be converted."""
    plan = _written(cls, table)
    names = tuple(name for name, _ in plan)
    return names, attrgetter(*names), [(name, convert) for name, convert in plan if convert is not None]


def read(cls: type[Record], row: RowMapping | Mapping[str, Any]) -> Record:
    """The value that a row stands for; columns that the value does not have are passed over."""
    values, converted = _reading(cast(Hashable, cls))
    found = [*values(row)]
    for place, convert in converted:
        found[place] = convert(found[place])
    return cls(*found)


def read_all(cls: type[Record], found: Result[Any]) -> list[Record]:
    """The values that the rows of an answer stand for, in its order; columns looked up once for all rows."""
    plan = _plan(cast(Hashable, cls), 0)
    places = {name: place for place, name in enumerate(found.keys())}
    values = itemgetter(*(places[name] for name, _ in plan))
    converted = [(place, convert) for place, (_, convert) in enumerate(plan) if convert is not None]
    records = []
    for row in found.all():
        fields = [*values(row)]
        for place, convert in converted:
            fields[place] = convert(fields[place])
        records.append(cls(*fields))
    return records


def write(value: Any, table: Table, **more: Any) -> dict[str, Any]:
    """The row that stands for a value: those of its fields that are columns of the table, and what is given besides."""
    names, values, converted = _writing(cast(Hashable, type(value)), table)
    row = dict(zip(names, values(value), strict=True))
    for name, convert in converted:
        row[name] = convert(row[name])
    return row | more if more else row


def changes(before: Sequence[Any], after: Sequence[Any], table: Table) -> list[dict[str, Any]]:
    """Rows with the id and those columns in which any value differs from what it was; empty when none does."""
    if not after:
        return []
    names, values, converted = _writing(cast(Hashable, type(after[0])), table)
    columns = zip(names, zip(*map(values, before), strict=True), zip(*map(values, after), strict=True), strict=True)
    changed: dict[str, Iterable[Any]] = {name: new for name, old, new in columns if new != old}
    if not changed:
        return []
    changed |= {name: map(convert, changed[name]) for name, convert in converted if name in changed}
    keys = ("id", *changed)
    return [dict(zip(keys, row, strict=True)) for row in zip([v.id for v in after], *changed.values(), strict=True)]
