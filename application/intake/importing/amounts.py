"""Which fields hold decimal numbers: their texts are looked at as numbers, whatever the mapping says of their type."""

from __future__ import annotations

from collections.abc import Iterable

from application.runtime.transaction import Application
from domain.document.sections.fields import FieldType

Amounts = frozenset[tuple[str, str]]
"""Pairs of what has the field (LEAD, ACCOUNT or an activity type) and the field's key."""
LEAD, ACCOUNT = "LEAD", "ACCOUNT"
NONE: Amounts = frozenset()


async def amounts_of(application: Application) -> Amounts:
    """The decimal fields of the agreements in force."""
    async with application.database.reading() as connection:
        active = await application.version_cache.active(connection)
    lead = ((LEAD, key, field.type) for key, field in active.lead_fields.items())
    account = ((ACCOUNT, key, field.type) for key, field in active.account_fields.items())
    activity = ((kind, f.key, f.type) for kind, about in active.activity_types.items() for f in about.fields)
    return _decimal([*lead, *account, *activity])


def _decimal(fields: Iterable[tuple[str, str, FieldType]]) -> Amounts:
    return frozenset((has, key) for has, key, kind in fields if kind is FieldType.DECIMAL)
