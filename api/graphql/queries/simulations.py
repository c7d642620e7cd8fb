"""The queries and subscriptions of simulations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from api.errors import bad_input
from api.graphql.parts.context import Info
from api.graphql.parts.published import argument, field, published, subscription
from api.graphql.types import simulation_types
from api.graphql.types.ids import row_of
from api.graphql.types.simulation_types import Simulation
from application.simulation.simulate import simulation
from domain.agreements.simulation import SimulationState

PAUSE = 0.5
"""Seconds between two looks at a simulation that is followed."""

SimulationId = Annotated[strawberry.ID, argument("Its global id.")]


@published
class SimulationReading:
    """Simulations."""

    @field
    async def simulation(self, info: Info, id: SimulationId) -> Simulation | None:
        """A simulation by its id; null for an unknown one."""
        return await info.context.load(simulation_types.simulations, row_of(id, "Simulation"))


@published
class SimulationFollowing:
    """Simulations at work."""

    @subscription
    def simulation_progress(self, info: Info, id: SimulationId) -> AsyncGenerator[Simulation, None]:
        """A simulation whenever it has come further, until it has ended."""
        return _progress(info, id)


async def _progress(info: Info, id: strawberry.ID) -> AsyncGenerator[Simulation, None]:
    context, wanted, last = info.context, row_of(id, "Simulation"), None
    while True:
        found = await simulation(context.application, context.principal, wanted)
        if found is None:
            raise bad_input("There is no such simulation.")
        if (found.state, found.progress) != last:
            last = (found.state, found.progress)
            yield Simulation.of(found)
        if found.state is not SimulationState.RUNNING:
            return
        await asyncio.sleep(PAUSE)
