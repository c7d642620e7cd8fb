"""Which leads, handovers, obligations and breaches are asked for: GraphQL inputs, derived from the filters themselves.

Importing this module publishes them: a resolver that takes a `HandoverFilter` gets the one that lists take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, get_type_hints
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.graphql.parts.published import derive, plain_text, texts_below
from api.graphql.types.ids import any_row_of, row_of
from application.reading.lists import BreachFilter, HandoverFilter, LeadFilter, ObligationFilter

__all__ = ["BreachFilter", "HandoverFilter", "LeadFilter", "ObligationFilter"]

ROWS: Mapping[str, Callable[[str], UUID]] = {"lead": lambda text: row_of(text, "Lead"), "subject": any_row_of}
"""The properties for which clients send a global id, and the row that it stands for."""


def publish_filter(model: type) -> None:
    """Publish a filter of the application as a GraphQL input."""
    texts, hints = texts_below(model), get_type_hints(model)
    definition = derive(model, is_input=True)
    for name in (own.name for own in fields(model)):
        definition.fields.append(
            StrawberryField(
                python_name=name,
                graphql_name=to_camel_case(name),
                type_annotation=StrawberryAnnotation(strawberry.ID | None if name in ROWS else hints[name]),
                description=plain_text(texts.get(name), f"{model.__name__}.{name}"),
                default=None,
                origin=model,
            )
        )
    names = {to_camel_case(own.name): own.name for own in fields(model)}

    def build(cls: type, values: Mapping[str, Any], _context: object) -> Any:
        given = {names[key]: value for key, value in values.items() if value is not None}
        return cls(**given | {name: ROWS[name](value) for name, value in given.items() if name in ROWS})

    definition.from_input = build


for _filter in (LeadFilter, HandoverFilter, ObligationFilter, BreachFilter):
    publish_filter(_filter)
