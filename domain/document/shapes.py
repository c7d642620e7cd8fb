"""The shape of each place in the document, read from the models: object, list, label, condition or plain value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from domain.document.base import KeyedPart, Part, Translation
from domain.document.conditions import CONDITION_MODELS, AllOf, condition_tag


class Kind(Enum):
    """The content at a place."""

    PART = auto()
    """An object with named properties."""
    LIST = auto()
    """A list, told apart by position."""
    KEYED = auto()
    """A list whose items have keys, or a map."""
    LABEL = auto()
    """A text in one or several languages."""
    CONDITION = auto()
    """A condition."""
    VALUE = auto()
    """A plain value."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape at a place: for an object its model, for a list the shape of its items."""

    kind: Kind
    model: type[Part] | None = None
    item: Shape | None = None


VALUE = Shape(Kind.VALUE)
CONDITION = Shape(Kind.CONDITION)


@cache
def properties(model: type[Part]) -> dict[str, Shape]:
    """The shapes of a model's properties, by their names outside."""
    return {info.alias or name: _shape(info.annotation) for name, info in model.model_fields.items()}


def condition_part(written: object) -> Shape:
    """The shape of a condition as it is written: of a joint or of a comparison."""
    return Shape(Kind.PART, CONDITION_MODELS[condition_tag(written)])


def _shape(annotation: Any) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in (Union, UnionType):
        alternatives = [a for a in arguments if a is not type(None)]
        if any(AllOf in (a, *get_args(a)) for a in alternatives):
            return CONDITION
        return _shape(alternatives[0]) if len(alternatives) == 1 else VALUE
    if origin is tuple and arguments[-1] is Ellipsis:
        return _list(_shape(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Shape(Kind.PART, annotation)
    return VALUE


def _list(item: Shape) -> Shape:
    if item.model is Translation:
        return Shape(Kind.LABEL, item=item)
    keyed = item.model is not None and issubclass(item.model, KeyedPart)
    return Shape(Kind.KEYED if keyed else Kind.LIST, item=item)
