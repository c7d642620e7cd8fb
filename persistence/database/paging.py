"""Pages by key: page 10,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_COUNTED = 10_000
"""Nobody reads on so far, and to count a million rows takes a second."""
_PARENTS = "unnest(cast(:parents as uuid[])) with ordinality as parent(id, place)"


@dataclass(frozen=True)
class Listing:
    """A list of a table's rows in a stable order."""

    table: str
    order: tuple[tuple[str, str], ...]
    """The sort expressions with their SQL types; the last one makes the order total."""
    descending: bool = False


@dataclass
class Query:
    """A listing, narrowed down."""

    listing: Listing
    conditions: list[str] = field(default_factory=list)
    binds: dict[str, Any] = field(default_factory=dict)
    spread: tuple[str, str] | None = None
    """A column of which several values are wanted, and under what name they are bound."""

    def where(self, condition: str, **binds: Any) -> Query:
        """Narrow down further; the table is called t."""
        self.conditions.append(condition)
        self.binds |= binds
        return self

    def where_given(self, condition: str, **binds: Any) -> Query:
        """Narrow down further if what the condition is about is given."""
        return self.where(condition, **binds) if all(value is not None for value in binds.values()) else self

    def where_one_of(self, column: str, values: Sequence[str] | None) -> Query:
        """Narrow down to rows in which a column has one of some values, if any are given.

        The rows of each value are read in the order of the list, so that an index on both is walked no further than
        the page goes; of several such columns the first one is treated so.
        """
        if values is None:
            return self
        name = f"one_of_{column}"
        if len(values) == 1:
            return self.where(f"t.{column} = :{name}", **{name: values[0]})
        if self.spread is not None:
            return self.where(f"t.{column} = any(:{name})", **{name: list(values)})
        self.spread = (column, name)
        self.binds |= {name: sorted(set(values))}
        return self

    @property
    def _counted(self) -> str:
        return f"select from {self.listing.table} t where {self._wanted} limit {MOST_COUNTED + 1}"

    @property
    def _filter(self) -> str:
        return " and ".join(f"({c})" for c in self.conditions) or "true"

    async def rows(
        self,
        connection: AsyncConnection,
        *,
        limit: int,
        after: Sequence[Any] | None,
        before: Sequence[Any] | None,
        backward: bool,
    ) -> list[RowMapping]:
        """Rows behind `after` and before `before`, in order, or from the end when `backward`."""
        statement, binds = self._page(limit=limit, after=after, before=before, backward=backward)
        found = await connection.execute(text(statement), binds)
        return list(found.mappings())

    async def rows_of_each(
        self,
        connection: AsyncConnection,
        parents: Sequence[UUID],
        *,
        limit: int,
        after: Sequence[Any] | None,
        before: Sequence[Any] | None,
        backward: bool,
    ) -> dict[UUID, list[RowMapping]]:
        """The same page for each of several parents; conditions call the parent's id `parent.id`."""
        page, binds = self._page(limit=limit, after=after, before=before, backward=backward)
        statement = (
            f"select parent.id as parent_id, t.* from {_PARENTS} cross join lateral ({page}) t"
            f" order by parent.place, {self._order(backward)}"
        )
        found = await connection.execute(text(statement), binds | {"parents": list(parents)})
        rows: dict[UUID, list[RowMapping]] = {parent: [] for parent in parents}
        for row in found.mappings():
            rows[row["parent_id"]].append(row)
        return rows

    async def count_of_each(self, connection: AsyncConnection, parents: Sequence[UUID]) -> dict[UUID, int]:
        """Return how many rows there are for each of several parents; one more than MOST_COUNTED stands for more."""
        number = f"(select count(*) from ({self._counted}) counted)"
        statement = f"select parent.id, {number} as number from {_PARENTS}"
        found = await connection.execute(text(statement), self.binds | {"parents": list(parents)})
        return {row.id: row.number for row in found}

    @property
    def _wanted(self) -> str:
        if self.spread is None:
            return self._filter
        column, name = self.spread
        return f"{self._filter} and t.{column} = any(cast(:{name} as text[]))"

    def _order(self, backward: bool) -> str:
        direction = "desc" if self.listing.descending != backward else "asc"
        return ", ".join(f"{expression} {direction}" for expression, _ in self.listing.order)

    def _page(
        self, *, limit: int, after: Sequence[Any] | None, before: Sequence[Any] | None, backward: bool
    ) -> tuple[str, dict[str, Any]]:
        """The statement that reads a page, and what is bound in it."""
        expressions = ", ".join(expression for expression, _ in self.listing.order)
        up, down = ("<", ">") if self.listing.descending else (">", "<")
        conditions, binds = [self._filter], dict(self.binds)
        for name, key, sign in (("after", after, up), ("before", before, down)):
            if key is not None:
                places = ", ".join(f"cast(:{name}{i} as {type_})" for i, (_, type_) in enumerate(self.listing.order))
                conditions.append(f"({expressions}) {sign} ({places})")
                binds |= {f"{name}{i}": part for i, part in enumerate(key)}
        where, order = " and ".join(conditions), self._order(backward)
        if self.spread is not None:
            column, name = self.spread
            one = f"select t.* from {self.listing.table} t where t.{column} = one.of and {where}"
            one += f" order by {order} limit :limit"
            values = f"unnest(cast(:{name} as text[])) as one(of)"
            statement = f"select t.* from {values} cross join lateral ({one}) t order by {order} limit :limit"
        else:
            statement = f"select t.* from {self.listing.table} t where {where} order by {order} limit :limit"
        return statement, binds | {"limit": limit}

    async def count(self, connection: AsyncConnection) -> int:
        """Return how many rows there are; one more than MOST_COUNTED stands for more."""
        statement = f"select count(*) from ({self._counted}) counted"
        number: int = (await connection.execute(text(statement), self.binds)).scalar_one()
        return number


AGREEMENTS = Listing("agreement", (("t.key", "text"),))
VERSIONS = Listing("version", (("t.number", "bigint"), ("t.id", "uuid")), descending=True)
LEADS_BY_PRIORITY = Listing("lead", (("t.priority", "bigint"), ("t.id", "uuid")), descending=True)
LEADS_NEWEST = Listing("lead", (("t.id", "uuid"),), descending=True)
LEADS_OLDEST = Listing("lead", (("t.id", "uuid"),))
HANDOVERS = Listing("handover", (("t.offered_at", "timestamptz"), ("t.id", "uuid")), descending=True)
OBLIGATIONS = Listing("obligation", (("coalesce(t.due_at, 'infinity')", "timestamptz"), ("t.id", "uuid")))
BREACHES = Listing("breach", (("t.opened_at", "timestamptz"), ("t.id", "uuid")), descending=True)
ACTIVITIES = Listing("activity", (("t.occurred_at", "timestamptz"), ("t.id", "uuid")), descending=True)
DECISIONS = Listing("decision", (("t.at", "timestamptz"), ("t.id", "uuid")), descending=True)
