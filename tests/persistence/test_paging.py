"""Counting stops where nobody reads on."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from persistence.database import paging
from persistence.database.database import Database
from persistence.database.paging import Query


async def test_counting_stops_one_behind_the_most(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one list and of the lists of several parents, each for itself."""
    monkeypatch.setattr(paging, "MOST_COUNTED", 3)
    async with database.transaction() as connection:
        rows = "select gen_random_uuid() as id, n % 2 as half from generate_series(1, 12) n"
        await connection.execute(text(f"create temporary table made as {rows}"))
        made = Query(paging.Listing("made", (("t.id", "uuid"),)))
        assert await made.count(connection) == 4
        assert await Query(made.listing).where("t.half = 3").count(connection) == 0
        parents = [UUID(int=0), UUID(int=1)]
        of_each = Query(made.listing).where("cast(right(cast(parent.id as text), 1) as int) = t.half or t.half is null")
        assert await of_each.count_of_each(connection, parents) == dict.fromkeys(parents, 4)
