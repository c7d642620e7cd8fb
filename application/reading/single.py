"""Single things and those that belong to many at once: one query for a batch of ids, in the order asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from application.runtime.compiled_versions import CompiledVersion
from application.runtime.transaction import Application
from domain.agreements.open_work import Movement
from domain.agreements.version import Agreement, Signature, Version
from domain.handovers.assignment import Assignment
from domain.handovers.handover import Handover
from domain.leads.contact import Consent
from domain.leads.lead import Account, Lead
from domain.obligation import Breach, Obligation
from domain.people.principal import Principal
from domain.people.team import Team
from persistence import lookups
from persistence.agreements import versions
from persistence.as_of.known import DecisionRow
from persistence.database import paging
from persistence.leads import contact
from persistence.leads.activities import Activity
from persistence.people import keys, teams, visibility
from persistence.people.keys import ApiKey

__all__ = ["Activity", "ApiKey", "DecisionRow"]

Record = TypeVar("Record")
Key = TypeVar("Key")


@dataclass(frozen=True)
class LeadKey:
    """A sender's own key of a lead."""

    source: str
    external_id: str


async def _by_ids(
    application: Application, table: str, record: type[Record], ids: Sequence[UUID]
) -> list[Record | None]:
    async with application.database.reading() as connection:
        found = await lookups.by_ids(connection, table, record, ids)
    return [found.get(id_) for id_ in ids]


async def leads(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Lead | None]:
    """Leads by id; None for those unknown or not to be seen."""
    async with application.database.reading() as connection:
        found = await lookups.by_ids(connection, "lead", Lead, ids)
        if principal.sees_all:
            seen = set(ids)
        else:
            seen = await visibility.leads_of_teams(connection, ids, principal.teams)
    return [found.get(id_) if id_ in seen else None for id_ in ids]


async def lead_by_key(application: Application, principal: Principal, *, source: str, external_id: str) -> Lead | None:
    """The lead of a sender's own key, if the asker sees it."""
    async with application.database.reading() as connection:
        lead_id = await lookups.lead_of_key(connection, source, external_id)
    return (await leads(application, principal, [lead_id]))[0] if lead_id else None


async def accounts(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Account | None]:
    """Accounts by id; sales sees those of the leads it has or had."""
    async with application.database.reading() as connection:
        found = await lookups.by_ids(connection, "account", Account, ids)
        if principal.sees_all:
            seen = set(ids)
        else:
            seen = await visibility.accounts_of_teams(connection, ids, principal.teams)
    return [found.get(id_) if id_ in seen else None for id_ in ids]


def _seen_by(principal: Principal, visible_to: Sequence[str]) -> bool:
    return principal.sees_all or bool(principal.teams & set(visible_to))


async def handovers(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Handover | None]:
    """Handovers by id; None for those unknown or not to be seen."""
    found = await _by_ids(application, "handover", Handover, ids)
    return [h if h is not None and _seen_by(principal, h.visible_to) else None for h in found]


async def open_handovers(
    application: Application, principal: Principal, lead_ids: Sequence[UUID]
) -> list[Handover | None]:
    """The open handover of each lead, if the asker sees it."""
    async with application.database.reading() as connection:
        found = await lookups.open_handovers(connection, lead_ids)
    wanted = [found.get(lead_id) for lead_id in lead_ids]
    return [h if h is not None and _seen_by(principal, h.visible_to) else None for h in wanted]


async def breaches(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Breach | None]:
    """Breaches by id; None for those unknown or not to be seen."""
    found = await _by_ids(application, "breach", Breach, ids)
    return [b if b and (b.lead_id is None or _seen_by(principal, b.visible_to)) else None for b in found]


async def obligations(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Obligation | None]:
    """Obligations by id; None for those unknown or not to be seen."""
    found = await _by_ids(application, "obligation", Obligation, ids)
    if principal.sees_all:
        return found
    async with application.database.reading() as connection:
        seen = await visibility.obligations_of_teams(connection, ids, principal.teams)
    return [o if o is not None and o.id in seen else None for o in found]


async def obligations_of(application: Application, handover_ids: Sequence[UUID]) -> list[list[Obligation]]:
    """Return what is and was owed about each handover, the earliest first."""
    async with application.database.reading() as connection:
        return await lookups.grouped(connection, "obligation", "subject_id", "opened_at, id", Obligation, handover_ids)


async def assignments_of(application: Application, handover_ids: Sequence[UUID]) -> list[list[Assignment]]:
    """Return who had each handover, in order."""
    async with application.database.reading() as connection:
        return await lookups.grouped(connection, "assignment", "handover_id", "at, id", Assignment, handover_ids)


async def keys_of(application: Application, lead_ids: Sequence[UUID]) -> list[list[LeadKey]]:
    """The senders' own keys of each lead."""
    async with application.database.reading() as connection:
        return await lookups.grouped(connection, "lead_key", "lead_id", "source, external_id", LeadKey, lead_ids)


