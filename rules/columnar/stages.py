"""The stages of leads: the journey each is on by its segment, where it begins there, and where it moves by itself."""

from __future__ import annotations

from rules.columnar.leads import holds_for, resolver
from rules.columnar.plan import ColumnarPlan
from rules.columnar.relations import Column, Table, choose, constant, holds, whole

_DOCUMENTS = 0
"""The number of the document's own journey."""


def started(plan: ColumnarPlan, leads: Table) -> Table:
    """Beside each lead the number of its journey, and the stage at which its judgement begins there."""
    stages = plan.compiled_rules.stages
    known = leads.stage.isin(sorted(stages.kinds)).fill_null(False)
    leads = leads.mutate(stage_now=known.ifelse(leads.stage, constant(stages.first)), journey=_journey(plan, leads))
    apart, alike = [], []
    for number, own in enumerate(plan.journeys[1:], start=1):
        for stage, kind in stages.kinds.items():
            here = (leads.journey == number) & (leads.stage_now == stage)
            counts_as = own.like(stage, kind)
            if counts_as is None:
                apart.append((here, whole(_DOCUMENTS)))
            elif counts_as != stage:
                alike.append((here, constant(counts_as)))
    return leads.mutate(stage_now=choose(alike, leads.stage_now), journey=choose(apart, leads.journey))


def _journey(plan: ColumnarPlan, leads: Table) -> Column:
    """The number of the journey of a lead's segment, the first whose condition holds."""
    if len(plan.journeys) == 1:
        return whole(_DOCUMENTS)
    groups = plan.compiled_rules.groups
    numbers = {key: number for number, key in enumerate(groups.own, start=1)}
    branches = [(leads.open_handover, whole(_DOCUMENTS))]
    for key, condition in groups.conditions["segment"]:
        branches.append((holds(condition, resolver(plan, leads)), whole(numbers.get(key, _DOCUMENTS))))
    return choose(branches, whole(_DOCUMENTS))


def moved(plan: ColumnarPlan, leads: Table) -> Table:
    """The stage each lead moves on to, one allowed transition in each step, until none is left."""
    for here in plan.steps:
        branches = []
        for number, stage in here:
            standing = (leads.journey == number) & (leads.stage_now == stage) & ~leads.open_handover
            for rule, following in plan.journeys[number].onward[stage]:
                branches.append((standing & holds_for(plan, leads, rule), constant(following)))
        leads = leads.mutate(stage_now=choose(branches, leads.stage_now))
    return leads
