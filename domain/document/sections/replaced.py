"""The destinations of keys of the version before, so that leads which carry them know where they belong [X.2]."""

from __future__ import annotations

from domain.document.base import Key, Keyed, KeyedPart, Part


class ReplacedStage(KeyedPart):
    """A stage of the version before that is no longer there; its key is that stage's."""

    to: Key
    """The stage of this document to which leads go that stand there."""


class Replaced(Part):
    """The destinations of keys of the version before."""

    stages: Keyed[ReplacedStage] = ()
    """Where leads go whose stage is no longer there."""

    @property
    def by_stage(self) -> dict[str, str]:
        """The stages that are gone, and by which each is replaced."""
        return {one.key: one.to for one in self.stages}
