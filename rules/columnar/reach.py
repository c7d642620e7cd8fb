"""The distance by which the interest threshold of a document's triggers can rise, or must fall, for a lead to be handed
over.

The threshold is what triggers want at least of `interest.points`. Where they want different numbers, the highest is
meant, and the others move along with it; what stands under `not` stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from rules.columnar.leads import resolver
from rules.columnar.plan import ColumnarPlan
from rules.columnar.relations import Column, Table, greatest, holds, least, whole
from rules.conditions.operators import Threshold
from rules.conditions.syntax import Check, Every, Expression, Not, Some

FAR = 10**12
"""Hundredths that no threshold is away: a condition that holds, or fails, whatever the threshold is."""


def threshold(plan: ColumnarPlan) -> int | None:
    """The interest, in hundredths, that the triggers want at least; None where none speaks of it."""
    wanted = [one.named for rule in _rules(plan) for one in _varied(plan.expressions[rule])]
    return max(wanted, default=None)


def reach(plan: ColumnarPlan, leads: Table) -> Column:
    """By how many hundredths the threshold may rise so that some trigger still holds; FAR where it always does."""
    parts = [_reach(plan, leads, plan.expressions[rule]) for rule in _rules(plan)]
    return reduce(greatest, parts, whole(-FAR))


def _rules(plan: ColumnarPlan) -> list[int]:
    return [one.rule for one in plan.compiled_rules.verdicts.triggers]


def _varied(expression: Expression) -> Iterator[Threshold]:
    """Return what the comparisons want that make the threshold."""
    match expression:
        case Check():
            threshold = expression.operator.threshold
            if threshold is not None and expression.subject.name == "interest.points":
                yield threshold(expression.literal)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _varied(part)


def _reach(plan: ColumnarPlan, leads: Table, expression: Expression) -> Column:
    if not any(_varied(expression)):
        return holds(expression, resolver(plan, leads)).ifelse(whole(FAR), whole(-FAR))
    match expression:
        case Check():
            return reduce(least, [_away(wanted, leads) for wanted in _varied(expression)])
        case Every(parts):
            return reduce(least, [_reach(plan, leads, part) for part in parts])
        case Some(parts):
            return reduce(greatest, [_reach(plan, leads, part) for part in parts])
        case Not():
            raise AssertionError("unreachable: nothing is varied there")


def _away(wanted: Threshold, leads: Table) -> Column:
    """By how many hundredths what is wanted may rise; a lead above the most that passes is not handed over."""
    away = leads.interest_points - whole(wanted.lowest)
    return away if wanted.most is None else (leads.interest_points <= whole(wanted.most)).ifelse(away, whole(-FAR))
