"""The next steps of a handover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from api.graphql.parts.context import Context, Info
from api.graphql.parts.published import field, published
from api.graphql.types import obligation_types
from api.graphql.types.links import ObligationLink
from application.reading import upcoming as reading
from domain.document.sections.handover import Audience, EscalationAction
from domain.handovers import notice as domain
from domain.obligation import Act
from domain.party import Party


@published
class Recipient:
    """Who is told."""

    audience: Audience
    """As what."""
    person: str | None
    """The person; null for a party or management."""
    party: Party | None
    """The party, where everybody of it is told."""

    @classmethod
    def of(cls, record: domain.Recipient) -> Recipient:
        """The recipient as it is shown."""
        return cls(audience=record.audience, person=record.person, party=record.party)


@published
class UpcomingStep:
    """Something that the clock will do if nothing happens meanwhile."""

    at: datetime
    """When."""
    act: Act
    """The act of the clock."""
    kind: str
    """The kind of what is owed, such as answer."""
    action: EscalationAction | None
    """The act of an escalation step; null for a warning or a breach."""
    audience: Audience | None
    """Who is to be told; null where nobody is."""
    recipients: list[Recipient]
    """Whom it would reach as things are now."""
    _obligation_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, record: reading.UpcomingStep) -> UpcomingStep:
        """The step as it is shown."""
        return cls(
            at=record.at,
            act=record.act,
            kind=record.obligation.kind,
            action=record.action,
            audience=record.audience,
            recipients=[Recipient.of(r) for r in record.recipients],
            _obligation_id=record.obligation.id,
        )

    @field
    async def obligation(self, info: Info) -> ObligationLink:
        """The duty."""
        found = await info.context.load(obligation_types.obligations, self._obligation_id)
        assert found is not None  # noqa: S101 - who sees a handover sees what is owed about it
        return found


async def upcoming(context: Context, handover_ids: list[UUID]) -> Sequence[list[UpcomingStep]]:
    """The next steps of each handover."""
    found = await reading.upcoming_of(context.application, context.principal, handover_ids)
    return [[UpcomingStep.of(step) for step in of_handover] for of_handover in found]
