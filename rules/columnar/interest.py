"""Interest over a table of activities: windows, caps and fading."""

from __future__ import annotations

from rules.columnar.activities import asked_for, observed, resolver, seen
from rules.columnar.places import layer_of, layers, successor
from rules.columnar.plan import ColumnarPlan, CountedSignal, Fading
from rules.columnar.relations import (
    Column,
    Table,
    choose,
    constant,
    counted_so_far,
    every,
    following,
    holds,
    total,
    whole,
)

BASE = "points"
"""The column of the points of those signals that are not counted apart."""


def interest_by_lead(plan: ColumnarPlan, leads: Table, activities: Table, worth: Table, key: str) -> Table:
    """By lead the points of its signals, before the maximum and before what they ask of the lead."""
    activities = asked_for(plan, activities)
    activities = activities.mutate(**_successors(plan, activities))
    done = observed(plan, leads, activities, key, plan.beside_activities)
    if plan.fading:
        done = done.left_join(worth, done.age == worth.age, rname="{name}_of_worth")
    done = done.mutate(**_places(plan, done, key))
    shares = _shares(plan, done)
    done = done.mutate(**shares)
    return done.group_by(key).aggregate(**{name: done[name].sum().cast("int64") for name in shares})


def _shares(plan: ColumnarPlan, done: Table) -> dict[str, Column]:
    """Return what each activity adds: points of all signals that ask nothing of the lead, and of each other one."""
    found = {BASE: _points(plan, done, [signal for signal in plan.signals if not signal.apart])}
    for signal in plan.signals:
        if signal.apart:
            found[signal.name] = _points(plan, done, [signal])
    return found


def _successors(plan: ColumnarPlan, activities: Table) -> dict[str, Column]:
    """Beside each activity when the one happened that takes its place, for each number of places.

    Places are taken by those that meet the same condition; what does not meet it is of no interest there.
    """
    found: dict[str, Column] = {}
    for layer, rules in enumerate(layers(plan)):
        marks = [
            (activities.type == kind, constant(True) if rule is None else _condition(plan, activities, kind, rule))
            for kind, rule in rules.items()
        ]
        groups = [activities.lead, activities.type, choose(marks, constant(False))]
        for signal in plan.signals:
            if layer_of(plan, signal) == layer:
                column, number = successor(plan, signal), signal.plan.max_count
                found[column] = following(activities.occurred, number, groups)
    return found


def _places(plan: ColumnarPlan, done: Table, key: str) -> dict[str, Column]:
    """The place of each activity, the latest first, for signals with places whose condition asks about the lead."""
    groups = [done[key], done.type]
    return {
        f"place_{signal.name}": counted_so_far(
            _condition(plan, done, signal.plan.activity, signal.plan.activity_rule), groups, done.since
        )
        for signal in plan.signals
        if signal.plan.max_count > 0 and signal.plan.activity_rule is not None and layer_of(plan, signal) is None
    }


def _points(plan: ColumnarPlan, done: Table, signals: list[CountedSignal]) -> Column:
    by_type: dict[str, list[CountedSignal]] = {}
    for signal in signals:
        by_type.setdefault(signal.plan.activity, []).append(signal)
    branches = [
        (done.type == kind, total([_share(plan, done, signal) for signal in same])) for kind, same in by_type.items()
    ]
    return choose(branches, whole(0))


def _share(plan: ColumnarPlan, done: Table, signal: CountedSignal) -> Column:
    """Return what an activity of the signal's type is worth to it."""
    asked: list[Column] = []
    if signal.window is not None:
        asked.append(done.since < whole(signal.window))
    if signal.plan.activity_rule is not None:
        asked.append(_condition(plan, done, signal.plan.activity, signal.plan.activity_rule))
    if signal.plan.max_count > 0:
        asked.append(_has_place(plan, done, signal))
    fades = isinstance(signal.worth, Fading)
    points = done[signal.worth.column].fill_null(0) if isinstance(signal.worth, Fading) else whole(signal.worth)
    if fades and not asked:
        return points
    return every(asked).ifelse(points, whole(0))


def _has_place(plan: ColumnarPlan, done: Table, signal: CountedSignal) -> Column:
    """Return whether fewer than so many others that count happened since."""
    if layer_of(plan, signal) is None:
        return done[f"place_{signal.name}"] <= signal.plan.max_count
    return ~seen(done.now - done[successor(plan, signal)]).fill_null(False)


def _condition(plan: ColumnarPlan, done: Table, kind: str, rule: int) -> Column:
    return (done.type == kind) & holds(plan.expressions[rule], resolver(plan, done, kind))
