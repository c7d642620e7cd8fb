"""Asking the contact guard."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published
from api.graphql.types.contact_types import ContactPermission
from api.graphql.types.ids import row_of
from api.graphql.types.lead_refs import LeadRef
from application.intake.contact_permission import contact_permission
from domain.party import Party


@published
class ContactAsking:
    """The verdict if a lead may be contacted."""

    @field
    async def contact_permission(
        self,
        info: Info,
        lead: Annotated[LeadRef, argument("Which lead; one that the asker does not see is NOT_FOUND.")],
        party: Annotated[Party, argument("The party that would contact it.")],
        channel: Annotated[
            str,
            argument("The channel in any spelling; one that no active agreement knows is never allowed."),
        ],
        at: Annotated[datetime | None, argument("The moment of the contact; now, if absent.")] = None,
        person: Annotated[
            str | None, argument("Who would; while a hand-raiser is offered it is its assignee, if absent.")
        ] = None,
        known_at: Annotated[
            datetime | None, argument("Answer by what was known then, not by what is known now.")
        ] = None,
    ) -> ContactPermission:
        """The verdict if a party may contact a lead on a channel at a moment, past ones too, and if not, why not."""
        answer = await contact_permission(
            info.context.application,
            info.context.principal,
            lead_id=None if lead.key else row_of(lead.id or "", "Lead"),
            key=(lead.key.source, lead.key.external_id) if lead.key else None,
            party=party,
            channel=channel,
            person=person,
            at=at,
            known_at=known_at,
            language=info.context.language,
        )
        return ContactPermission.of(answer)
