"""Where what stands at a stage that a version does not have goes under it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from application.runtime.compiled_versions import CompiledVersion, VersionCache
from domain.agreements.heirs import StagePosition, heir
from domain.document.sections.journey import Stage, StageKind
from persistence.agreements import versions


class Heirs:
    """The heirs that one transaction asks for; which versions came before one is read once, whoever asks."""

    def __init__(self, connection: AsyncConnection, version_cache: VersionCache) -> None:
        self._connection, self._version_cache = connection, version_cache
        self._before: dict[UUID, list[UUID]] = {}

    async def stage(
        self, compiled_version: CompiledVersion, standing: StagePosition, *, agreement_id: UUID | None
    ) -> Stage:
        """Return the stage of a version for a position: its own, else the heir.

        The heir is sought through all versions since the one that had the stage, one after the other.
        """
        same = compiled_version.words.holds(standing)
        if same is not None:
            return same
        trail = [compiled_version]
        if agreement_id == compiled_version.agreement_id:
            trail = [*await self._since(compiled_version, standing), compiled_version]
        found = None if len(trail) > 1 else heir(standing, compiled_version.words)
        for before, after in pairwise(trail):
            found = heir(standing, after.words, before.words)
            standing = standing if found is None else replace(standing, stage=found.key, kind=found.kind)
        return found or compiled_version.stage_of_kind(StageKind.PROSPECT)

    async def _since(self, compiled_version: CompiledVersion, standing: StagePosition) -> list[CompiledVersion]:
        """Return the versions in force from the last one on that had the stage."""
        version_id = compiled_version.version_id
        if version_id not in self._before:
            self._before[version_id] = await versions.in_force_before(
                self._connection, compiled_version.agreement_id, version_id
            )
        found: list[CompiledVersion] = []
        for earlier in reversed(self._before[version_id]):
            found.insert(0, await self._version_cache.version(self._connection, earlier))
            if found[0].words.holds(standing) is not None:
                return found
        return []
