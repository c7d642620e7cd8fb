"""Agreements, versions and signatures; which version is active."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.version import Agreement, Signature, Version
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read, read_all, write

ACTIVATION_LOCK = 0x0BA7_0001
"""The advisory lock under which what is active changes; writers of leads share it."""


async def insert_agreement(connection: AsyncConnection, agreement: Agreement) -> bool:
    """Store a new agreement; False when its key is taken."""
    return bool(
        await bulk.insert_new(connection, tables.agreement, [write(agreement, tables.agreement)], returning="id")
    )


async def agreement_by(
    connection: AsyncConnection, *, key: str | None = None, agreement_id: UUID | None = None, lock: bool = False
) -> Agreement | None:
    """An agreement by its key or id."""
    column, value = ("key", key) if agreement_id is None else ("id", agreement_id)
    for_update = " for update" if lock else ""
    found = await connection.execute(
        text(f"select * from agreement where {column} = :value{for_update}"),
        {"value": value},
    )
    row = found.mappings().one_or_none()
    return None if row is None else read(Agreement, row)


async def insert_version(connection: AsyncConnection, version: Version) -> None:
    """Store a new version."""
    await connection.execute(insert(tables.version), write(version, tables.version))


async def next_number(connection: AsyncConnection, agreement_id: UUID) -> int:
    """The number of an agreement's next version; lock the agreement first."""
    found = await connection.execute(
        text("select coalesce(max(number), 0) + 1 from version where agreement_id = :id"), {"id": agreement_id}
    )
    number: int = found.scalar_one()
    return number


async def version_by_id(connection: AsyncConnection, version_id: UUID, *, lock: bool = False) -> Version | None:
    """A version by its id."""
    for_update = " for update" if lock else ""
    found = await connection.execute(
        text(f"select * from version where id = :id{for_update}"),
        {"id": version_id},
    )
    row = found.mappings().one_or_none()
    return None if row is None else read(Version, row)


async def update_version(connection: AsyncConnection, version: Version) -> None:
    """Write a version back."""
    row = write(version, tables.version)
    await connection.execute(tables.version.update().where(tables.version.c.id == version.id).values(row))


async def active_of(connection: AsyncConnection, agreement_id: UUID) -> Version | None:
    """The active version of an agreement."""
    found = await connection.execute(
        text("select * from version where agreement_id = :id and state = 'ACTIVE'"), {"id": agreement_id}
    )
    row = found.mappings().one_or_none()
    return None if row is None else read(Version, row)


async def in_force_before(connection: AsyncConnection, agreement_id: UUID, version_id: UUID) -> list[UUID]:
    """The versions of an agreement that came into force before a version, or so far where it did not; in order."""
    found = await connection.execute(
        text(
            "select v.id from version v left join version own on own.id = :version"
            " where v.agreement_id = :agreement and v.id <> :version and v.activated_at is not null"
            " and (own.activated_at is null or (v.activated_at, v.number) < (own.activated_at, own.number))"
            " order by v.activated_at, v.number"
        ),
        {"agreement": agreement_id, "version": version_id},
    )
    return list(found.scalars())


async def active_versions(connection: AsyncConnection) -> list[tuple[Agreement, Version]]:
    """Every active version with its agreement."""
    found = await connection.execute(text("select * from version where state = 'ACTIVE' order by agreement_id"))
    versions = read_all(Version, found)
    agreements = await connection.execute(
        text("select * from agreement where id = any(:ids)"), {"ids": [v.agreement_id for v in versions]}
    )
    by_id = {row["id"]: read(Agreement, row) for row in agreements.mappings()}
    return [(by_id[v.agreement_id], v) for v in versions]


async def scheduled(connection: AsyncConnection, *, now: datetime) -> list[UUID]:
    """The approved versions whose time to come into force has come, the earliest first."""
    found = await connection.execute(
        text("select id from version where state = 'APPROVED' and effective_from <= :now order by effective_from, id"),
        {"now": now},
    )
    return list(found.scalars())


async def scheduled_beside(connection: AsyncConnection, version: Version) -> list[Version]:
    """The other versions of its agreement that are approved and wait for their time."""
    found = await connection.execute(
        text(
            "select * from version where agreement_id = :agreement and id <> :id and state = 'APPROVED'"
            " and effective_from is not null order by effective_from, id for update"
        ),
        {"agreement": version.agreement_id, "id": version.id},
    )
    return read_all(Version, found)


async def next_scheduled(connection: AsyncConnection) -> datetime | None:
    """Return when the next approved version comes into force."""
    found = await connection.execute(
        text("select min(effective_from) from version where state = 'APPROVED' and effective_from is not null")
    )
    at: datetime | None = found.scalar_one_or_none()
    return at


async def lack_calendar(connection: AsyncConnection, key: str) -> bool:
    """True if a version is in force, and neither one of these nor one that may come into force has the calendar."""
    has = "document -> 'calendars' @> jsonb_build_array(jsonb_build_object('key', cast(:key as text)))"
    found: bool = (
        await connection.execute(
            text(
                "select exists (select from version where state = 'ACTIVE') and not exists (select from version"
                f" where state in ('ACTIVE', 'APPROVED', 'IN_REVIEW', 'DRAFT') and {has})"
            ),
            {"key": key},
        )
    ).scalar_one()
    return found


async def epoch(connection: AsyncConnection, *, hold: bool = False) -> int:
    """The number that rises with every activation; with `hold` no activation happens before the transaction ends."""
    if hold:
        await connection.execute(text("select pg_advisory_xact_lock_shared(:lock)"), {"lock": ACTIVATION_LOCK})
    found: int = (await connection.execute(text("select epoch from activation"))).scalar_one()
    return found


async def begin_activation(connection: AsyncConnection) -> None:
    """Wait until nobody judges by what is active now, keep everybody from it until the end, and raise the epoch."""
    await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": ACTIVATION_LOCK})
    await connection.execute(text("update activation set epoch = epoch + 1"))


async def sign(connection: AsyncConnection, signature: Signature) -> bool:
    """Store a signature; False when the party or the person has signed already."""
    rows = [write(signature, tables.signature)]
    return bool(await bulk.insert_new(connection, tables.signature, rows, returning="version_id"))


async def signatures(connection: AsyncConnection, version_ids: Sequence[UUID]) -> list[Signature]:
    """The signatures of versions, in order of time."""
    found = await connection.execute(
        text("select * from signature where version_id = any(:ids) order by at"), {"ids": list(version_ids)}
    )
    return read_all(Signature, found)


async def remember_change(
    connection: AsyncConnection, version_id: UUID, revision: int, sections: Sequence[str], person: str, *, now: datetime
) -> None:
    """Remember which sections an edit changed."""
    row = {"version_id": version_id, "revision": revision, "sections": sections, "person": person, "at": now}
    await bulk.insert(connection, tables.version_change, [row])


async def changed_since(connection: AsyncConnection, version_id: UUID, revision: int) -> tuple[str, ...]:
    """The sections changed after a revision."""
    found = await connection.execute(
        text(
            "select distinct unnest(sections) as section from version_change"
            " where version_id = :id and revision > :revision order by section"
        ),
        {"id": version_id, "revision": revision},
    )
    return tuple(found.scalars())


async def start_rejudgement(
    connection: AsyncConnection, rejudgement_id: UUID, version_id: UUID, *, now: datetime
) -> None:
    """Have all leads judged again because of an activation; this includes what an earlier activation left of it."""
    await connection.execute(
        text("insert into rejudgement (id, version_id, started_at) values (:id, :version, :now)"),
        {"id": rejudgement_id, "version": version_id, "now": now},
    )
