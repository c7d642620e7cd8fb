"""Whether the house can serve."""

from __future__ import annotations

from sqlalchemy import text

from application.work import House


async def answers(house: House) -> bool:
    """Whether the database answers; raises what it raises when it does not."""
    async with house.database.reading() as connection:
        await connection.execute(text("select 1"))
    return True
