"""The words that people filter by: what the directory knows, and what any version that was ever in force defines."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_BANDS = "lateral jsonb_array_elements(v.document -> 'scoring' -> '{}' -> 'bands')"
_SOURCES: Mapping[str, str] = {
    "team": "select key from team",
    "agreement": "select key from agreement",
    "stage": "select s ->> 'key' from version v cross join lateral"
    " jsonb_array_elements(v.document -> 'journey' -> 'stages') s where v.activated_at is not null",
    "grade": f"select (f ->> 'key') || (i ->> 'key') from version v cross join {_BANDS.format('fit')} f"
    f" cross join {_BANDS.format('interest')} i where v.activated_at is not null",
}
STORED = frozenset(_SOURCES)
"""The sorts of words that are looked up."""


async def known(connection: AsyncConnection, sorts: Collection[str]) -> dict[str, set[str]]:
    """All words of some sorts, in one statement."""
    found: dict[str, set[str]] = {sort: set() for sort in sorts}
    asked = " union ".join(f"select '{sort}' as sort, own.word from ({_SOURCES[sort]}) own (word)" for sort in sorts)
    for row in await connection.execute(text(asked)):
        found[row.sort].add(row.word)
    return found
