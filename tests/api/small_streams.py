"""Subscriptions that go well, and some that do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from api.errors import ApiError, Code, StreamClosed
from api.graphql.parts import published as p
from api.graphql.parts.context import Info
from api.graphql.parts.scalars import Cursor
from domain.people.principal import Forbidden
from tests.api.small_house import SmallApplication, small
from tests.api.small_schema import read_version


@p.published
class Tick:
    """An event."""

    cursor: Cursor
    """Where it stands."""
    number: int
    """Which one it is."""

    @p.field
    async def version(self, info: Info) -> int:
        """A value read through a loader."""
        return await info.context.load(read_version, "v")

    @p.field
    def fragile(self) -> int | None:
        """Fails on the second event."""
        if self.number == 2:
            raise RuntimeError("secret")
        return self.number


@strawberry.type
class Subscription:
    """What can be followed."""

    @p.subscription
    async def ticks(self, info: Info, upto: int = 3, after: Cursor | None = None) -> AsyncGenerator[Tick, None]:
        """Count, then wait for ever unless `upto` is 0 or less."""
        application: SmallApplication = small(info.context)
        start = info.context.last_event_id or after
        try:
            for number in range(int(start[1:]) + 1 if start else 1, abs(upto) + 1):
                application.version = number
                yield Tick(cursor=Cursor(f"t{number}"), number=number)
            if upto > 0:
                await asyncio.sleep(3600)
        finally:
            application.closed.append("ticks")

    @p.subscription
    async def trouble(self, kind: str) -> AsyncGenerator[Tick, None]:
        """End in some kind of trouble after one event."""
        if kind == "expired":
            raise ApiError(Code.CURSOR_EXPIRED, "Too old.", oldest="p7")
        yield Tick(cursor=Cursor("t1"), number=1)
        if kind == "revoked":
            raise StreamClosed(4403, "Forbidden")
        if kind == "shutdown":
            raise StreamClosed(1012, "Service restart")
        raise RuntimeError("secret")

    @p.subscription
    async def refused(self, kind: str) -> AsyncGenerator[Tick, None]:
        """Be refused before it begins."""
        if kind != "never":
            raise Forbidden if kind == "forbidden" else RuntimeError("secret")
        yield Tick(cursor=Cursor("t1"), number=1)

    @p.subscription
    async def flood(self, info: Info, size: Annotated[int, p.argument("Bytes each.")] = 60_000) -> AsyncIterator[JSON]:
        """Send without end."""
        try:
            while True:
                yield cast(JSON, cast(Any, {"text": "x" * size}))
                await asyncio.sleep(0)
        finally:
            small(info.context).closed.append("flood")
