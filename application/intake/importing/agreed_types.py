"""The types of fields in the agreements in force, by which columns are read where the mapping names none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from application.runtime.transaction import Application
from domain.document.sections.fields import FieldType

AgreedTypes = Mapping[tuple[str, str], FieldType]
"""By what has the field (LEAD, ACCOUNT or an activity type) and the field's key."""
LEAD, ACCOUNT = "LEAD", "ACCOUNT"
NONE: AgreedTypes = MappingProxyType({})


async def agreed_types(application: Application) -> AgreedTypes:
    """The types of all fields of the agreements in force."""
    async with application.database.reading() as connection:
        active = await application.version_cache.active(connection)
    types = {(LEAD, key): field.type for key, field in active.lead_fields.items()}
    types |= {(ACCOUNT, key): field.type for key, field in active.account_fields.items()}
    return types | {(kind, f.key): f.type for kind, about in active.activity_types.items() for f in about.fields}
