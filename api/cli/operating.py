"""`baton migrate` and `baton keys`: what the operator does to the database, beside a running server too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from api.cli.terminal.output import Text, out, plain
from application.directory import manage_keys
from application.lifespan.housing import prepared_application, prepared_database, whereabouts
from application.runtime.settings import Settings
from domain.party import Party
from domain.people.principal import Role


def create_key(
    *,
    name: str,
    role: Role,
    party: Party | None,
    person: str | None,
    team: list[str] | None,
    scope: list[str] | None,
    days: int | None,
) -> None:
    """Make a key and print its secret, and nothing else."""
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    asked = {"name": name, "role": role, "party": party, "person": person, "expires_at": expires_at}
    plain(asyncio.run(_create({**asked, "team_keys": team or (), "scopes": scope or ()})))


async def _create(asked: dict[str, Any]) -> str:
    async with prepared_database(Settings()) as url, prepared_application(url) as application:
        _, secret = await manage_keys.create_key(application, None, **asked)
    return secret


def migrate() -> None:
    """Bring the tables up to date and say where they are."""
    settings = Settings()
    asyncio.run(_migrate(settings))
    out().print(Text(f"The tables are up to date: {whereabouts(settings)}"), soft_wrap=True)


async def _migrate(settings: Settings) -> None:
    async with prepared_database(settings):
        pass