async def consents_of(application: Application, lead_ids: Sequence[UUID]) -> list[list[Consent]]:
    """All that each lead said about being contacted, the newest first."""
    async with application.database.reading() as connection:
        found = await contact.consents(connection, lead_ids)
    return [found.get(lead_id, []) for lead_id in lead_ids]


async def decisions(application: Application, ids: Sequence[UUID]) -> list[DecisionRow | None]:
    """Stored decisions by id."""
    return await _by_ids(application, "decision", DecisionRow, ids)


async def decisions_seen(
    application: Application, principal: Principal, ids: Sequence[UUID]
) -> list[DecisionRow | None]:
    """Stored decisions by id, about leads that the asker sees."""
    found = await decisions(application, ids)
    lead_ids = [d.lead_id for d in found if d is not None]
    seen = {lead.id for lead in await leads(application, principal, lead_ids) if lead is not None}
    return [d if d is not None and d.lead_id in seen else None for d in found]


async def activities(application: Application, principal: Principal, ids: Sequence[UUID]) -> list[Activity | None]:
    """Activities by id, of leads that the asker sees."""
    found = await _by_ids(application, "activity", Activity, ids)
    lead_ids = [a.lead_id for a in found if a is not None]
    seen = {lead.id for lead in await leads(application, principal, lead_ids) if lead is not None}
    return [a if a is not None and a.lead_id in seen else None for a in found]


async def agreement(application: Application, key: str) -> Agreement | None:
    """An agreement by its key."""
    async with application.database.reading() as connection:
        return await versions.agreement_by(connection, key=key)


async def agreements(application: Application, ids: Sequence[UUID]) -> list[Agreement | None]:
    """Agreements by id."""
    return await _by_ids(application, "agreement", Agreement, ids)


async def version(application: Application, version_id: UUID) -> Version | None:
    """A version by its id."""
    async with application.database.reading() as connection:
        return await versions.version_by_id(connection, version_id)


async def versions_by_ids(application: Application, ids: Sequence[UUID]) -> list[Version | None]:
    """Versions by id."""
    return await _by_ids(application, "version", Version, ids)


async def active_versions(application: Application, agreement_ids: Sequence[UUID]) -> list[Version | None]:
    """The active version of each agreement."""
    async with application.database.reading() as connection:
        found = {agreement.id: version for agreement, version in await versions.active_versions(connection)}
    return [found.get(id_) for id_ in agreement_ids]


async def compiled_versions(application: Application, ids: Sequence[UUID]) -> list[CompiledVersion]:
    """Versions by id, at work: document, calendars, rules; each has to exist."""
    async with application.database.reading() as connection:
        return [await application.version_cache.version(connection, id_) for id_ in ids]


async def signatures_of(application: Application, version_ids: Sequence[UUID]) -> list[list[Signature]]:
    """The signatures of each version, in order of time."""
    async with application.database.reading() as connection:
        found = await versions.signatures(connection, version_ids)
    return [[s for s in found if s.version_id == id_] for id_ in version_ids]


async def movements_to(application: Application, version_ids: Sequence[UUID]) -> list[Movement | None]:
    """The latest moving of open work to each version."""
    async with application.database.reading() as connection:
        found = await lookups.grouped(connection, "movement", "version_id", "started_at, id", Movement, version_ids)
    return [of_version[-1] if of_version else None for of_version in found]


async def team_directory(application: Application) -> list[Team]:
    """All teams, by key."""
    async with application.database.reading() as connection:
        active = await application.version_cache.active(connection)
        found = await teams.read_teams(connection, now=application.time.now(), zones=active.time_zone_of)
    return list(found.values())


_TEAMS = paging.Listing("team", (("t.key", "text"),))


async def team_ids(application: Application, keys: Sequence[str]) -> list[UUID]:
    """The ids of teams by key; each has to exist."""
    async with application.database.reading() as connection:
        query = paging.Query(_TEAMS).where("t.key = any(:keys)", keys=list(keys))
        rows = await query.rows(connection, limit=len(keys), after=None, before=None, backward=False)
    found = {row["key"]: row["id"] for row in rows}
    return [found[key] for key in keys]


async def teams_by_ids(application: Application, ids: Sequence[UUID]) -> list[Team | None]:
    """Teams by the id under which events speak of them."""
    async with application.database.reading() as connection:
        keys = await lookups.team_keys(connection, ids)
        active = await application.version_cache.active(connection)
        found = await teams.read_teams(connection, keys.values(), now=application.time.now(), zones=active.time_zone_of)
    return [found.get(keys[id_]) if id_ in keys else None for id_ in ids]


async def keys_by_ids(application: Application, ids: Sequence[UUID]) -> list[ApiKey | None]:
    """API keys by id."""
    async with application.database.reading() as connection:
        found = await keys.by_ids(connection, ids)
    return [found.get(id_) for id_ in ids]
