"""What a document is checked against beside itself: who works, and the other agreements in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.books import BookShelf
from application.work import House, Work
from domain.document.document import SlaDocument
from domain.team import Team
from persistence import teams


@dataclass(frozen=True)
class Surroundings:
    """The directory of teams, and the documents of other agreements by key."""

    teams: Mapping[str, Team] = field(default_factory=dict)
    others: Mapping[str, SlaDocument] = field(default_factory=dict)
    drafting: bool = False
    """Whether both parties have still to agree: until then an agreement for all leads may stand beside another."""

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
