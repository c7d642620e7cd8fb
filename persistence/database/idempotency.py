"""Idempotency keys: a mutation sent again with the same key gets the answer of the first time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tables import idempotency


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nobody has sent this yet: do it, and `finish` in the same transaction."""

    key_id: UUID
    mutation: str
    key: str
    input_hash: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """It was done before; this was the answer."""

    answer: Any


@dataclass(frozen=True, slots=True)
class InProgress:
    """The same key is being worked on at this moment."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The key was used before with another input."""


Claim = Fresh | Answered | InProgress | Reused


async def claim(connection: AsyncConnection, *, key_id: UUID, mutation: str, key: str, given: Any) -> Claim:
    """Claim an idempotency key of an API key for this transaction; `given` is the input, of JSON values.

    The claim is a lock that ends with the transaction: if that fails or its process dies, nothing remains of it.
    """
    lock = {"lock": _lock_number(key_id, mutation, key)}
    if not await connection.scalar(text("select pg_try_advisory_xact_lock(:lock)"), lock):
        return InProgress()
    input_hash = hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).digest()
    # A statement after the one that locks, so that it sees what the last holder of the lock has committed.
    found = await connection.execute(
        select(idempotency.c.input_hash, idempotency.c.answer).where(
            idempotency.c.key_id == key_id, idempotency.c.mutation == mutation, idempotency.c.key == key
        )
    )
    row = found.one_or_none()
    if row is None:
        return Fresh(key_id, mutation, key, input_hash)
    return Answered(row.answer) if row.input_hash == input_hash else Reused()


async def finish(connection: AsyncConnection, fresh: Fresh, answer: Any, *, now: datetime) -> None:
    """Keep the answer of what was claimed, in the same transaction as its effect."""
    await connection.execute(
        insert(idempotency).values(
            key_id=fresh.key_id,
            mutation=fresh.mutation,
            key=fresh.key,
            input_hash=fresh.input_hash,
            answer=answer,
            at=now,
        )
    )


async def last_input(connection: AsyncConnection, key_id: UUID, mutation: str, key: str) -> bytes | None:
    """Return the hash of the input that was kept last for a key; None where there is none."""
    found = await connection.scalar(
        select(idempotency.c.input_hash).where(
            idempotency.c.key_id == key_id, idempotency.c.mutation == mutation, idempotency.c.key == key
        )
    )
    return None if found is None else bytes(found)


async def keep_input(
    connection: AsyncConnection, about: Mapping[str, Any], input_hash: bytes, *, now: datetime
) -> None:
    """Keep the hash of an input for `key_id`, `mutation` and `key`, in place of the one before."""
    told = {"input_hash": input_hash, "at": now}
    written = postgresql.insert(idempotency).values(**about, **told)
    await connection.execute(written.on_conflict_do_update(index_elements=list(about), set_=told))


async def forget(connection: AsyncConnection, *, before: datetime) -> int:
    """Drop answers older than this; how many."""
    return (await connection.execute(delete(idempotency).where(idempotency.c.at < before))).rowcount


def _lock_number(key_id: UUID, mutation: str, key: str) -> int:
    content = b"\0".join([b"idempotency", key_id.bytes, mutation.encode(), key.encode()])
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)
