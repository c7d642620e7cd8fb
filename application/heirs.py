"""Leads whose stage the version in force no longer has, or calls by another kind: where they go, and what is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.books import Book, BookShelf
from application.work import CLOCK
from domain.document.journey import Stage, StageKind
from domain.heirs import Standing, heir
from domain.lead import Lead, StageChange
from domain.party import Party
from persistence import versions

if TYPE_CHECKING:
    from application.desk import Desk

VERSION, AGREEMENT = "version", "agreement"
"""Why a lead changed its stage: a version of its agreement has it no longer, or another agreement governs it."""


async def stage_in(desk: Desk, book: Book, lead: Lead) -> Stage:
    """The stage of a version at which a lead stands, or to which it goes under it."""
    handover = desk.handovers.get(lead.id)
    standing = Standing(lead.stage, StageKind(lead.stage_kind), handover.state if handover else None)
    same = book.words.holds(standing)
    if same is not None:
        return same
    asked = (book.version_id, lead.agreement_id, standing)
    if asked not in desk.heirs:
        work = desk.work
        desk.heirs[asked] = await heir_in(work.connection, work.shelf, book, standing, agreement_id=lead.agreement_id)
    return desk.heirs[asked]


async def heir_in(
    connection: AsyncConnection, shelf: BookShelf, book: Book, standing: Standing, *, agreement_id: UUID | None
) -> Stage:
    """The same for whatever stands so: through all versions since the one that had its stage, one after the other."""
    trail = [book]
    if agreement_id == book.agreement_id:
        trail = [*await _since(connection, shelf, book, standing), book]
    found = None if len(trail) > 1 else heir(standing, book.words)
    for before, after in pairwise(trail):
        found = heir(standing, after.words, before.words)
        standing = standing if found is None else replace(standing, stage=found.key, kind=found.kind)
    return found or book.stage_of_kind(StageKind.PROSPECT)


async def _since(connection: AsyncConnection, shelf: BookShelf, book: Book, standing: Standing) -> list[Book]:
    """The versions in force from the last one on that had the stage."""
    ids = await versions.in_force_before(connection, book.agreement_id, book.version_id)
    found: list[Book] = []
    for version_id in reversed(ids):
        found.insert(0, await shelf.version(connection, version_id))
        if found[0].words.holds(standing) is not None:
            return found
    return []


async def arrive(desk: Desk, book: Book, lead: Lead) -> Lead:
    """Bring a lead to the stage that it has under a version, where that is another one."""
    stage = await stage_in(desk, book, lead)
    return go_to(desk, book, lead, stage, because=VERSION)


def go_to(desk: Desk, book: Book, lead: Lead, stage: Stage, *, because: str) -> Lead:
    """Bring a lead to its stage under a version; a stage of the same kind is the same one under another name."""
    same_kind = lead.stage_kind == stage.kind.value
    if same_kind and lead.stage == stage.key:
        return lead
    now = desk.work.now
    change = StageChange(lead.id, lead.stage, stage.key, stage.kind.value, now, person=CLOCK, reason=because)
    moved = (
        lead.renamed(stage, version_id=book.version_id)
        if same_kind
        else lead.at(stage, since=now, version_id=book.version_id)
    )
    worked = desk.handovers.get(lead.id)
    present = worked.team if worked and stage.owner is Party.SALES else stage.team
    return desk.change_stage(moved, change, stage, {"fromTeam": present, "toTeam": present})


async def stages_in(
    connection: AsyncConnection, shelf: BookShelf, books: Iterable[Book], standings: Iterable[Standing]
) -> dict[tuple[UUID, Standing], str]:
    """The keys of the stages at which leads that stand so are under each of some versions."""
    known = list(standings)
    found = {}
    for book in books:
        for standing in known:
            stage = book.words.holds(standing)
            if stage is None:
                stage = await heir_in(connection, shelf, book, standing, agreement_id=book.agreement_id)
            found[book.version_id, standing] = stage.key
    return found
