"""Simulations: what a version would have done with the recorded past, held against another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.lists.connections import After, Before, Connection, First, Last
from api.graphql.lists.cursors import Cursors
from api.graphql.parts import nodes
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id
from api.graphql.parts.published import argument, field, publish_enum, published
from api.graphql.types import version_types
from api.graphql.types.links import LeadLink, SlaVersionLink
from api.graphql.types.pages import listed
from api.graphql.types.simulation_figures import SimulationResult
from application.simulation import sentences, simulate
from domain.agreements import simulation as domain
from domain.agreements.simulation import Difference, SimulationState

publish_enum(SimulationState)
publish_enum(Difference, "SimulationDifferenceKind")
DIFFERENCES = Cursors("simulation/differences", int)


@published
class SimulationDifference:
    """A lead about which both versions differ."""

    kind: Difference
    """Their differences."""
    at: datetime
    """The moment: of the handover, or the end of the period for grades."""
    before: JSON | None
    """The answer of the version it is compared with; null where it does not govern the lead."""
    after: JSON | None
    """The answer of this version; null where it does not govern the lead."""
    _stored: strawberry.Private[domain.StoredDifference]

    @field
    async def reasons(self, info: Info) -> JSON:
        """Why: a list of {code, …}. First the changes of rules that come out differently for the lead, RULE with path
        and message; then what comes of them: NOT_GOVERNED, BLOCKED, DATA_MISSING, NO_TRIGGER (by which of both), and
        what came out else with before and after: FIT, INTEREST, GRADE, STAGE, TRIGGER."""
        return JSON(sentences.reasons(self._stored, info.context.language))

    @field
    async def summary(self, info: Info) -> str:
        """The destination of the lead and the reason, in one sentence of the asker's language."""
        return sentences.summary(self._stored, info.context.language)

    @field
    async def lead(self, info: Info) -> LeadLink | None:
        """The lead; null where the asker does not see it."""
        found: LeadLink | None = await nodes.node(info.context, "Lead", self._stored.lead_id)
        return found

    @classmethod
    def of(cls, stored: domain.StoredDifference) -> SimulationDifference:
        """The stored difference."""
        said = stored.detail
        return cls(
            kind=stored.kind,
            at=stored.at,
            before=said["before"],
            after=said["after"],
            _stored=stored,
        )


Kind = Annotated[Difference | None, argument("Differences of this kind only.")]


@published
class Simulation(Node):
    """The result of a version on the recorded past, held against another; it changes nothing."""

    from_: datetime
    """When the period begins."""
    to: datetime
    """When it ends."""
    state: SimulationState
    """Its progress."""
    progress: Decimal
    """The share of the work that is done."""
    person: str
    """Who asked for it."""
    created_at: datetime
    """When it was asked for."""
    finished_at: datetime | None
    """When it ended."""
    fault: str | None
    """The fault, if it failed."""
    result: SimulationResult | None
    """The findings, once it is done."""
    _stored: strawberry.Private[domain.Simulation]

    @field
    async def version(self, info: Info) -> SlaVersionLink:
        """The version that is simulated."""
        return await _version(info, self._stored.version_id)

    @field
    async def against(self, info: Info) -> SlaVersionLink:
        """The version that it is compared with."""
        return await _version(info, self._stored.against_id)

    @field
    async def differences(
        self,
        info: Info,
        kind: Kind = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SimulationDifference]:
        """The leads about which both versions differ, by kind."""
        return await listed(
            info,
            simulate.differences(info.context.application, self._stored.id, kind),
            cursors=DIFFERENCES,
            key=lambda row: (row.number,),
            node=SimulationDifference.of,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @classmethod
    def of(cls, stored: domain.Simulation) -> Simulation:
        """The stored simulation."""
        return cls(
            id=global_id("Simulation", stored.id),
            from_=stored.start_at,
            to=stored.end_at,
            state=stored.state,
            progress=stored.progress,
            person=stored.person,
            created_at=stored.created_at,
            finished_at=stored.finished_at,
            fault=stored.fault,
            result=None if stored.result is None else SimulationResult.of(stored.result),
            _stored=stored,
        )


async def _version(info: Info, version_id: UUID) -> SlaVersionLink:
    found = await info.context.load(version_types.versions, version_id)
    assert found is not None  # noqa: S101 - the database keeps what a simulation is about
    return found


@nodes.loads("Simulation")
async def simulations(context: Context, ids: list[UUID]) -> Sequence[Simulation | None]:
    """Simulations by id."""
    found = await simulate.simulations_by_ids(context.application, context.principal, ids)
    return [None if one is None else Simulation.of(one) for one in found]
