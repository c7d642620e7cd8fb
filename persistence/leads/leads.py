"""Leads, their keys and accounts: found, created, locked in id order, written together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.leads.lead import Account, Lead, StageChange
from persistence import tables
from persistence.database import bulk
from persistence.database.records import changes, read_all, write


async def ids_of_keys(connection: AsyncConnection, source: str, external_ids: Iterable[str]) -> dict[str, UUID]:
    """The ids of a source's leads by their external ids; unknown ones are absent."""
    found = await connection.execute(
        text("select external_id, lead_id from lead_key where source = :source and external_id = any(:ids)"),
        {"source": source, "ids": sorted(set(external_ids))},
    )
    return {row.external_id: row.lead_id for row in found}


async def ids_of_any_keys(connection: AsyncConnection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The ids of leads by source and external id; unknown ones are absent."""
    wanted = sorted(set(keys))
    found = await connection.execute(
        text(
            "select k.source, k.external_id, k.lead_id from lead_key k join"
            " unnest(cast(:sources as text[]), cast(:ids as text[])) as w(source, external_id)"
            " using (source, external_id)"
        ),
        {"sources": [source for source, _ in wanted], "ids": [external_id for _, external_id in wanted]},
    )
    return {(row.source, row.external_id): row.lead_id for row in found}


async def add_keys(connection: AsyncConnection, source: str, keys: Mapping[str, UUID]) -> None:
    """Have more external ids of a source mean leads that are there."""
    rows = [{"source": source, "external_id": key, "lead_id": lead_id} for key, lead_id in sorted(keys.items())]
    await bulk.insert_new(connection, tables.lead_key, rows, returning="lead_id")


async def ids_of_accounts(connection: AsyncConnection, ids: Iterable[UUID], *, limit: int) -> list[UUID]:
    """The ids of the leads of accounts, at most so many."""
    found = await connection.execute(
        text("select id from lead where account_id = any(:ids) limit :limit"), {"ids": list(ids), "limit": limit}
    )
    return list(found.scalars())


async def accounts_by_key(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Account]:
    """Accounts by their keys, as they stand; nothing is locked."""
    found = await connection.execute(text("select * from account where key = any(:keys)"), {"keys": sorted(set(keys))})
    return {one.key: one for one in read_all(Account, found)}


async def create(connection: AsyncConnection, source: str, new: Mapping[str, Lead]) -> set[UUID]:
    """Create leads under their external ids; tell the ids of those that nobody else created meanwhile."""
    ordered = sorted(new.items())
    rows = [write(lead, tables.lead) for _, lead in ordered]
    await bulk.insert(connection, tables.lead, rows)
    keys = [{"source": source, "external_id": key, "lead_id": lead.id} for key, lead in ordered]
    created: set[UUID] = await bulk.insert_new(connection, tables.lead_key, keys, returning="lead_id")
    lost = [lead.id for lead in new.values() if lead.id not in created]
    if lost:
        await connection.execute(text("delete from lead where id = any(:ids)"), {"ids": lost})
    return created


async def lock(connection: AsyncConnection, ids: Iterable[UUID], *, skip_locked: bool = False) -> dict[UUID, Lead]:
    """Lock leads in id order and read them; with `skip_locked` pass over those that somebody else holds."""
    skip = " skip locked" if skip_locked else ""
    found = await connection.execute(
        text(f"select * from lead where id = any(:ids) order by id for update{skip}"),
        {"ids": sorted(set(ids))},
    )
    return {one.id: one for one in read_all(Lead, found)}


async def by_ids(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Lead]:
    """Leads as they stand; nothing is locked."""
    found = await connection.execute(text("select * from lead where id = any(:ids) order by id"), {"ids": list(ids)})
    return {one.id: one for one in read_all(Lead, found)}


async def update(connection: AsyncConnection, before: Sequence[Lead], after: Sequence[Lead]) -> None:
    """Write back what changed of leads."""
    await bulk.update(connection, tables.lead, changes(before, after, tables.lead))


async def accounts(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Accounts by their ids."""
    found = await connection.execute(text("select * from account where id = any(:ids)"), {"ids": list(set(ids))})
    return {one.id: one for one in read_all(Account, found)}


async def lock_accounts(connection: AsyncConnection, wanted: Mapping[str, Account]) -> dict[str, Account]:
    """Create the accounts that are not there yet, then lock all of them in key order and read them."""
    rows = [write(account, tables.account) for _, account in sorted(wanted.items())]
    await bulk.insert_new(connection, tables.account, rows, returning="id")
    found = await connection.execute(
        text("select * from account where key = any(:keys) order by key for update"), {"keys": sorted(wanted)}
    )
    return {one.key: one for one in read_all(Account, found)}


async def update_accounts(connection: AsyncConnection, changed: Sequence[Account]) -> None:
    """Write accounts back."""
    await bulk.update(connection, tables.account, [write(account, tables.account) for account in changed])


async def remember_stages(
    connection: AsyncConnection, changes: Sequence[tuple[UUID, StageChange]], *, recorded_at: datetime, historical: bool
) -> None:
    """Append to the history of stages."""
    rows = [
        write(change, tables.stage_change, id=id_, recorded_at=recorded_at, historical=historical)
        for id_, change in changes
    ]
    await bulk.insert(connection, tables.stage_change, rows)


async def to_judge_again(connection: AsyncConnection, *, now: datetime, limit: int) -> list[UUID]:
    """The leads whose decision time alone may have changed in more than points, the longest overdue first."""
    found = await connection.execute(
        text("select id from lead where next_crossing <= :now order by next_crossing limit :limit"),
        {"now": now, "limit": limit},
    )
    return list(found.scalars())


async def next_after(connection: AsyncConnection, after: UUID | None, *, limit: int) -> list[UUID]:
    """The ids of the next leads in id order that are not of the imported past."""
    found = await connection.execute(
        text(
            "select id from lead where id > coalesce(cast(:after as uuid), cast(:none as uuid)) and not historical"
            " order by id limit :limit"
        ),
        {"after": after, "none": UUID(int=0), "limit": limit},
    )
    return list(found.scalars())


async def mark_for_judging(
    connection: AsyncConnection, account_ids: Iterable[UUID], *, but: Iterable[UUID], now: datetime
) -> None:
    """Have the clock judge the leads of accounts again, but for those named; passes over locked ones."""
    await connection.execute(
        text(
            "update lead set next_crossing = :now where id in (select id from lead where account_id = any(:accounts)"
            " and id <> all(:but) and not historical order by id for update skip locked)"
        ),
        {"now": now, "accounts": list(account_ids), "but": list(but)},
    )


async def hold_accounts(connection: AsyncConnection, account_ids: Iterable[UUID]) -> None:
    """Lock accounts until the transaction ends."""
    await connection.execute(
        text("select 1 from account where id = any(:ids) order by key for update"), {"ids": list(set(account_ids))}
    )


async def grades_of_accounts(
    connection: AsyncConnection, account_ids: Iterable[UUID], *, but: Iterable[UUID]
) -> dict[UUID, Counter[str | None]]:
    """Return how many leads of each account have which grade, but for those named; the accounts stay locked.

    The lock lets one transaction at a time ask about an account, so that each sees what the one before it decided.
    """
    asked = {"accounts": list(set(account_ids)), "but": list(but)}
    await hold_accounts(connection, asked["accounts"])
    found = await connection.execute(
        text(
            "select account_id, grade, count(*) as number from lead"
            " where account_id = any(:accounts) and id <> all(:but) group by account_id, grade"
        ),
        asked,
    )
    grades: dict[UUID, Counter[str | None]] = {}
    for row in found:
        grades.setdefault(row.account_id, Counter())[row.grade] = row.number
    return grades


async def next_crossing(connection: AsyncConnection) -> datetime | None:
    """The next moment at which time alone may change some lead's decision in more than points."""
    found = await connection.execute(
        text("select next_crossing from lead where next_crossing is not null order by next_crossing limit 1")
    )
    at: datetime | None = found.scalar_one_or_none()
    return at
