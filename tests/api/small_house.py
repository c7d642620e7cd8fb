"""A small house behind the front door: who may sign in, and what there is to read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from api.errors import ApiError, Code
from api.graphql.lists.cursors import Cursors
from api.graphql.parts.context import Context
from application.runtime.page import Key
from domain.document.document import SlaDocument as Document
from domain.people.principal import Principal, Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "baton_good"
PEOPLE = {
    KEY: Principal(UUID(int=1), "good", Role.ADMIN),
    "baton_other": Principal(UUID(int=2), "other", Role.SALES),
}
CURSORS = Cursors("pets", int, UUID)


@dataclass(frozen=True)
class Row:
    """A row of the list of pets."""

    rank: int
    id: UUID
    name: str

    @property
    def key(self) -> Key:
        """What rows are sorted by."""
        return (self.rank, self.id)


@dataclass
class SmallApplication:
    """What the tests may turn: who signs in, whether that works, what the subscriptions do."""

    document: Document | None = None
    rows: list[Row] = field(default_factory=list)
    keys: dict[str, Principal] = field(default_factory=lambda: dict(PEOPLE))
    trouble: bool = False
    closed: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    version: int = 0

    async def authenticate(self, token: str | None) -> Principal:
        """Sign in by a key of the house."""
        if self.trouble:
            raise ConnectionError("the database is away")
        if token not in self.keys:
            raise ApiError(Code.UNAUTHENTICATED, "Unknown key.")
        return self.keys[token]


def small(context: Context) -> SmallApplication:
    """Return the small application behind an operation of these tests."""
    return cast(SmallApplication, context.application)


def context(application: SmallApplication | None = None, **changes: Any) -> Context:
    """The surroundings of an operation outside of any transport."""
    plain = Context(PEOPLE[KEY], "en", "request-1", lambda: NOW, cast(Any, application or SmallApplication()))
    return replace(plain, **changes)


def rows(count: int) -> list[Row]:
    """That many pets, two of each rank."""
    return [Row(rank=n // 2, id=UUID(int=n + 1), name=f"pet {n}") for n in range(count)]
