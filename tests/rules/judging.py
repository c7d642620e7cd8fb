"""Judging the sample in a test, by both forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.facts import ActivityFact
from domain.leads.decision import Decision, Dimension
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.rules.samples import DOWNLOADS, NOW, compiled_version, facts


def decide(*activities: ActivityFact, compiled_rules: CompiledRules | None = None, **more: Any) -> Decision:
    """The decision on a lead that did these things."""
    used = compiled_rules or compiled_version()
    decision = judge(used, facts(*activities, **more), now=NOW)
    assert decision == judge_plain(used, facts(*activities, **more), now=NOW)
    return decision


def signal(**changes: Any) -> CompiledRules:
    """The sample with a changed signal."""
    return compiled_version(scoring__interest__signals={"downloads": {**DOWNLOADS, **changes}})


def points(decision: Decision) -> list[str]:
    """The contributions of interest."""
    return [str(share.points) for share in decision.contributions if share.dimension is Dimension.INTEREST]


def numbers(decision: Decision) -> list[Decimal | None]:
    """Points, maximum and percent of fit."""
    return [decision.fit.points, decision.fit.maximum, decision.fit.percent]
