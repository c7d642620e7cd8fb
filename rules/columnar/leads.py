"""Where the values that conditions speak of stand in the table of leads, and which rules hold there."""

from __future__ import annotations

from rules.columnar.plan import ColumnarPlan
from rules.columnar.relations import Column, Resolve, Table, choose, constant, holds, nothing
from rules.conditions.vocabulary import Origin, Subject

SCORES = {
    "fit.points": "fit_points",
    "fit.percent": "fit_percent",
    "fit.band": "fit_band",
    "interest.points": "interest_points",
    "interest.band": "interest_band",
    "grade": "grade",
}
"""The columns of what is known once scores are."""


def resolver(plan: ColumnarPlan, leads: Table) -> Resolve:
    """Return where the values of subjects stand."""
    known = {**plan.columns, **SCORES, "stage": "stage_now"}

    def resolve(subject: Subject) -> Column:
        derived = subject.origin in (Origin.SCORE, Origin.STAGE)
        return leads[known[subject.name] if derived else plan.columns[subject.name]]

    return resolve


def holds_for(plan: ColumnarPlan, leads: Table, rule: int) -> Column:
    """Return whether a rule holds for each lead."""
    return holds(plan.expressions[rule], resolver(plan, leads))


def with_groups(plan: ColumnarPlan, leads: Table) -> Table:
    """Leads with the persona and the segment of each, as far as conditions ask for them: the first that holds."""
    written, resolve = plan.compiled_rules.groups.conditions, resolver(plan, leads)
    found = {
        column: choose([(holds(one, resolve), constant(key)) for key, one in written[name]], nothing("string"))
        for name, column in plan.group_columns.items()
    }
    return leads.mutate(**found) if found else leads
