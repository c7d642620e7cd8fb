"""What a document is checked against beside itself: who works, and the other agreements in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.books import BookShelf
from application.work import House, Work
from domain.document.document import SlaDocument
from domain.team import Team
from domain.version import Version
from domain.vocabulary import Living, lost_stages, lost_words
from persistence import teams, versions, vocabulary


@dataclass(frozen=True)
class Surroundings:
    """The directory of teams, and the documents of other agreements by key."""

    teams: Mapping[str, Team] | None = None
    """None where it is not known who works."""
    others: Mapping[str, SlaDocument] = field(default_factory=dict)
    drafting: bool = False
    """Whether both parties have still to agree: until then an agreement for all leads may stand beside another."""

    living: Living | None = None
    """The version in force and the leads under it, where the document is to take its place."""

    def beside(self, document: SlaDocument) -> Mapping[str, SlaDocument]:
        """The other agreements that a document is compared with."""
        if not self.drafting or document.scope is not None:
            return self.others
        return {key: other for key, other in self.others.items() if other.scope is not None}


NOTHING = Surroundings()


async def around(work: Work, agreement_id: UUID | None = None) -> Surroundings:
    """What is around a version of an agreement; without one, the teams alone."""
    (found,) = await _read(work.connection, work.shelf, [agreement_id], now=work.now)
    return found


async def around_each(house: House, agreement_ids: Sequence[UUID | None]) -> list[Surroundings]:
    """The same for several agreements at once."""
    async with house.database.reading() as connection:
        return await _read(connection, house.shelf, agreement_ids, now=house.time.now())


async def _read(
    connection: AsyncConnection, shelf: BookShelf, agreement_ids: Sequence[UUID | None], *, now: datetime
) -> list[Surroundings]:
    directory = await teams.read_teams(connection, now=now)
    books = (await shelf.active(connection)).books if any(agreement_ids) else []
    return [
        Surroundings(directory, {b.agreement_key: b.document for b in books if id_ and b.agreement_id != id_})
        for id_ in agreement_ids
    ]


async def living(
    connection: AsyncConnection, version: Version, document: SlaDocument, *, now: datetime, words: bool = True
) -> Living | None:
    """The version in force of a version's agreement and the leads under it; None where none is, or it is that one.

    Without `words` only what leads stand at is looked at.
    """
    active = await versions.active_of(connection, version.agreement_id)
    if active is None or active.id == version.id:
        return None
    before = SlaDocument.model_validate(active.document)
    lost = [stage.key for stage in lost_stages(before, document)]
    standing, first = await vocabulary.standing(connection, version.agreement_id, lost) if lost else ({}, {})
    others = list(lost_words(before, document)) if words else []
    carriers = await vocabulary.carriers(connection, version.agreement_id, others, now=now)
    return Living(before, standing, first, carriers)


async def around_version(
    connection: AsyncConnection, shelf: BookShelf, version: Version, document: SlaDocument, *, now: datetime
) -> Surroundings:
    """What is around a version that is not in force yet: who works, what is in force, and the leads under that."""
    (found,) = await _read(connection, shelf, [version.agreement_id], now=now)
    return replace(found, living=await living(connection, version, document, now=now))
