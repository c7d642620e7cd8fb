"""Asking for a simulation, giving it up, reading it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from uuid import UUID

from application.reading.pages import List
from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application
from domain.agreements.simulation import Difference, Simulation, SimulationState, StoredDifference
from domain.people import rights
from domain.people.principal import Principal
from domain.refusal import Refusal, not_found
from domain.words.ids import new_id
from persistence.agreements import simulations, versions
from persistence.database import paging
from rules.judging.compiled_rules import UnsoundDocument

SILENT_AFTER = 30
"""After so many seconds of the world without a word whoever ran a simulation has died."""
_DIFFERENCES = paging.Listing("simulation_difference", (("t.number", "bigint"),))


async def simulate(
    application: Application,
    principal: Principal,
    *,
    version_id: UUID,
    against_id: UUID | None = None,
    start: datetime,
    end: datetime | None = None,
    acceptance_rate: Decimal | None = None,
) -> UUID:
    """Begin to judge the recorded past by a version and by another (the active one, if absent); tell its id."""
    rights.need(principal, "Mutation.simulate")
    now = application.time.now()
    until = min(end or now, now)
    if start >= until:
        raise Refusal("VALUE_NOT_ALLOWED", "The period begins before it ends, and in the past.", ("from",))
    if acceptance_rate is not None and not 0 < acceptance_rate <= 1:
        raise Refusal("VALUE_NOT_ALLOWED", "An acceptance rate lies between 0 and 1.", ("acceptanceRate",))
    compiled_version, against = await _books(application, version_id, against_id)
    begun = Simulation(
        id=new_id(now=now),
        version_id=compiled_version.version_id,
        against_id=against.version_id,
        start_at=start,
        end_at=until,
        acceptance_rate=acceptance_rate,
        state=SimulationState.RUNNING,
        progress=Decimal(0),
        person=principal.signature,
        created_at=now,
        alive_at=now,
    )
    async with application.database.transaction() as connection:
        await simulations.insert(connection, begun)
    task = asyncio.create_task(_run(application, begun), name=f"simulation {begun.id}")
    application.background.add(task)
    task.add_done_callback(application.background.discard)
    return begun.id


async def _run(application: Application, begun: Simulation) -> None:
    """Judge beside the requests; what only simulations need is imported by the first one, in a thread of its own."""
    running = await asyncio.to_thread(import_module, "application.simulation.run")
    await running.run(application, begun)


async def _books(
    application: Application, version_id: UUID, against_id: UUID | None
) -> tuple[CompiledVersion, CompiledVersion]:
    async with application.database.reading() as connection:
        try:
            compiled_version = await application.version_cache.version(connection, version_id)
        except LookupError:
            raise not_found("version") from None
        try:
            active = (await application.version_cache.active(connection)).of_agreement(compiled_version.agreement_id)
            against = (
                await application.version_cache.version(connection, against_id) if against_id is not None else active
            )
        except LookupError:
            against = None
    if against is None:
        raise Refusal("NOT_FOUND", "There is no version to compare with.", ("against",))
    for name, one in (("version", compiled_version), ("against", against)):
        try:
            await asyncio.to_thread(getattr, one, "compiled_rules")  # compiles it, which takes a while
        except UnsoundDocument as unsound:
            raise Refusal("INVALID_DOCUMENT", str(unsound), (name,)) from None
    return compiled_version, against


async def simulation(application: Application, principal: Principal, simulation_id: UUID) -> Simulation | None:
    """Return a simulation by its id; one that fell silent has failed."""
    (found,) = await simulations_by_ids(application, principal, [simulation_id])
    return found


async def simulations_by_ids(
    application: Application, principal: Principal, ids: Sequence[UUID]
) -> list[Simulation | None]:
    """Return simulations by id; one that fell silent has failed."""
    rights.need(principal, "Query.simulation")
    async with application.database.reading() as connection:
        found = await simulations.by_ids(connection, ids)
    return [_as_it_is(application, found[id_]) if id_ in found else None for id_ in ids]


def _as_it_is(application: Application, found: Simulation) -> Simulation:
    silent = application.time.now() - found.alive_at > timedelta(seconds=SILENT_AFTER * application.time.speed)
    if found.state is not SimulationState.RUNNING or not silent:
        return found
    stopped = "The process that ran it was stopped."
    return replace(found, state=SimulationState.FAILED, fault=stopped, finished_at=found.alive_at)


def differences(application: Application, simulation_id: UUID, kind: Difference | None) -> List[StoredDifference]:
    """Return what a simulation found lead by lead."""
    query = paging.Query(_DIFFERENCES).where("t.simulation_id = :simulation", simulation=simulation_id)
    query.where_given("t.kind = :kind", kind=kind and kind.value)
    return List(application, query, StoredDifference)


async def cancel_simulation(application: Application, principal: Principal, simulation_id: UUID) -> None:
    """Give a simulation up; it ends within seconds."""
    rights.need(principal, "Mutation.cancelSimulation")
    found = await simulation(application, principal, simulation_id)
    if found is None:
        raise not_found("simulation")
    ended = found.state is not SimulationState.RUNNING
    async with application.database.transaction() as connection:
        state, now = SimulationState.CANCELLED, application.time.now()
        if ended or not await simulations.finish(connection, simulation_id, state=state, at=now):
            raise Refusal("WRONG_STATE", "The simulation has ended.", ("simulation",))


async def numbered_version(application: Application, agreement: str, number: int) -> UUID:
    """The id of a version by its agreement's key and its number."""
    query = paging.Query(paging.VERSIONS).where("t.number = :number", number=number)
    query.where("t.agreement_id = (select id from agreement where key = :agreement)", agreement=agreement)
    async with application.database.reading() as connection:
        if await versions.agreement_by(connection, key=agreement) is None:
            raise not_found("agreement")
        rows = await query.rows(connection, limit=1, after=None, before=None, backward=False)
    if not rows:
        raise not_found("version")
    found: UUID = rows[0]["id"]
    return found
