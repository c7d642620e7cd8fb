"""Clearing what no version knows any more: null clears whatever a lead or its company carries [X.2]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import ActiveVersions
from application.runtime.incoming import Carried, IncomingLead
from persistence.leads import leads


async def carried_by(
    connection: AsyncConnection,
    source: str,
    items: Sequence[IncomingLead],
    active: ActiveVersions,
    *,
    linked: Mapping[str, UUID],
) -> dict[str, Carried]:
    """Return what is carried of the leads whose items clear a field that no version in force knows, by external id."""
    clearing = [item for item in items if _clears_unknown(item, active)]
    if not clearing:
        return {}
    ids = {**linked, **await leads.ids_of_keys(connection, source, [item.external_id for item in clearing])}
    known = await leads.by_ids(connection, ids.values())
    keys = {item.company.key for item in clearing if item.company is not None}
    companies = await leads.accounts_by_key(connection, keys) if keys else {}
    found = {}
    for item in clearing:
        lead = known.get(ids[item.external_id]) if item.external_id in ids else None
        company = companies.get(item.company.key) if item.company is not None else None
        found[item.external_id] = Carried(lead.fields if lead else (), company.fields if company else ())
    return found


def _clears_unknown(item: IncomingLead, active: ActiveVersions) -> bool:
    of_account = item.company.fields if item.company is not None else None
    return _any_null(item.fields, active.lead_fields) or _any_null(of_account, active.account_fields)


def _any_null(given: Any, known: Mapping[str, object]) -> bool:
    fields = given if isinstance(given, Mapping) else {}
    return any(value is None and key not in known for key, value in fields.items())
