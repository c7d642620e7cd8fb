"""Mutations of simulations: asked for and given up."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from api.graphql.mutations.answers import mutation
from api.graphql.parts.context import Info
from api.graphql.parts.published import published, published_input
from api.graphql.parts.user_errors import UserError
from api.graphql.types import simulation_types
from api.graphql.types.ids import row_of
from api.graphql.types.simulation_types import Simulation
from application.simulation import simulate


@published_input
class SimulateInput:
    """A version that is to be tried on the recorded past."""

    version: strawberry.ID
    """The id of the version, which may be a draft."""
    against: strawberry.ID | None = None
    """The id of the version that it is compared with; the one in force, if absent."""
    from_: datetime
    """When the period begins."""
    to: datetime | None = None
    """When it ends; now, if absent or to come."""
    acceptance_rate: Decimal | None = None
    """The share of handovers that sales should accept; the threshold that meets it is looked for."""


@published_input
class CancelSimulationInput:
    """A simulation that is to be given up."""

    simulation: strawberry.ID
    """Its id."""


@published
class SimulationPayload:
    """A simulation after what was done."""

    simulation: Simulation | None = None
    """The simulation."""
    errors: list[UserError]
    """The faults of the input."""


@published
class Simulations:
    """Simulations."""

    @mutation(SimulationPayload)
    async def simulate(self, info: Info, input: SimulateInput) -> SimulationPayload:
        """Begin to judge the recorded past by a version and by another; nothing else is changed."""
        against = None if input.against is None else row_of(input.against, "SlaVersion")
        begun = await simulate.simulate(
            info.context.application,
            info.context.principal,
            version_id=row_of(input.version, "SlaVersion"),
            against_id=against,
            start=input.from_,
            end=input.to,
            acceptance_rate=input.acceptance_rate,
        )
        return SimulationPayload(simulation=await info.context.load(simulation_types.simulations, begun), errors=[])

    @mutation(SimulationPayload)
    async def cancel_simulation(self, info: Info, input: CancelSimulationInput) -> SimulationPayload:
        """Give a simulation up."""
        wanted = row_of(input.simulation, "Simulation")
        await simulate.cancel_simulation(info.context.application, info.context.principal, wanted)
        return SimulationPayload(simulation=await info.context.load(simulation_types.simulations, wanted), errors=[])
