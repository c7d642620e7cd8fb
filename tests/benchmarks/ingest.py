"""Activities in, beside a bare insert of the same rows by the driver, one writer each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from api.build import create_api
from api.settings import ApiSettings
from application.directory.manage_keys import create_key
from application.intake.record_activities import record_activities
from application.runtime.incoming import IncomingActivity, ItemStatus
from domain.people.principal import Role
from domain.words.ids import new_id
from tests.application.scene import Scene
from tests.benchmarks import ground
from tests.benchmarks.asgi import Client, request
from tests.benchmarks.ground import SOURCE, leads
from tests.benchmarks.measuring import Row, as_served, at_least, ratio, told

BATCH = 500
POOL = 10_000
ROUNDS = 30
SCORED = ("newsletter-click", "pricing-page-visit", "whitepaper-download", "webinar-attended")
MIXES = {
    "15 % change a decision": {"newsletter": 85, **dict(zip(SCORED, (6, 4, 2, 1), strict=True)), "contact-form": 2},
    "86 % change a decision": {"newsletter": 14, **dict(zip(SCORED, (40, 20, 15, 9), strict=True)), "contact-form": 2},
}
"""How often activities of each type come. A newsletter that is sent changes no decision, what a lead does changes it
nearly always, and who asks for contact is handed over."""

MUTATION = """
mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { results { status } errors { code } } }
"""
_WRITTEN = 10
"""Batches of which it is measured what they write."""
_STATISTICS = 1.5
"""Seconds until PostgreSQL's statistics are told."""
_LOG = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
BARE_TABLE = "create table bare_activity (like activity including all)"
_BARE_INSERT = """
insert into bare_activity
  (id, lead_id, source, key, type, occurred_at, recorded_at, party, person, channel, campaign, content, fields)
select id, lead_id, source, key, type, occurred_at, recorded_at, party, person, channel, campaign, content,
  fields::jsonb
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
  $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
  as n(id, lead_id, source, key, type, occurred_at, recorded_at, party, person, channel, campaign, content, fields)
on conflict do nothing returning id
"""


