"""The parts of a decision: scores, what they are made of, whether a handover is due, and the ways to become due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import strawberry

from api.graphql.parts.context import Info
from api.graphql.parts.published import field, published
from api.graphql.types.reason_types import Reason
from domain.leads import decision as domain
from domain.leads.decision import Dimension, Missing, MissingKind


@published
class Score:
    """The score of one dimension."""

    points: Decimal
    """Points, exact."""
    maximum: Decimal | None
    """The points that can be reached, where there is a bound."""
    percent: Decimal | None
    """Percent of the maximum, 0 to 100; of fit only."""
    band: str
    """The key of the band that the score falls into."""


@published
class Contribution:
    """One rule's share of a score."""

    dimension: Dimension
    """The score it belongs to."""
    rule: str
    """The key of the criterion or signal; 'maximum' for the cut at the maximum."""
    label: str
    """The people's name of the rule."""
    points: Decimal
    """Its points; the points of all shares are the score."""
    because: str
    """Why it gave these points."""


@published
class MissingItem:
    """One thing that keeps a handover from being due."""

    kind: MissingKind
    """The kind of thing."""
    path: str
    """The subject: a field's key, fit.points, interest.points, a trigger's path."""
    message: str
    """A sentence for people."""


@published
class HandoverWay:
    """One way in which a lead would become due: when all that is missing on it is there."""

    trigger: str
    """The key of the trigger that would hold."""
    cost: int
    """The cost: 1 for each field or consent to fill in and each activity to happen, 2 for each known value to
    change, 3 for time to pass, 4 for another stage, 5 for another buying centre.
    """
    at: datetime
    """When it would be due: at the moment of the judgement, or later where time must pass."""
    missing: list[MissingItem]
    """The gap on it."""


class Asked(Protocol):
    """The decision that a verdict is part of, for what is found when somebody asks."""

    @property
    def judged(self) -> domain.Decision:
        """The decision itself."""

    async def found(self, info: Info) -> domain.Verdict:
        """The verdict with the ways to become due."""

    async def told(self, missing: Sequence[Missing], info: Info) -> list[MissingItem]:
        """The gap, in words."""


@published
class HandoverVerdict:
    """The verdict if a handover is due, and if not, why not."""

    due: bool
    """True if it is due."""
    trigger: str | None
    """The key of the trigger that holds."""
    priority: int | None
    """The trigger's priority."""
    blocked_by: list[Reason]
    """The reasons against a handover, whether a trigger holds or not."""
    _asked: strawberry.Private[Asked]

    @field
    async def missing(self, info: Info) -> list[MissingItem]:
        """The gaps on the cheapest way to become due; where none is found, what the easiest trigger asks for."""
        verdict = self._asked.judged.verdict
        if verdict.trigger is None:
            verdict = await self._asked.found(info)
        return await self._asked.told(verdict.missing, info)

    @field
    async def ways(self, info: Info) -> list[HandoverWay]:
        """The cheapest ways to become due, at most five, the cheapest first and requests for contact last; each was
        tried by judging. None where the lead is due, or where what stands against it does not pass.
        """
        return [
            HandoverWay(
                trigger=way.trigger, cost=way.cost, at=way.at, missing=await self._asked.told(way.missing, info)
            )
            for way in (await self._asked.found(info)).ways
        ]
