"""The SLA document as typed GraphQL output, derived from its models; no section is described twice.

Importing this module publishes `SlaDocument` and all below it: resolvers then say `-> SlaDocument`
and return the model.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Optional, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from api.graphql.parts.published import derive, plain_text, publish_enum
from api.graphql.parts.scalars import ConditionData
from domain.document.conditions import AllOf, AnyOf, Comparison, NotOf
from domain.document.document import SlaDocument
from domain.time.duration import Duration

__all__ = ["DocumentDerivation", "SlaDocument"]

_CONDITIONS = frozenset({AllOf, AnyOf, NotOf, Comparison})
_LEAVES = frozenset({str, int, bool, Decimal, date, Duration})


class DocumentDerivation:
    """Walks the models once and publishes each as a GraphQL type of the same name."""

    def __init__(self) -> None:
        self._owners: dict[str, type] = {}

    def publish(self, model: type[BaseModel]) -> None:
        """Publish a model and all models below it; a TypeError for what cannot be published."""
        self._claim(model)
        if "__strawberry_definition__" in vars(model):
            return
        definition = derive(model)
        definition.fields.extend(self._fields(model))

    def _claim(self, owner: type) -> None:
        if self._owners.setdefault(owner.__name__, owner) is not owner:
            raise TypeError(f"Two classes are named {owner.__name__}; names are unique over the whole document.")

    def _fields(self, model: type[BaseModel]) -> Iterator[StrawberryField]:
        for name, info in model.model_fields.items():
            where = f"{model.__name__}.{name}"
            yield StrawberryField(
                python_name=name,
                graphql_name=info.alias or name,
                type_annotation=StrawberryAnnotation(self._shape(_annotation(info), where)),
                description=plain_text(info.description, where),
                origin=model,
            )

    def _shape(self, annotation: Any, where: str) -> Any:
        """The annotation strawberry understands for one of pydantic's."""
        annotation = _bare(annotation)
        members = [_bare(m) for m in get_args(annotation)] if _is_union(annotation) else [annotation]
        given = [m for m in members if m is not type(None)]
        shape = self._whole(given, where)
        return Optional[shape] if len(given) < len(members) else shape  # noqa: UP045 - the shape is a value here

    def _whole(self, members: list[Any], where: str) -> Any:
        flat = {_bare(part) for m in members for part in (get_args(m) if _is_union(m) else (m,))}
        if flat <= _CONDITIONS:
            return ConditionData
        if len(members) > 1:
            raise TypeError(f"{where} is a union, which cannot be published.")
        return self._single(members[0], where)

    def _single(self, kind: Any, where: str) -> Any:
        if get_origin(kind) is tuple:
            item, *more = get_args(kind)
            if more != [Ellipsis]:
                raise TypeError(f"{where} is a tuple of fixed length, which cannot be published.")
            return list[self._shape(item, where)]  # type: ignore[misc]
        if kind in _LEAVES:
            return kind
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            self.publish(kind)
            return kind
        if isinstance(kind, type) and issubclass(kind, Enum):
            self._claim(kind)
            return publish_enum(kind)
        raise TypeError(f"{where} is {kind!r}, which cannot be published.")


def _annotation(info: FieldInfo) -> Any:
    return info.annotation


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, types.UnionType}


DocumentDerivation().publish(SlaDocument)
