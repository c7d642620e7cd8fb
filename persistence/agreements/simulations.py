"""Simulations: asked for, running, finished; and what they found lead by lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.simulation import Simulation, SimulationState, StoredDifference
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read, write


async def insert(connection: AsyncConnection, simulation: Simulation) -> None:
    """Store a new one."""
    await bulk.insert(connection, tables.simulation, [write(simulation, tables.simulation)])


async def by_ids(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Simulation]:
    """Return simulations by id."""
    found = await connection.execute(text("select * from simulation where id = any(:ids)"), {"ids": list(ids)})
    return {row["id"]: read(Simulation, row) for row in found.mappings()}


async def advance(connection: AsyncConnection, simulation_id: UUID, *, progress: float, at: datetime) -> bool:
    """Note how far it is; False when it is not to go on."""
    statement = """update simulation set progress = greatest(progress, round(cast(:progress as numeric), 4)),
    alive_at = :at where id = :id and state = 'RUNNING'"""
    done = await connection.execute(text(statement), {"id": simulation_id, "progress": progress, "at": at})
    return done.rowcount == 1


async def finish(
    connection: AsyncConnection,
    simulation_id: UUID,
    *,
    state: SimulationState,
    at: datetime,
    fault: str | None = None,
    result: dict[str, Any] | None = None,
) -> bool:
    """End it, if it is still running; False when it was not."""
    statement = """update simulation set state = :state, finished_at = :at, fault = :fault,
    result = cast(:result as jsonb), progress = case when :state = 'DONE' then 1 else progress end
    where id = :id and state = 'RUNNING'"""
    given = {"id": simulation_id, "state": state.value, "at": at, "fault": fault}
    done = await connection.execute(
        text(statement), given | {"result": None if result is None else orjson.dumps(result).decode()}
    )
    return done.rowcount == 1


async def add_differences(connection: AsyncConnection, found: Sequence[StoredDifference]) -> None:
    """Store differences."""
    rows = [write(one, tables.simulation_difference) for one in found]
    await bulk.insert(connection, tables.simulation_difference, rows)


async def forget_differences(connection: AsyncConnection, simulation_id: UUID) -> None:
    """Delete all differences of a simulation."""
    await connection.execute(text("delete from simulation_difference where simulation_id = :id"), {"id": simulation_id})
