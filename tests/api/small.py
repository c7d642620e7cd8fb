"""The front door on the small house: its schema, the application, a client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx
from starlette.applications import Starlette

from api.graphql.schema import BatonSchema, build_schema
from api.settings import ApiSettings, DocumentLimits
from api.transport.app import create_app
from tests.api.small_house import CURSORS, KEY, NOW, PEOPLE, Row, SmallApplication, context, rows
from tests.api.small_schema import Mutation, Pet, Query
from tests.api.small_streams import Subscription

__all__ = [
    "CURSORS",
    "KEY",
    "NOW",
    "PEOPLE",
    "Row",
    "SmallApplication",
    "app",
    "client",
    "context",
    "rows",
    "small_schema",
]


@cache
def small_schema(limits: DocumentLimits | None = None, seconds: float = 0.3) -> BatonSchema:
    """The schema, built once for each set of limits."""
    return build_schema(
        Query,
        Mutation,
        Subscription,
        types=[Pet],
        settings=ApiSettings(
            limits=limits or DocumentLimits(), execution_seconds=seconds, mutation_seconds=3 * seconds
        ),
    )


def app(application: SmallApplication | None = None, **settings: Any) -> Starlette:
    """The application on the small house."""
    application = application or SmallApplication()

    async def ready() -> bool:
        return not application.trouble

    return create_app(
        application,
        ApiSettings(**{"heartbeat_seconds": 0.2, "init_seconds": 0.3, **settings}),
        schema=small_schema(),
        authenticate=application.authenticate,
        now=lambda: NOW,
        ready=ready,
    )


@asynccontextmanager
async def client(
    application: SmallApplication | None = None, key: str | None = KEY, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application, without a network."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app(application, **settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://baton.test", headers=headers) as http:
        yield http
