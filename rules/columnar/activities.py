"""Activities beside their leads, and the numbers that conditions ask about them."""

from __future__ import annotations

from domain.facts import FUTURE_TOLERANCE
from rules.columnar.plan import DAY, ColumnarPlan, Measure, span
from rules.columnar.relations import Column, Resolve, Table, choose, constant, divided, every, holds, nothing, whole
from rules.conditions.aggregates import Measure as Kind
from rules.conditions.vocabulary import Origin, Subject


def asked_for(plan: ColumnarPlan, activities: Table) -> Table:
    """The activities of the types that a version looks at, each with its channel."""
    activities = activities.filter(activities.type.isin(sorted(plan.compiled_rules.needs.types)))
    channels = [(activities.type == kind, constant(name)) for kind, name in plan.channels.items() if name is not None]
    return activities.mutate(channel=activities.channel.fill_null(choose(channels, nothing("string"))))


def seen(since: Column) -> Column:
    """Return whether what happened so long ago is no more ahead than a sender's clock may be."""
    return since >= whole(-span(FUTURE_TOLERANCE))


def observed(plan: ColumnarPlan, leads: Table, activities: Table, key: str, beside: tuple[str, ...] = ()) -> Table:
    """The activities that may count, each with the time since, its age in full days, and columns of its lead."""
    wanted = leads.select(*dict.fromkeys(("lead", key, "now", *beside)))
    done = activities.inner_join(wanted, "lead")
    done = done.mutate(since=done.now - done.occurred)
    done = done.filter(seen(done.since))
    if plan.look_back is not None:
        done = done.filter(done.since < whole(plan.look_back))
    return done.mutate(age=divided((done.since > 0).ifelse(done.since, whole(0)), DAY))


def resolver(plan: ColumnarPlan, done: Table, kind: str) -> Resolve:
    """Return where conditions over activities of a type find their subjects."""
    own = {matched.subject.name: matched.column for matched in plan.activity_columns.get(kind, ())}

    def resolve(subject: Subject) -> Column:
        if subject.origin is not Origin.ACTIVITY:
            return done[plan.columns[subject.name]]
        return done[own.get(subject.name, subject.key)]

    return resolve


def with_measures(plan: ColumnarPlan, leads: Table, activities: Table, key: str) -> Table:
    """Leads with the numbers over their activities."""
    if not plan.measures:
        return leads
    done = observed(plan, leads, asked_for(plan, activities), key)
    done = done.mutate(**{measure.column: _measured(plan, done, measure) for measure in plan.measures})
    found = done.group_by(key).aggregate(**{m.column: _gathered(done[m.column], m) for m in plan.measures})
    leads = leads.left_join(found, key, rname="{name}_measured")
    counts = [m.column for m in plan.measures if m.aggregate.measure is not Kind.LAST_DAYS]
    return leads.mutate(**{column: leads[column].fill_null(0) for column in counts})


def _measured(plan: ColumnarPlan, done: Table, measure: Measure) -> Column:
    """Return what an activity brings to a number: one, its age or its attribute; missing where it does not count."""
    aggregate, kind = measure.aggregate, measure.kinds[0]
    asked = [done.type.isin(measure.kinds)]
    if aggregate.within is not None:
        asked.append(done.since < whole(span(aggregate.within)))
    if aggregate.where is not None:
        asked.append(holds(aggregate.where, resolver(plan, done, kind)))
    if aggregate.measure is Kind.DISTINCT:
        own = {matched.subject.key: matched.column for matched in plan.activity_columns.get(kind, ())}
        value = done[own.get(aggregate.attribute or "", aggregate.attribute)]
    else:
        value = done.age if aggregate.measure is Kind.LAST_DAYS else whole(1)
    return every(asked).ifelse(value, value.nullif(value))


def _gathered(values: Column, measure: Measure) -> Column:
    if measure.aggregate.measure is Kind.DISTINCT:
        return values.nunique().cast("int64")
    return values.min() if measure.aggregate.measure is Kind.LAST_DAYS else values.count().cast("int64")
