"""Queries for agreements, their versions and teams, and dry runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published
from api.graphql.types import (
    team_types,
    version_types,
)
from api.graphql.types.decision_types import Decision
from api.graphql.types.finding_types import SlaFinding, findings_of
from api.graphql.types.ids import row_of
from api.graphql.types.incoming_types import (
    ActivityInput,
    LeadInput,
    TimeLimitInput,
    incoming_activities,
    incoming_lead,
)
from api.graphql.types.key_types import Viewer
from api.graphql.types.pages import listed
from api.graphql.types.replay_types import DecisionReplay
from api.graphql.types.team_types import Team
from api.graphql.types.template_types import SlaTemplate
from api.graphql.types.version_types import Agreement, SlaVersion
from application.documents.check_document import check
from application.documents.templates import templates
from application.history import dry_run
from application.history.replaying import replay_decision
from application.reading import lists, single
from application.runtime.aside import aside

AGREEMENTS = Cursors("agreements", str)


AgreementKey = Annotated[str | None, argument("The key of the agreement whose version in force counts.")]


VersionId = Annotated[strawberry.ID | None, argument("The id of the version that counts.")]


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


def _version_key(version: strawberry.ID | None) -> UUID | None:
    return None if version is None else row_of(version, "SlaVersion")
