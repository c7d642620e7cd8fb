"""Leads, their keys and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import argument, field, published
from api.graphql.types import (
    activity_types,
    conflict_types,
    contact_types,
    decision_types,
    event_types,
    handover_types,
    lead_key_types,
    round_types,
    version_types,
)
from api.graphql.types.conflict_types import FieldConflict
from api.graphql.types.contact_types import Consent
from api.graphql.types.ids import NOBODY
from api.graphql.types.lead_key_types import LeadKey
from api.graphql.types.links import ActivityLink, AgreementLink, DecisionLink, EventLink, HandoverLink, LeadRoundLink
from api.graphql.types.nurture_types import Nurture
from api.graphql.types.pages import Branch, listed_below
from application.history.as_of import need_past
from application.reading import lists, single
from application.reading.lists import LeadOrder
from application.runtime.page import Key
from domain.leads import lead as domain
from domain.party import Party

CURSORS = {
    LeadOrder.PRIORITY: Cursors("leads/PRIORITY", int, UUID),
    LeadOrder.NEWEST: Cursors("leads/NEWEST", UUID),
    LeadOrder.OLDEST: Cursors("leads/OLDEST", UUID),
}
Resolved = Annotated[bool, argument("True if those that are settled are listed too.")]
OF_ACCOUNTS = Branch(lambda context: lists.leads_of_accounts(context.application, context.principal))


@published
class Account(Node):
    """A company; its leads are its buying centre."""

    key: str
    """Its key."""
    name: str | None
    """Its name."""
    fields: JSON
    """Its fields."""
    owner: str | None
    """The person of sales who serves it."""
    _id: strawberry.Private[UUID]

    @classmethod
    def of(cls, record: domain.Account) -> Account:
        """The account as it is shown."""
        return cls(
            id=global_id("Account", record.id),
            key=record.key,
            name=record.name,
            fields=JSON(dict(record.fields)),
            owner=record.owner,
            _id=record.id,
        )

    @field
    async def leads(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Lead]:
        """Its leads that the asker sees, the oldest first."""
        return await listed_below(
            info,
            self._id,
            OF_ACCOUNTS,
            cursors=CURSORS[LeadOrder.OLDEST],
            key=by_id,
            node=Lead.of,
            first=first,
            after=after,
            last=last,
            before=before,
        )


@published
class Lead(Node):
    """A person showing interest."""

    fields: JSON
    """Its fields, as they are known now."""
    stage: str
    """The key of the stage it is in."""
    stage_since: datetime
    """Since when it is in this stage."""
    contact_owner: Party
    """The party that owns contact with it."""
    _lead: strawberry.Private[domain.Lead]

    @classmethod
    def of(cls, record: domain.Lead) -> Lead:
        """The lead as it is shown."""
        return cls(
            id=global_id("Lead", record.id),
            fields=JSON(dict(record.fields)),
            stage=record.stage,
            stage_since=record.stage_since,
            contact_owner=record.contact_owner,
            _lead=record,
        )

    @field
    async def keys(self, info: Info) -> list[LeadKey]:
        """The senders' own keys of it."""
        return await info.context.load(lead_key_types.keys, self._lead.id)

    @field
    async def account(self, info: Info) -> Account | None:
        """The company it belongs to."""
        account_id = self._lead.account_id
        return await info.context.load(accounts, account_id) if account_id else None

    @field
    async def agreement(self, info: Info) -> AgreementLink | None:
        """The agreement that governs it."""
        agreement_id = self._lead.agreement_id
        return await info.context.load(version_types.agreements, agreement_id) if agreement_id else None

    @field
    async def decision(self, info: Info) -> DecisionLink | None:
        """The latest decision about it."""
        decision_id = self._lead.decision_id
        return await info.context.load(decision_types.decisions, decision_id) if decision_id else None

    @field
    async def decisions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[DecisionLink]:
        """The decisions about it that were stored because they differed from the one before, the newest first."""
        return await decision_types.of_lead(info, self._lead.id, first=first, after=after, last=last, before=before)

    @field
    async def decision_at(
        self, info: Info, at: Annotated[datetime, argument("The moment, in the past.")]
    ) -> DecisionLink | None:
        """The decision on it at a moment, judged anew from what was known then by the version then in force; null
        before it was known, and while no agreement governed it.
        """
        need_past(info.context.application, at)
        return await info.context.load(decision_types.decisions_then, (self._lead.id, at))

    @field
    async def handover(self, info: Info) -> HandoverLink | None:
        """The open handover, if any."""
        return await info.context.load(handover_types.open_handovers, self._lead.id)

    @field
    async def handovers(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HandoverLink]:
        """Its handovers that the asker sees, the newest first."""
        return await handover_types.of_lead(info, self._lead.id, first=first, after=after, last=last, before=before)

    @field
    async def rounds(self, info: Info) -> list[LeadRoundLink]:
        """Its handovers that the asker sees, in order, with what ended each and what brought the lead back."""
        return await info.context.load(round_types.rounds_of, self._lead.id)

    @field
    async def activities(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ActivityLink]:
        """Its activities and what was done to it, the newest first."""
        return await activity_types.of_lead(info, self._lead.id, first=first, after=after, last=last, before=before)

    @field
    async def nurture(self, info: Info) -> Nurture | None:
        """The content that it gets meanwhile, by the latest decision about it."""
        found = await info.context.load(decision_types.decisions, self._lead.decision_id or NOBODY)
        return await found.nurtured(info) if found else None

    @field
    async def consents(self, info: Info) -> list[Consent]:
        """All that it ever said about being contacted, the newest first."""
        return await info.context.load(contact_types.consents, self._lead.id)

    @field
    async def conflicts(
        self,
        info: Info,
        resolved: Resolved = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[FieldConflict]:
        """Where a system says otherwise than the owner of a field, of it or its company, the latest first; on request
        also what is settled."""
        return await conflict_types.conflicts(
            info, self._lead.id, resolved=resolved, first=first, after=after, last=last, before=before
        )

    @field
    async def history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[EventLink]:
        """All that happened to it, the oldest first."""
        return await event_types.history(info, self._lead.id, first=first, after=after, last=last, before=before)


def by_id(record: domain.Lead) -> Key:
    """The sort key of leads by age."""
    return (record.id,)


def by_priority(record: domain.Lead) -> Key:
    """The sort key of leads by the order of calling."""
    return (record.priority, record.id)


@nodes.loads("Lead")
async def leads(context: Context, ids: list[UUID]) -> Sequence[Lead | None]:
    """Leads by id that the asker sees."""
    return [None if r is None else Lead.of(r) for r in await single.leads(context.application, context.principal, ids)]


@nodes.loads("Account")
async def accounts(context: Context, ids: list[UUID]) -> Sequence[Account | None]:
    """Accounts by id that the asker sees."""
    found = await single.accounts(context.application, context.principal, ids)
    return [None if r is None else Account.of(r) for r in found]
