"""Leads as they are named in inputs and arguments."""

from __future__ import annotations

import strawberry

from api.graphql.parts.context import Context
from api.graphql.parts.global_ids import key_of
from api.graphql.parts.published import published_choice
from api.graphql.types.incoming_types import LeadKeyInput
from api.graphql.types.lead_types import Lead, leads
from application.reading import single


@published_choice
class LeadRef:
    """A lead, by exactly one of the two."""

    id: strawberry.ID | None = strawberry.UNSET
    """Its id."""
    key: LeadKeyInput | None = strawberry.UNSET
    """A sender's own key."""


async def lead_of(context: Context, ref: LeadRef) -> Lead | None:
    """The lead that is meant, if the asker sees it."""
    if ref.key:
        found = await single.lead_by_key(
            context.application, context.principal, source=ref.key.source, external_id=ref.key.external_id
        )
        return None if found is None else Lead.of(found)
    key = key_of(ref.id or "", "Lead")
    return None if key is None else await context.load(leads, key)
