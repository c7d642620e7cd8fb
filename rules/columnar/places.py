"""The places of signals that count only so many activities: by which conditions these take them.

A later activity takes the place of an earlier one. Which ones do depends on the activities alone, unless a condition
asks about the lead, for then it may hold at one moment and fail at another.
"""

from __future__ import annotations

from collections.abc import Mapping

from rules.columnar.plan import ColumnarPlan, CountedSignal
from rules.conditions.syntax import subjects_of
from rules.conditions.vocabulary import Origin

Layer = Mapping[str, int | None]
"""By activity type the rule that those meet which take places; None: all do."""


def layers(plan: ColumnarPlan) -> list[Layer]:
    """The rules by which activities alone take places, in layers that have one for each type."""
    found: list[dict[str, int | None]] = []
    alone = [signal.plan for signal in plan.signals if _alone(plan, signal)]
    for kind, rule in dict.fromkeys((one.activity, one.activity_rule) for one in alone):
        free = next((layer for layer in found if kind not in layer), None)
        if free is None:
            found.append(free := {})
        free[kind] = rule
    return list(found)


def _alone(plan: ColumnarPlan, signal: CountedSignal) -> bool:
    """True if a signal has places, which depend on nothing but the activities."""
    rule = signal.plan.activity_rule
    asked = {} if rule is None else subjects_of([plan.expressions[rule]])
    return signal.plan.max_count > 0 and all(subject.origin is Origin.ACTIVITY for subject in asked.values())


def layer_of(plan: ColumnarPlan, signal: CountedSignal) -> int | None:
    """The number of the layer that a signal belongs to; None where it is in none."""
    if not _alone(plan, signal):
        return None
    kind, rule = signal.plan.activity, signal.plan.activity_rule
    return next(n for n, layer in enumerate(layers(plan)) if kind in layer and layer[kind] == rule)


def successor(plan: ColumnarPlan, signal: CountedSignal) -> str:
    """The column that says when the activity happened that takes an activity's place."""
    return f"next{layer_of(plan, signal)}_{signal.plan.max_count}"
