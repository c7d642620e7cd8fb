"""Just enough of a schema to try all that does not depend on the business."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.errors import ApiError, Code
from api.graphql.lists.connections import After, Before, Connection, First, Last, connect
from api.graphql.parts import published as p
from api.graphql.parts.context import Context, Info
from api.graphql.parts.global_ids import Node, global_id, read_node
from api.graphql.parts.scalars import Cursor
from api.graphql.types.document_types import SlaDocument
from application.runtime.page import Page, PageRequest, page_of
from domain.document.document import SlaDocument as Document
from domain.party import Party
from domain.people.principal import Forbidden
from domain.refusal import BadRequest, Refusal
from domain.time.duration import Duration
from tests.api.small_house import CURSORS, NOW, Row, SmallApplication, small

p.publish_enum(Party)


@p.published
class Pet(Node):
    """A pet."""

    name: str
    """What it is called."""
    rank: int
    """Where it stands."""
    nick: str | None = None
    """What friends call it."""

    @p.field
    async def toys(self) -> list[Toy]:
        """What it plays with."""
        return [Toy(label=f"{self.name}'s ball", worth=Decimal("1.50"))]


@p.published
class Toy:
    """A toy."""

    label: str
    """What it is."""
    worth: Decimal
    """What it costs."""


@p.published
class Echo:
    """What came in, as it goes out."""

    moment: datetime | None = None
    """A moment."""
    day: date | None = None
    """A day."""
    duration: Duration | None = None
    """A duration."""
    measured: timedelta | None = None
    """A measured time."""
    decimal: Decimal | None = None
    """A decimal."""
    json: JSON | None = None
    """A JSON value."""
    cursor: Cursor | None = None
    """A cursor."""
    text: str | None = None
    """A text."""
    party: Party | None = None
    """A party."""


@p.published_choice
class Choice:
    """Exactly one of the two."""

    id: strawberry.ID | None = strawberry.UNSET
    """By id."""
    name: str | None = strawberry.UNSET
    """By name."""


@p.published_input
class EchoInput:
    """What is to be echoed."""

    moment: datetime | None = None
    """A moment."""
    day: date | None = None
    """A day."""
    duration: Duration | None = None
    """A duration."""
    decimal: Decimal | None = None
    """A decimal."""
    json: JSON | None = None
    """A JSON value."""
    cursor: Cursor | None = None
    """A cursor."""
    text: str | None = None
    """A text."""
    party: Party | None = None
    """A party."""


def _pet(row: Row) -> Pet:
    return Pet(id=global_id("Pet", row.id), name=row.name, rank=row.rank)


async def _page(application: SmallApplication, request: PageRequest) -> Page[Row]:
    application.reads.append("page")
    rows = sorted(application.rows, key=lambda row: row.key, reverse=request.backward)
    after, before = request.after, request.before
    kept = [r for r in rows if (after is None or r.key > after) and (before is None or r.key < before)]
    return page_of(kept[: request.limit], request)


async def read_version(context: Context, keys: list[str]) -> list[int]:
    """The version, for each key."""
    return [small(context).version for _ in keys]


async def _pet_by_id(context: Context, key: UUID) -> Pet | None:
    if key == UUID(int=99):
        raise Forbidden
    if key == UUID(int=98):
        raise Refusal("NOT_FOUND", "There is no such pet.")
    return next((_pet(row) for row in small(context).rows if row.id == key), None)


@strawberry.type
class Query:
    """What can be read."""

    @p.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """A node by its id."""
        found: Node | None = await read_node(info.context, id, {"Pet": _pet_by_id})
        return found

    @p.field
    async def pets(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Pet]:
        """Pets by rank."""
        application: SmallApplication = small(info.context)

        async def count() -> int:
            application.reads.append("count")
            return len(application.rows)

        async def event_cursor() -> str:
            application.reads.append("eventCursor")
            return "p42"

        return await connect(
            info,
            cursors=CURSORS,
            fetch=lambda request: _page(application, request),
            node=_pet,
            key=lambda row: row.key,
            event_cursor=event_cursor,
            count=count,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @p.field
    def all_pets(self, info: Info) -> list[Pet]:
        """All of them."""
        return [_pet(row) for row in small(info.context).rows]

    @p.field
    def echo(self, input: EchoInput) -> Echo:
        """What came in, as it goes out."""
        return Echo(**vars(input))

    @p.field
    def choose(self, ref: Choice) -> str:
        """Which of the two was given."""
        return "id" if ref.id is not strawberry.UNSET else "name"

    @p.field
    def measured(self) -> Echo:
        """Measured values."""
        return Echo(measured=timedelta(hours=26, microseconds=5), moment=NOW + timedelta(microseconds=1))

    @p.field
    def document(self, info: Info) -> SlaDocument | None:
        """The document."""
        found: Document | None = small(info.context).document
        return found

    @p.field
    def language(self, info: Info) -> str:
        """The language of the answer."""
        return info.context.language

    @p.field
    async def version(self, info: Info) -> int:
        """A value read through a loader."""
        return await info.context.load(read_version, "v")

    @p.field
    def boom(self, kind: str = "unknown") -> str | None:
        """Fail in some way."""
        failures: dict[str, Exception] = {
            "forbidden": Forbidden(),
            "refusal": Refusal("UNKNOWN_FIELD", "There is no such field.", ("fields", "x")),
            "bad": BadRequest([Refusal("A", "One.", ("a",)), Refusal("B", "Two.")]),
            "expired": ApiError(Code.CURSOR_EXPIRED, "Too old.", oldest="p7"),
        }
        raise failures.get(kind, RuntimeError("secret of anna@example.org"))

    @p.field
    async def slow(self, info: Info) -> str:
        """Take far too long."""
        try:
            await asyncio.sleep(30)
        finally:
            small(info.context).closed.append("slow")
        return "done"


@strawberry.type
class Mutation:
    """What can be done."""

    @p.mutation
    async def set_version(self, info: Info, to: int) -> int:
        """Set the version."""
        small(info.context).version = to
        return to

    @p.mutation
    async def wait(self, info: Info, seconds: float) -> str:
        """Wait for others."""
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            small(info.context).closed.append("wait")
            raise
        return "done"
