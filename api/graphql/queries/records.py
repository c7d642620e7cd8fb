"""Queries for leads, handovers, obligations, breaches and events."""

from __future__ import annotations

import asyncio
from typing import Annotated

import strawberry

from api.errors import bad_input
from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.parts import nodes
from api.graphql.parts.context import Info
from api.graphql.parts.global_ids import Node, read_node
from api.graphql.parts.published import argument, field, published
from api.graphql.parts.scalars import Cursor
from api.graphql.types import (
    event_types,
    handover_types,
    lead_types,
    obligation_types,
)
from api.graphql.types.event_types import Event
from api.graphql.types.filter_types import BreachFilter, HandoverFilter, LeadFilter, ObligationFilter
from api.graphql.types.handover_types import Handover
from api.graphql.types.lead_refs import LeadRef, lead_of
from api.graphql.types.lead_types import Lead, by_id, by_priority
from api.graphql.types.obligation_types import Breach, Obligation
from api.graphql.types.pages import listed
from application.reading import lists
from application.reading.known_words import need_known
from application.reading.lists import LeadOrder

MOST_NODES = 100
"""So many things are read by their ids at once."""


@published
class Reading:
    """Leads, handovers, what is owed, and what happened."""

    @field
    async def node(self, info: Info, id: Annotated[strawberry.ID, argument("The global id.")]) -> Node | None:
        """Anything by its global id; null for what is unknown and for what the asker does not see."""
        found: Node | None = await read_node(info.context, id, nodes.readers())
        return found

    @field
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], argument(f"Global ids, at most {MOST_NODES}.")]
    ) -> list[Node | None]:
        """Many things by their global ids, in the order of the ids; null where `node` would be null."""
        if len(ids) > MOST_NODES:
            raise bad_input(f"'ids' are at most {MOST_NODES}.")
        readers = nodes.readers()
        return list(await asyncio.gather(*(read_node(info.context, id, readers) for id in ids)))

    @field
    async def lead(self, info: Info, ref: Annotated[LeadRef, argument("Which one.")]) -> Lead | None:
        """A lead; null for an unknown one and for one that the asker does not see."""
        return await lead_of(info.context, ref)

    @field
    async def leads(
        self,
        info: Info,
        filter: Annotated[LeadFilter | None, argument("Which ones; all that the asker sees, if absent.")] = None,
        order_by: Annotated[LeadOrder | None, argument("In which order; by priority, if absent.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Lead]:
        """Leads; sales sees those that its teams have or had."""
        wanted = filter or LeadFilter()
        await need_known(info.context.application, wanted)
        order, context = order_by or LeadOrder.PRIORITY, info.context
        return await listed(
            info,
            lists.leads(context.application, context.principal, wanted, order),
            cursors=lead_types.CURSORS[order],
            key=by_priority if order is LeadOrder.PRIORITY else by_id,
            node=Lead.of,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @field
    async def handovers(
        self,
        info: Info,
        filter: Annotated[HandoverFilter | None, argument("Which ones; all that the asker sees, if absent.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Handover]:
        """Handovers, the newest first; sales sees those of its teams."""
        wanted = filter or HandoverFilter()
        await need_known(info.context.application, wanted)
        return await handover_types.connection(info, wanted, first=first, after=after, last=last, before=before)

    @field
    async def obligations(
        self,
        info: Info,
        filter: Annotated[ObligationFilter | None, argument("Which ones; all that the asker sees, if absent.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Obligation]:
        """Obligations, the earliest due first; sales sees those of its teams."""
        wanted = filter or ObligationFilter()
        await need_known(info.context.application, wanted)
        return await obligation_types.obligation_connection(
            info, wanted, first=first, after=after, last=last, before=before
        )

    @field
    async def breaches(
        self,
        info: Info,
        filter: Annotated[BreachFilter | None, argument("Which ones; all that the asker sees, if absent.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Breach]:
        """Breaches, the newest first; sales sees those of its teams."""
        wanted = filter or BreachFilter()
        await need_known(info.context.application, wanted)
        return await obligation_types.breach_connection(
            info, wanted, first=first, after=after, last=last, before=before
        )

    @field
    async def events(
        self,
        info: Info,
        types: Annotated[list[str] | None, argument("Events of these types only, such as handover.accepted.")] = None,
        after: Annotated[
            Cursor | None, argument("The cursor behind which the page begins; absent or EARLIEST: the oldest kept.")
        ] = None,
        first: First = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Event]:
        """The event log in its order, as far as the asker may read it; `pageInfo.endCursor` moves on also past what
        it may not read.
        """
        return await event_types.log(info, types=types, after=after, first=first, last=last, before=before)
