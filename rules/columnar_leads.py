"""Where the values that conditions speak of stand in the table of leads, and which rules hold there."""

from __future__ import annotations

from rules.columnar import Column, Resolve, Table, holds
from rules.columnar_plan import ColumnarPlan
from rules.vocabulary import Origin, Subject

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
    """Where the values of subjects stand."""
    known = {**plan.columns, **SCORES, "stage": "stage_now"}

    def resolve(subject: Subject) -> Column:
        derived = subject.origin in (Origin.SCORE, Origin.STAGE)
        return leads[known[subject.name] if derived else plan.columns[subject.name]]

    return resolve


def holds_for(plan: ColumnarPlan, leads: Table, rule: int) -> Column:
    """Whether a rule holds for each lead."""
    return holds(plan.expressions[rule], resolver(plan, leads))
