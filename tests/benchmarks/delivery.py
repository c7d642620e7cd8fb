"""From an event to those who follow: how long it takes, and whether the length of the log matters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

from application.lifespan.running import open_application
from application.runtime.transaction import Application, Transaction
from domain.events.leads import LeadStage
from persistence.database.embedded import EmbeddedPostgres
from tests.benchmarks.ground import connect, new_database, postgres
from tests.benchmarks.measuring import Row, as_served, async_seconds, at_most, percentile, ratio
from tests.benchmarks.sockets import Followers

SUBSCRIBERS = 100
PER_SECOND = 200
SECONDS = 15
WARM_UP_SECONDS = 3
"""Connections are opened and statements prepared meanwhile."""
LIMIT_SECONDS = 0.1
SHORT, LONG = 1_000, 200_000
AT_ONCE = 200

_FILL = """
with new as (
  insert into event (id, type, at, recorded_at, subject_type, subject_id, lead_id, visible_to, person, payload)
  select gen_random_uuid(), 'lead.stage', now(), now(), 'Lead', gen_random_uuid(), gen_random_uuid(), '{inside-sales}',
    'bench', jsonb_build_object('from', 'prospect', 'to', 'mql', 'reason', 'entry')
  from generate_series(1, $1) returning seq
), placed as (insert into event_position (position, seq) select row_number() over (order by seq), seq from new)
update event_head set position = $1
"""


async def rows() -> list[Row]:
    """All rows of delivery."""
    async with postgres() as server:
        return [await _steady(server), await _over_sockets(server), await _lengths(server)]


async def _steady(server: EmbeddedPostgres) -> Row:
    """Single events at a steady rate; from the beginning of the transaction to every subscriber."""
    lags: list[float] = []
    async with _application(server, SHORT) as application:
        followers = [asyncio.create_task(_follow(application, lags)) for _ in range(SUBSCRIBERS)]
        await _write(application, WARM_UP_SECONDS)
        lags.clear()
        with as_served():
            await _write(application, SECONDS)
        for follower in followers:
            follower.cancel()
    assert len(lags) == PER_SECOND * SECONDS * SUBSCRIBERS
    p50, p99 = percentile(lags, 0.5), percentile(lags, 0.99)
    transaction = f"event to subscriber, p99 at {PER_SECOND}/s, {SUBSCRIBERS} subscribers"
    return at_most(1, transaction, p99 / LIMIT_SECONDS, f"100 ms; p50 {p50 * 1e3:.0f}, p99 {p99 * 1e3:.0f} ms")


async def _over_sockets(server: EmbeddedPostgres) -> Row:
    """The same, but to GraphQL subscriptions over WebSocket, each event sent to each of them."""
    async with _application(server, SHORT) as application, Followers(application, SUBSCRIBERS) as followers:
        await _write(application, WARM_UP_SECONDS)
        await followers.lags()
        with as_served():
            before = process_time()
            await _write(application, SECONDS)
            used = process_time() - before
        number, p50, p99 = await followers.lags()
    transaction = f"the same over WebSocket, {number / SECONDS:,.0f} deliveries/s"
    each = f"{used / number * 1e6:.0f} µs of the process for each, writing included"
    return at_most(1, transaction, p99 / LIMIT_SECONDS, f"100 ms; p50 {p50 * 1e3:.0f}, p99 {p99 * 1e3:.0f} ms; {each}")


async def _write(application: Application, seconds: int) -> None:
    """One event a transaction, each at its time, whatever the ones before took; until all are delivered."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.TaskGroup() as writing:
        for number in range(PER_SECOND * seconds):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - clock()))
            writing.create_task(_tell(application, 1))
    await asyncio.sleep(2)


async def _follow(application: Application, lags: list[float]) -> None:
    async for page in application.tail.follow():
        now = perf_counter()
        lags += [now - float(event.payload["reason"]) for event in page.events]


async def _tell(application: Application, events: int) -> None:
    began = perf_counter()

    async def body(transaction: Transaction) -> None:
        for number in range(events):
            event = LeadStage(from_=None, to="mql", kind="QUALIFIED", reason=str(began), value=None, currency=None)
            transaction.emit(event, UUID(int=number))

    await application.transact(body)


async def _lengths(server: EmbeddedPostgres) -> Row:
    """Writing, placing and reading events behind a short and behind a long log, in turn."""
    async with AsyncExitStack() as stack:
        short = await stack.enter_async_context(_application(server, SHORT))
        long = await stack.enter_async_context(_application(server, LONG))
        taken = await async_seconds({"short": _delivering(short), "long": _delivering(long)}, rounds=30)
    cost = median(taken["short"]) / AT_ONCE * 1e6
    transaction = f"cost of an event behind a log of {LONG:,} events"
    return at_most(
        1.5, transaction, ratio(taken["long"], taken["short"]), f"a log of {SHORT:,}, {cost:.0f} µs an event"
    )


def _delivering(application: Application) -> Callable[[], Awaitable[None]]:
    async def deliver() -> None:
        awaited = application.tail.position + AT_ONCE
        await _tell(application, AT_ONCE)
        async for page in application.tail.follow(awaited - AT_ONCE):
            if page.position >= awaited:
                return

    return deliver


@asynccontextmanager
async def _application(server: EmbeddedPostgres, log: int) -> AsyncIterator[Application]:
    """A house whose log has so many events already."""
    url = await new_database(server)
    connection = await connect(url)
    await connection.execute(_FILL.replace("$1", str(log)))
    await connection.execute("analyze")
    await connection.close()
    async with open_application(url, clock=False) as application:
        yield application
