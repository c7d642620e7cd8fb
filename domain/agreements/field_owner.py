"""Which system owns a field and under which names it writes; and what others wrote into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.document.document import SlaDocument


@dataclass(frozen=True, slots=True)
class FieldOwner:
    """The system that alone may write a field."""

    system: str
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A source that says otherwise than the owner of a field."""

    id: UUID
    subject_id: UUID
    """The lead or the account."""
    field: str
    """Its key; of an account's field account.KEY."""
    source: str
    owner: str
    written: Any
    kept: Any
    at: datetime
    """When it was last written."""
    since: datetime
    """When it was first written."""
    times: int
    """The number of writes that said so."""
    resolved_at: datetime | None
    """When the two came to agree."""


def owners_in(document: SlaDocument) -> dict[str, FieldOwner]:
    """The owner of each owned field of a document; without systems nothing is owned."""
    systems = {system.key: system.names for system in document.systems}
    return {
        field.key: FieldOwner(field.owner, systems[field.owner])
        for field in document.fields
        if field.owner is not None and field.owner in systems
    }


def owners_of_all(documents: Iterable[SlaDocument]) -> dict[str, FieldOwner]:
    """The owners that documents name together; where two differ, the earlier one counts."""
    owners: dict[str, FieldOwner] = {}
    for document in documents:
        for key, owner in owners_in(document).items():
            owners.setdefault(key, owner)
    return owners


def owners_for(document: SlaDocument, others: Mapping[str, FieldOwner]) -> dict[str, FieldOwner]:
    """The owners that count for a lead of one agreement: as it says, of fields it does not know as the others say."""
    known = {field.key for field in document.fields}
    return {key: owner for key, owner in others.items() if key not in known} | owners_in(document)
