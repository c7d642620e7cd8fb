"""A server in a process of its own in which things happen to handovers at a steady rate."""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import UTC, datetime

import uvicorn

from api.cli.serving.server import ApiServer
from api.graphql.parts.global_ids import key_of
from application.runtime.transaction import Transaction
from domain.events.handovers import HandoverAssigned
from domain.handovers.handover import Handover
from persistence.lookups import by_ids
from tests.api.house import World, open_world

HANDOVERS = 50
GROUPS = 10
"""Among so many people the events are dealt out."""


async def main(url: str) -> None:
    """Serve; write when a line says how many events at which rate; end when there are no more lines."""
    async with open_world(url) as world:
        listener = socket.create_server(("127.0.0.1", 0))
        running = asyncio.create_task(ApiServer(world.app, world.application).run_until_cancelled(listener))
        handovers = await _handovers(world)
        print("port", listener.getsockname()[1], *(caller.secret for caller in world.callers.values()), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            count, rate = line.split()
            await _write(world, handovers, int(count), float(rate))
        running.cancel()
        await asyncio.wait([running])


async def _handovers(world: World) -> list[Handover]:
    ids = [key_of((await world.offered())[1], "Handover") for _ in range(HANDOVERS)]
    async with world.application.database.reading() as connection:
        found = await by_ids(connection, "handover", Handover, [one for one in ids if one])
    await world.settle()
    return list(found.values())


async def _write(world: World, handovers: list[Handover], count: int, rate: float) -> None:
    """One event a transaction, each at its time, whatever the ones before took."""
    clock = asyncio.get_running_loop().time
    began = clock()
    writing: set[asyncio.Task[None]] = set()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - clock()))
        writing.add(asyncio.create_task(_happen(world, handovers[number % len(handovers)], number)))
        writing = {task for task in writing if not task.done()}
    await asyncio.gather(*writing)


async def _happen(world: World, handover: Handover, number: int) -> None:
    async def body(transaction: Transaction) -> None:
        state = {"state": "OFFERED", "team": handover.team, "assignee": f"person-{number % GROUPS}"}
        transaction.emit(
            HandoverAssigned(because="asked"),
            handover.id,
            state=state,
            lead_id=handover.lead_id,
            visible_to=handover.visible_to,
            at=datetime.now(UTC),
        )

    await world.application.transact(body)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvicorn.Config("none", log_config=None).get_loop_factory()) as runner:
        runner.run(main(sys.argv[1]))
