"""Showing a record of another room: what has the same name is taken over, so that only the rest is written down."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def shown(cls: type[T], record: object, **computed: Any) -> T:
    """Return a record as a published type; `computed` is what it does not have, or not as it is shown."""
    published: Any = cls
    taken = {name: getattr(record, name) for name in fields_of(published) if name not in computed}
    return cls(**taken, **computed)


@cache
def fields_of(cls: Any) -> tuple[str, ...]:
    """Return the names of the fields of a published type that no resolver answers."""
    return tuple(field.name for field in fields(cls) if field.init)
