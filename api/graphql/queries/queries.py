"""All queries."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.errors import bad_input
from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Info
from api.graphql.parts.global_ids import Node, read_node
from api.graphql.parts.published import argument, field, published
from api.graphql.parts.scalars import Cursor
from api.graphql.queries.contact_queries import ContactAsking
from api.graphql.queries.rule_queries import RuleWriting
from api.graphql.queries.simulations import SimulationReading
from api.graphql.types import (
    event_types,
    handover_types,
    lead_types,
    obligation_types,
    team_types,
    version_types,
)
from api.graphql.types.comparison_types import Comparing
from api.graphql.types.decision_types import Decision, DecisionReplay
from api.graphql.types.event_types import Event
from api.graphql.types.filter_types import BreachFilter, HandoverFilter, LeadFilter, ObligationFilter
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.handover_types import Handover
from api.graphql.types.ids import row_of
from api.graphql.types.incoming_types import (
    ActivityInput,
    LeadInput,
    TimeLimitInput,
    incoming_activities,
    incoming_lead,
)
from api.graphql.types.key_types import Viewer
from api.graphql.types.lead_types import Lead, LeadRef
from api.graphql.types.obligation_types import Breach, Obligation
from api.graphql.types.pages import listed
from api.graphql.types.team_types import Team
from api.graphql.types.version_types import Agreement, SlaTemplate, SlaVersion
from application.documents.check_document import check
from application.documents.templates import templates
from application.history import dry_run
from application.history.replaying import replay_decision
from application.reading import lists, single
from application.reading.known_words import need_known
from application.reading.lists import LeadOrder
from application.runtime.aside import aside

AGREEMENTS = Cursors("agreements", str)
MOST_NODES = 100
"""So many things are read by their ids at once."""

AgreementKey = Annotated[str | None, argument("The key of the agreement whose version in force counts.")]
VersionId = Annotated[strawberry.ID | None, argument("The id of the version that counts.")]


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
        return await lead_types.lead_of(info.context, ref)

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
        return await lead_types.connection(
            info, wanted, order_by or LeadOrder.PRIORITY, first=first, after=after, last=last, before=before
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


@published
class Looking:
    """Agreements, their versions, teams, and what is judged without storing it."""

    @field
    def viewer(self, info: Info) -> Viewer:
        """Who asks."""
        return Viewer.of(info.context.principal)

    @field
    def sla_templates(self, info: Info) -> list[SlaTemplate]:
        """Documents to begin with, by key."""
        return [SlaTemplate.of(template, info.context.language) for template in templates()]

    @field
    async def agreements(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Agreement]:
        """All agreements, by key."""
        return await listed(
            info,
            lists.agreements(info.context.application),
            cursors=AGREEMENTS,
            key=lambda row: (row.key,),
            node=Agreement.of,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @field
    async def agreement(self, info: Info, key: Annotated[str, argument("Its key.")]) -> Agreement | None:
        """An agreement by its key; null for an unknown one."""
        found = await single.agreement(info.context.application, key)
        return None if found is None else Agreement.of(found)

    @field
    async def sla_version(
        self, info: Info, id: Annotated[strawberry.ID, argument("Its global id.")]
    ) -> SlaVersion | None:
        """A version by its id; null for an unknown one."""
        return await info.context.load(version_types.versions, row_of(id, "SlaVersion"))

    @field
    async def check_sla(
        self,
        info: Info,
        document: Annotated[JSON, argument("The document; keyed lists as lists or maps, or all of it as YAML text.")],
    ) -> list[SlaFinding]:
        """All faults and warnings of a document, with the teams there are, without storing it."""
        surroundings = await info.context.load(version_types.surroundings_of, None)
        today = info.context.application.time.now().date()
        _, findings = await aside(lambda: check(document, today=today, surroundings=surroundings))
        return findings_of(findings)

    @field
    async def judge(
        self,
        info: Info,
        lead: Annotated[LeadInput, argument("The lead as it would be sent.")],
        activities: Annotated[list[ActivityInput] | None, argument("Its activities.")] = None,
        agreement: AgreementKey = None,
        version: VersionId = None,
        at: Annotated[datetime | None, argument("The moment of the judgement; now, if absent.")] = None,
    ) -> Decision:
        """A dry run: nothing is stored. Without agreement and version the lead's own fields say which one governs."""
        found = await dry_run.dry_run(
            info.context.application,
            lead=incoming_lead(lead),
            activities=incoming_activities(activities or ()),
            agreement=agreement,
            version_id=_version_key(version),
            at=at,
        )
        return Decision.made(found)

    @field
    async def replay_decision(
        self, info: Info, id: Annotated[strawberry.ID, argument("The id of a stored decision.")]
    ) -> DecisionReplay | None:
        """Judge a stored decision again, from the facts as they are stored; null for an unknown one and for one about a
        lead that the asker does not see.
        """
        context = info.context
        found = await replay_decision(context.application, context.principal, decision_id=row_of(id, "Decision"))
        return None if found is None else DecisionReplay.of(found)

    @field
    async def deadline(
        self,
        info: Info,
        from_: Annotated[datetime, argument("When the limit starts.", name="from")],
        limit: Annotated[TimeLimitInput, argument("The limit.")],
        agreement: AgreementKey = None,
        version: VersionId = None,
        calendar: Annotated[str | None, argument("The calendar's key; the version's default one, if absent.")] = None,
    ) -> datetime:
        """When something is due: for previews in editors."""
        return await dry_run.deadline(
            info.context.application,
            start=from_,
            limit=limit.limit(),
            agreement=agreement,
            version_id=_version_key(version),
            calendar=calendar,
        )

    @field
    async def teams(self, info: Info) -> list[Team]:
        """All teams, by key."""
        return await team_types.directory(info.context)


@published
class Query(Looking, Comparing, ContactAsking, RuleWriting, SimulationReading, Reading):
    """All queries."""


def _version_key(version: strawberry.ID | None) -> UUID | None:
    return None if version is None else row_of(version, "SlaVersion")