@dataclass
class Inflow:
    """A stream of activities to a house; the time moves on with each batch."""

    stage: Scene
    connection: asyncpg.Connection[asyncpg.Record]
    pool: list[str]
    ids: dict[str, UUID]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    async def open(cls, stage: Scene, connection: asyncpg.Connection[asyncpg.Record]) -> Inflow:
        """A stream to new leads."""
        pool = await leads(stage, POOL)
        rows = await connection.fetch("select external_id, lead_id from lead_key")
        ids = {row["external_id"]: UUID(int=row["lead_id"].int) for row in rows}
        return cls(stage, connection, pool, ids)

    def batch(self, mix: Mapping[str, int], *, for_each_lead: int = 1) -> list[IncomingActivity]:
        """The next activities, so many for each lead they are about."""
        now = self.stage.time.pass_by(seconds=1)
        found = self.chance.sample(self.pool, BATCH // for_each_lead)
        kinds = self.chance.choices(list(mix), list(mix.values()), k=BATCH)
        return [
            IncomingActivity(
                key=f"activity-{next(self.numbers)}",
                lead=found[i % len(found)],
                type=kind,
                occurred_at=now - timedelta(milliseconds=500 - i),
                channel="website",
                campaign="spring-2026",
                content=f"page-{i % 40}",
            )
            for i, kind in enumerate(kinds)
        ]

    async def record(self, batch: list[IncomingActivity]) -> None:
        """Record a batch through the use case."""
        answer = await record_activities(self.stage.application, self.stage.integration, source=SOURCE, items=batch)
        assert all(result.status is ItemStatus.RECORDED for result in answer.results)

    def rows(self, batch: list[IncomingActivity]) -> list[tuple[Any, ...]]:
        """The batch as the rows that are stored of it."""
        now = self.stage.time.now()
        return [
            (
                new_id(now=now),
                self.ids[a.lead],
                SOURCE,
                a.key,
                a.type,
                a.occurred_at,
                now,
                a.party,
                a.person,
                a.channel,
                a.campaign,
                a.content,
                orjson.dumps(a.fields or {}).decode(),
            )
            for a in sorted(batch, key=lambda a: a.key)
        ]

    async def insert(self, rows: list[tuple[Any, ...]]) -> None:
        """Insert rows by one bare statement."""
        async with self.connection.transaction():
            new = await self.connection.fetch(_BARE_INSERT, *map(list, zip(*rows, strict=True)))
        assert len(new) == len(rows)

    async def settle(self) -> None:
        """Wait until all events have their positions, so that nobody works while the next work is timed."""
        while await self.connection.fetchval("select exists (select from event_pending)"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def rows() -> list[Row]:
    """All rows of activities in."""
    async with ground.postgres() as server:
        url = await ground.new_database(server)
        async with ground.scene(url) as stage:
            connection = await ground.connect(url)
            try:
                await connection.execute(BARE_TABLE)
                inflow = await Inflow.open(stage, connection)
                await connection.execute("analyze")
                return await _measured(inflow)
            finally:
                await connection.close()


async def _measured(inflow: Inflow) -> list[Row]:
    client = await _client(inflow.stage)
    found = []
    for name, mix in MIXES.items():
        for for_each_lead in (1, 5):
            case = partial(inflow.batch, mix, for_each_lead=for_each_lead)
            budgeted = mix is MIXES["15 % change a decision"]
            found += await _beside_the_bare_insert(inflow, client, case, f"{for_each_lead} per lead, {name}", budgeted)
        found += await _written(inflow, mix, name)
    return found


async def _written(inflow: Inflow, mix: Mapping[str, int], name: str) -> list[Row]:
    """What the use case writes: the share of updates of leads that no index hears of, and the log of PostgreSQL."""
    hot, log = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'lead'", _LOG
    await asyncio.sleep(_STATISTICS)
    before, begun = await inflow.connection.fetchrow(hot), await inflow.connection.fetchval(log)
    for _ in range(_WRITTEN):
        await inflow.record(inflow.batch(mix))
    await inflow.settle()
    ours = await inflow.connection.fetchval(log) - begun
    await asyncio.sleep(_STATISTICS)
    after = await inflow.connection.fetchrow(hot)
    begun = await inflow.connection.fetchval(log)
    for _ in range(_WRITTEN):
        await inflow.insert(inflow.rows(inflow.batch(mix)))
    bare = await inflow.connection.fetchval(log) - begun
    assert before is not None
    assert after is not None
    updates = after[0] - before[0]
    items = _WRITTEN * BATCH
    return [
        told(f"HOT updates of leads: {name}", (after[1] - before[1]) / updates, f"{updates} updates"),
        told(f"write-ahead log: {name}", float(ours / bare), f"bare insert, {bare / items:.0f} bytes a row"),
    ]


async def _beside_the_bare_insert(
    inflow: Inflow, client: Client, case: Callable[[], list[IncomingActivity]], name: str, budgeted: bool
) -> list[Row]:
    """The use case, the request and the bare insert, each with a batch of its own, in turn."""
    taken: dict[str, list[float]] = {"use case": [], "GraphQL": [], "bare": []}
    with as_served():
        for _ in range(ROUNDS):
            works = {
                "use case": partial(inflow.record, case()),
                "GraphQL": partial(_send, client, _request(case())),
                "bare": partial(inflow.insert, inflow.rows(case())),
            }
            for transaction, run in works.items():
                start = perf_counter()
                await run()
                taken[transaction].append(perf_counter() - start)
                await inflow.settle()
    baseline = f"bare asyncpg insert, {median(taken['bare']) / BATCH * 1e6:.0f} µs a row"
    limits = {"use case": 0.12, "GraphQL": 0.08}
    return [
        at_least(limits[transaction], f"{transaction}: {name}", speed, baseline)
        if budgeted
        else told(f"{transaction}: {name}", speed, baseline)
        for transaction in limits
        for speed in [ratio(taken["bare"], taken[transaction])]
    ]


async def _client(stage: Scene) -> Client:
    _, secret = await create_key(stage.application, None, name="sender", role=Role.INTEGRATION, person=None)
    return Client(create_api(stage.application, ApiSettings(requests_per_second=1e6, request_burst=10**6)), secret)


def _request(batch: list[IncomingActivity]) -> bytes:
    names = {"occurred_at": "occurredAt"}
    items = [{names.get(k, k): v for k, v in vars(a).items() if v is not None} for a in batch]
    return request(MUTATION, input={"source": SOURCE, "activities": items})


async def _send(client: Client, body: bytes) -> None:
    answer = orjson.loads(await client.post(body))
    results = answer["data"]["recordActivities"]["results"]
    assert [result["status"] for result in results] == ["RECORDED"] * BATCH
