"""Judging the sample in a test, by both forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.decision import Decision, Dimension
from domain.facts import ActivityFact
from rules.judge import judge, judge_plain
from rules.rulebook import Rulebook
from tests.rules.samples import DOWNLOADS, NOW, book, facts


def decide(*activities: ActivityFact, rulebook: Rulebook | None = None, **more: Any) -> Decision:
    """The decision on a lead that did these things."""
    used = rulebook or book()
    decision = judge(used, facts(*activities, **more), now=NOW)
    assert decision == judge_plain(used, facts(*activities, **more), now=NOW)
    return decision


def signal(**changes: Any) -> Rulebook:
    """The sample with a changed signal."""
    return book(scoring__interest__signals={"downloads": {**DOWNLOADS, **changes}})


def points(decision: Decision) -> list[str]:
    """The contributions of interest."""
    return [str(share.points) for share in decision.contributions if share.dimension is Dimension.INTEREST]


def numbers(decision: Decision) -> list[Decimal | None]:
    """Points, maximum and percent of fit."""
    return [decision.fit.points, decision.fit.maximum, decision.fit.percent]
