"""The senders' own keys of leads."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.graphql.parts.context import Context
from api.graphql.parts.published import published
from application.reading import single


@published
class LeadKey:
    """A sender's own key of a lead."""

    source: str
    """The sender."""
    external_id: str
    """The sender's key."""


async def keys(context: Context, lead_ids: list[UUID]) -> Sequence[list[LeadKey]]:
    """The senders' own keys of each lead."""
    found = await single.keys_of(context.application, lead_ids)
    return [[LeadKey(source=k.source, external_id=k.external_id) for k in of_lead] for of_lead in found]
