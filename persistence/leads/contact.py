"""Contact with leads: consents, who owned contact when, offers in hand, outbound activities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.leads.contact import Consent, Contact, Offer, OwnerChange, StageSince
from domain.words.ids import new_id
from domain.words.persons import folded
from persistence import tables
from persistence.database import bulk
from persistence.database.records import read_all, write


class _OfLead(Protocol):
    """The remembered values of a lead."""

    @property
    def lead_id(self) -> UUID: ...


Record = TypeVar("Record", bound=_OfLead)


async def remember_consents(connection: AsyncConnection, consents: Sequence[Consent]) -> None:
    """Append to the history of consents."""
    await bulk.insert(connection, tables.consent, [write(consent, tables.consent) for consent in consents])


async def remember_owners(connection: AsyncConnection, changes: Sequence[OwnerChange]) -> None:
    """Append to the history of who owns contact."""
    rows = [write(change, tables.contact_owner_change, id=new_id(now=change.at)) for change in changes]
    await bulk.insert(connection, tables.contact_owner_change, rows)


async def _of_leads(
    connection: AsyncConnection, statement: str, record: type[Record], leads: Iterable[UUID], **binds: Any
) -> dict[UUID, list[Record]]:
    found = await connection.execute(text(statement), {"leads": sorted(set(leads))} | binds)
    by_lead: dict[UUID, list[Record]] = {}
    for one in read_all(record, found):
        by_lead.setdefault(one.lead_id, []).append(one)
    return by_lead


_CONSENTS = """select * from consent where lead_id = any(:leads)
 and (cast(:known as timestamptz) is null or recorded_at <= :known) order by at desc, recorded_at desc, id desc"""


async def consents(
    connection: AsyncConnection, leads: Iterable[UUID], *, known_at: datetime | None = None
) -> dict[UUID, list[Consent]]:
    """All that leads said, the newest first; as it was known at a moment, if one is given."""
    return await _of_leads(connection, _CONSENTS, Consent, leads, known=known_at)


async def owner_changes(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, list[OwnerChange]]:
    """Return when contact with leads passed to whom, in order."""
    statement = "select * from contact_owner_change where lead_id = any(:leads) order by at, id"
    return await _of_leads(connection, statement, OwnerChange, leads)


_OFFERS = """select h.lead_id, a.assignee as person, a.at as since,
 least(a.until, h.answered_at, h.closed_at) as until
 from handover h join assignment a on a.handover_id = h.id
 where h.lead_id = any(:leads) and h.hand_raiser and a.assignee is not null
 and a.at < coalesce(h.answered_at, h.closed_at, 'infinity')"""


async def offers(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, list[Offer]]:
    """Return who had hand-raisers' handovers in hand while they were offered."""
    return await _of_leads(connection, _OFFERS, Offer, leads)


async def stages(connection: AsyncConnection, leads: Iterable[UUID]) -> dict[UUID, list[StageSince]]:
    """The kinds of stages that leads were in, in order."""
    statement = "select lead_id, to_kind as kind, at from stage_change where lead_id = any(:leads) order by at, id"
    return await _of_leads(connection, statement, StageSince, leads)


_CONTACTS = """select a.* from activity a where a.lead_id = any(:leads) and a.type = any(:types)
 and a.occurred_at > :since and a.occurred_at < :until
 and (cast(:known as timestamptz) is null or a.recorded_at <= :known)"""


async def contacts(
    connection: AsyncConnection,
    leads: Iterable[UUID],
    *,
    types: Iterable[str],
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
) -> dict[UUID, list[Contact]]:
    """The activities of outbound types between two moments, both excluded; as they were known at a moment, if given."""
    span = {"types": sorted(types), "since": since, "until": until, "known": known_at}
    return await _of_leads(connection, _CONTACTS, Contact, leads, **span)


async def leads_of_accounts(connection: AsyncConnection, accounts: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The leads of each account."""
    found = await connection.execute(
        text("select account_id, id from lead where account_id = any(:ids)"), {"ids": sorted(set(accounts))}
    )
    by_account: dict[UUID, list[UUID]] = {}
    for row in found:
        by_account.setdefault(row.account_id, []).append(row.id)
    return by_account


async def with_breach(connection: AsyncConnection, subjects: Iterable[UUID], kind: str) -> set[UUID]:
    """Those of the subjects about which there is a breach of a kind, whatever its state."""
    found = await connection.execute(
        text("select subject_id from breach where subject_id = any(:ids) and kind = :kind"),
        {"ids": list(subjects), "kind": kind},
    )
    return set(found.scalars())


async def teams_of_persons(connection: AsyncConnection, persons: Iterable[str]) -> dict[str, list[str]]:
    """The teams of each person, however its name is spelled."""
    asked = set(persons)
    if not asked:
        return {}
    teams: dict[str, list[str]] = {}
    for row in await connection.execute(text("select person, team from team_member order by person, team")):
        teams.setdefault(folded(row.person), []).append(row.team)
    return {person: teams[folded(person)] for person in asked if folded(person) in teams}


async def versions_since(
    connection: AsyncConnection, agreements: Iterable[UUID]
) -> dict[UUID, list[tuple[datetime, UUID]]]:
    """Since when which version of each agreement was in force, in order."""
    statement = """select agreement_id, id, activated_at from version
    where agreement_id = any(:ids) and activated_at is not null order by activated_at, number"""
    found = await connection.execute(text(statement), {"ids": sorted(set(agreements))})
    by_agreement: dict[UUID, list[tuple[datetime, UUID]]] = {}
    for row in found:
        by_agreement.setdefault(row.agreement_id, []).append((row.activated_at, row.id))
    return by_agreement
