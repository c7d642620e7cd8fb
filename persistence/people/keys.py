"""API keys: made, found by their secret, revoked. Only a hash of the secret is stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.party import Party
from domain.people.principal import Principal, Role
from domain.words.ids import new_id
from persistence.tables import api_key

PREFIX = "baton_"
_SECRET_BYTES = 32
_USE_IS_NOTED_EVERY = timedelta(minutes=1)
_COLUMNS = [column for column in api_key.columns if column.name != "secret_hash"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The stored part of a key."""

    id: UUID
    name: str
    role: Role
    party: Party | None
    person: str | None
    teams: tuple[str, ...]
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, *, now: datetime) -> bool:
        """Return whether it has neither expired nor been revoked."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def principal(self, *, now: datetime) -> Principal | None:
        """Return who signs in with it; None if it is no longer valid."""
        if not self.is_valid(now=now):
            return None
        return Principal(
            key_id=self.id,
            name=self.name,
            role=self.role,
            party=self.party,
            person=self.person,
            teams=frozenset(self.teams),
            scopes=frozenset(self.scopes),
        )


async def create(
    connection: AsyncConnection,
    *,
    name: str,
    role: Role,
    party: Party | None = None,
    person: str | None = None,
    teams: Iterable[str] = (),
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key; the second value is its secret, which cannot be had again."""
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    key = ApiKey(
        id=new_id(now=now),
        name=name,
        role=role,
        party=party,
        person=person,
        teams=tuple(teams),
        scopes=tuple(scopes),
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    values = {column.name: getattr(key, column.name) for column in _COLUMNS}
    await connection.execute(
        insert(api_key).values(
            **{**values, "teams": list(key.teams), "scopes": list(key.scopes)}, secret_hash=_hash(secret)
        )
    )
    return key, secret


async def find(connection: AsyncConnection, secret: str) -> ApiKey | None:
    """The key with this secret, valid or not; None if there is none."""
    if not secret.startswith(PREFIX):
        return None
    return await _one(connection, api_key.c.secret_hash == _hash(secret))


async def get(connection: AsyncConnection, key_id: UUID) -> ApiKey | None:
    """The key with this id."""
    return await _one(connection, api_key.c.id == key_id)


async def by_ids(connection: AsyncConnection, key_ids: Iterable[UUID]) -> dict[UUID, ApiKey]:
    """Return keys by id."""
    rows = await connection.execute(select(*_COLUMNS).where(api_key.c.id.in_(list(key_ids))))
    return {row.id: _record(row) for row in rows}


async def valid(connection: AsyncConnection, key_ids: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Those of some keys that have neither expired nor been revoked."""
    unexpired = or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now)
    found = select(api_key.c.id).where(api_key.c.id.in_(list(key_ids)), api_key.c.revoked_at.is_(None), unexpired)
    return set((await connection.execute(found)).scalars())


async def list_all(connection: AsyncConnection) -> list[ApiKey]:
    """All keys, newest first."""
    rows = await connection.execute(select(*_COLUMNS).order_by(api_key.c.id.desc()))
    return [_record(row) for row in rows]


async def revoke(connection: AsyncConnection, key_id: UUID, *, now: datetime) -> ApiKey | None:
    """End a key now; a revoked one keeps its first moment; None if there is no such key."""
    await connection.execute(
        update(api_key).where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return await get(connection, key_id)


def use_is_noted(key: ApiKey, *, now: datetime) -> bool:
    """Return whether the last use on record is recent enough to leave it at that."""
    return key.last_used_at is not None and now - key.last_used_at < _USE_IS_NOTED_EVERY


async def note_use(connection: AsyncConnection, key_id: UUID, *, now: datetime) -> None:
    """Write down that the key was used, at most once a minute; not to be waited for by the request."""
    noted_before = or_(api_key.c.last_used_at.is_(None), api_key.c.last_used_at <= now - _USE_IS_NOTED_EVERY)
    await connection.execute(update(api_key).where(api_key.c.id == key_id, noted_before).values(last_used_at=now))


async def _one(connection: AsyncConnection, condition: Any) -> ApiKey | None:
    row = (await connection.execute(select(*_COLUMNS).where(condition))).one_or_none()
    return None if row is None else _record(row)


def _record(row: Row[Any]) -> ApiKey:
    values = row._asdict()
    return ApiKey(
        **{
            **values,
            "role": Role(row.role),
            "party": None if row.party is None else Party(row.party),
            "teams": tuple(row.teams),
            "scopes": tuple(row.scopes),
        }
    )


def _hash(secret: str) -> bytes:
    """A plain hash will do: the secret is 256 random bits, which nobody guesses."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
