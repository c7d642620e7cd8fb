"""The surroundings that a document is checked against: who works, and the other agreements in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import VersionCache
from application.runtime.transaction import Application, Transaction
from domain.agreements.version import SlaVersionState, Version
from domain.checking.removed_words import Living, lost_stages, lost_words
from domain.document.document import SlaDocument
from domain.people.principal import Principal
from domain.people.team import Team
from persistence.agreements import versions, vocabulary
from persistence.people import teams


@dataclass(frozen=True)
class Surroundings:
    """The directory of teams, and the documents of other agreements by key."""

    teams: Mapping[str, Team] | None = None
    """None where it is not known who works."""
    others: Mapping[str, SlaDocument] = field(default_factory=dict)
    drafting: bool = False
    """True if both parties have still to agree: until then an agreement for all leads may stand beside another."""

    living: Living | None = None
    """The version in force and the leads under it, where the document is to take its place."""

    def beside(self, document: SlaDocument) -> Mapping[str, SlaDocument]:
        """The other agreements that a document is compared with."""
        if not self.drafting or document.scope is not None:
            return self.others
        return {key: other for key, other in self.others.items() if other.scope is not None}


NOTHING = Surroundings()
PENDING = frozenset({SlaVersionState.DRAFT, SlaVersionState.IN_REVIEW, SlaVersionState.APPROVED})
"""The states of versions that may still take the place of the one in force."""


async def around(transaction: Transaction, agreement_id: UUID | None = None) -> Surroundings:
    """Return what is around a version of an agreement; without one, the teams alone."""
    (found,) = await _read(transaction.connection, transaction.version_cache, [agreement_id], now=transaction.now)
    return found


async def around_each(application: Application, agreement_ids: Sequence[UUID | None]) -> list[Surroundings]:
    """The same for several agreements at once."""
    async with application.database.reading() as connection:
        return await _read(connection, application.version_cache, agreement_ids, now=application.time.now())


async def _read(
    connection: AsyncConnection, version_cache: VersionCache, agreement_ids: Sequence[UUID | None], *, now: datetime
) -> list[Surroundings]:
    directory = await teams.read_teams(connection, now=now)
    compiled_versions = (await version_cache.active(connection)).compiled_versions if any(agreement_ids) else []
    return [
        Surroundings(
            directory, {b.agreement_key: b.document for b in compiled_versions if id_ and b.agreement_id != id_}
        )
        for id_ in agreement_ids
    ]


async def living(
    transaction: Transaction, version: Version, document: SlaDocument, *, words: bool = True
) -> Living | None:
    """The version in force of a version's agreement and the leads under it; None where none is, or it is that one.

    Without `words` only the stages of leads are looked at.
    """
    return await _living(
        transaction.connection, transaction.principal, version, document, now=transaction.now, words=words
    )


async def living_each(
    application: Application, principal: Principal, version_ids: Sequence[UUID]
) -> list[Living | None]:
    """Return what versions that are not in force yet would change for living leads, in order; of others nothing."""
    found = []
    async with application.database.reading() as connection:
        for version_id in version_ids:
            version = await versions.version_by_id(connection, version_id)
            present = None
            if version is not None and version.state in PENDING:
                document = SlaDocument.model_validate(version.document)
                present = await _living(connection, principal, version, document, now=application.time.now())
            found.append(present)
    return found


async def _living(
    connection: AsyncConnection,
    principal: Principal | None,
    version: Version,
    document: SlaDocument,
    *,
    now: datetime,
    words: bool = True,
) -> Living | None:
    active = await versions.active_of(connection, version.agreement_id)
    if active is None or active.id == version.id:
        return None
    before, agreement = SlaDocument.model_validate(active.document), version.agreement_id
    lost = [stage.key for stage in lost_stages(before, document)]
    standing, first = await vocabulary.standing(connection, agreement, lost) if lost else ({}, {})
    others = list(lost_words(before, document)) if words else []
    found = Living(before, standing, first, await vocabulary.carriers(connection, agreement, others, now=now))
    return found if principal is None or principal.sees_all else found.without_ids()
