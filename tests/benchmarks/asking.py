"""Asking over HTTP and executing a page of a list, beside strawberry as it comes with the same types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import strawberry
from graphql import execute, parse
from graphql.execution import Executor
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.execution import FastExecutor
from api.graphql.parts.published import field, published
from api.graphql.parts.scalars import SCALARS
from api.graphql.schema import build_schema
from api.graphql.types.handover_types import Handover
from api.settings import ApiSettings
from api.transport.app import create_app
from domain.handovers.handover import Handover as Record
from domain.handovers.handover import HandoverState
from domain.people.principal import Principal, Role
from tests.benchmarks.asgi import Client, request
from tests.benchmarks.measuring import Row, async_seconds, at_least, ratio, seconds

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SMALL = "query ($id: ID!) { lead(id: $id) { id name status } }"
ASKED_AT_ONCE = 50
PAGE = """{ handovers { id state round trigger grade team assignee offeredAt answerDueAt escalationLevel } }"""
PAGE_SIZE = 100


@published
class Prospect:
    """A lead."""

    id: strawberry.ID
    """Its id."""
    name: str
    """What it is called."""
    status: str
    """Where it stands."""


@published
class Query:
    """What is asked for."""

    @field
    async def lead(self, id: strawberry.ID) -> Prospect:
        """A lead by its id."""
        return Prospect(id=id, name="Lea Roth", status="MQL")

    @field
    def handovers(self) -> list[Handover]:
        """A page of handovers."""
        return _HANDOVERS


def rows() -> list[Row]:
    """All rows of asking."""
    return [asyncio.run(_small()), _page()]


async def _small() -> Row:
    """One small query, from the bytes of the request to those of the answer."""
    principal = Principal(UUID(int=1), "bench", Role.ADMIN)

    async def sign_in(_token: str | None) -> Principal:
        return principal

    async def ready() -> bool:
        return True

    settings = ApiSettings(requests_per_second=1e9, request_burst=10**9)
    ours = Client(
        create_app(
            None,
            settings,
            schema=build_schema(Query, settings=settings),
            authenticate=sign_in,
            now=lambda: NOW,
            ready=ready,
        )
    )
    stock = Client(GraphQL(strawberry.Schema(Query, config=_scalars())))
    numbers = iter(range(10**9))
    expected = {"lead": {"id": "7", "name": "Lea Roth", "status": "MQL"}}
    assert await ours.ask(SMALL, id="7") == await stock.ask(SMALL, id="7") == expected

    def asking(client: Client) -> Callable[[], Any]:
        async def ask() -> None:
            for _ in range(ASKED_AT_ONCE):
                await client.post(request(SMALL, id=str(next(numbers))))

        return ask

    taken = await async_seconds({"ours": asking(ours), "stock": asking(stock)}, rounds=40)
    return at_least(4, "one small query over HTTP, all limits on", ratio(taken["stock"], taken["ours"]), "strawberry")


def _page() -> Row:
    """Executing a document that is parsed and validated already."""
    kinds: Any = strawberry.Schema(Query, config=_scalars())._schema
    document = parse(PAGE)

    def execution(way: type[Executor[Any]]) -> Any:
        result: Any = execute(kinds, document, root_value=Query(), executor_class=way)
        assert not result.errors, result.errors
        return result.data

    fast, stock = FastExecutor, StrawberryGraphQLCoreExecutionContext
    assert execution(fast) == execution(stock)
    taken = seconds({"ours": lambda: execution(fast), "stock": lambda: execution(stock)}, rounds=60)
    transaction = f"executing a page of {PAGE_SIZE} handovers × 10 fields"
    return at_least(2.5, transaction, ratio(taken["stock"], taken["ours"]), "strawberry's executor")


def _scalars() -> StrawberryConfig:
    return StrawberryConfig(scalar_map=SCALARS)


def _handover(number: int) -> Handover:
    offered = NOW - timedelta(minutes=number)
    record = Record(
        id=UUID(int=number),
        lead_id=UUID(int=number),
        agreement_id=UUID(int=1),
        version_id=UUID(int=2),
        decision_id=UUID(int=3),
        state=HandoverState.OFFERED,
        round=1,
        trigger="hot",
        priority=50,
        hand_raiser=False,
        grade="A2",
        team="inside-sales",
        assignee="jonas.keller",
        visible_to=("inside-sales",),
        offered_at=offered,
        qualified_at=offered,
        assigned_at=offered,
        answer_due_at=offered + timedelta(hours=4),
    )
    return Handover.of(record)


_HANDOVERS = [_handover(number) for number in range(PAGE_SIZE)]
