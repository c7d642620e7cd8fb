"""The columnar twin of `judge`: the decisions on all leads of a table as one expression, equal to the last digit.

The tables, with columns as `rules.columnar.plan` names them:

- leads: `lead`, `account`, `stage`, `open_handover`, `rounds`, `returned`, `news`, `cool_off_until`, `now`, fields and
  what is known of the buying centre;
- accounts: `account` and fields;
- activities: `lead`, `type`, `occurred`, `channel`, `campaign`, `content` and fields;
- worth: `age` and what is left of fading points then, in hundredths.

`now`, `occurred` and `cool_off_until` are microseconds since 1970. A lead may stand there at several moments.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.columnar.activities import with_measures
from rules.columnar.interest import BASE, interest_by_lead
from rules.columnar.leads import SCORES, holds_for, resolver, with_groups
from rules.columnar.plan import ColumnarPlan
from rules.columnar.reach import reach
from rules.columnar.relations import (
    Column,
    Table,
    band,
    bits,
    choose,
    constant,
    divided,
    every,
    holds,
    is_blank,
    least,
    nothing,
    some,
    total,
    whole,
)
from rules.columnar.stages import moved, started

RESULT = (*SCORES.values(), "stage_now", "trigger", "lacking", "blocked", "due")
"""The columns of a decision; beside them stand those that say which exclusions and routes hold, see `bits`."""
EXCLUSIONS, ROUTES, REACH = "excluded", "route", "reach"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The rule set that is judged."""

    leads: Table
    accounts: Table
    activities: Table
    worth: Table


def judged(plan: ColumnarPlan, recorded: Recorded, *, key: str = "lead", reaching: bool = False) -> Table:
    """The decision on every lead: the key, and the columns of RESULT. The key tells rows of the leads' table apart.

    With `reaching` also how far the interest threshold of the triggers can move, in REACH.
    """
    leads = recorded.leads
    if plan.account_columns:
        leads = leads.left_join(recorded.accounts, "account").drop("account_right")
    leads = with_measures(plan, with_groups(plan, leads), recorded.activities, key)
    done = interest_by_lead(plan, leads, recorded.activities, recorded.worth, key)
    leads = leads.left_join(done, key, rname="{name}_interest")
    leads = _graded(plan, _scored(plan, leads))
    leads = _verdict(plan, moved(plan, leads))
    beside = []
    if reaching:
        leads, beside = leads.mutate(**{REACH: reach(plan, leads)}), [REACH]
    return leads.select(
        key, *RESULT, *beside, *(name for name in leads.columns if name.startswith((EXCLUSIONS, ROUTES)))
    )


def _scored(plan: ColumnarPlan, leads: Table) -> Table:
    """Points of both dimensions, and exclusions."""
    fit = total(
        [
            choose([(holds_for(plan, leads, rule), whole(points)) for rule, _, points in bands], whole(0))
            for bands in plan.compiled_rules.fit.criteria
        ]
    )
    interest, maximum = _interest(plan, leads), plan.compiled_rules.interest.maximum
    excluded = bits(EXCLUSIONS, [holds_for(plan, leads, rule) for _, rule in plan.compiled_rules.exclusions])
    return leads.mutate(
        fit_points=fit,
        interest_points=interest if maximum is None else least(interest, whole(maximum)),
        **excluded,
    )


def _interest(plan: ColumnarPlan, leads: Table) -> Column:
    """The points of all signals, each group up to its maximum, before the maximum of all."""
    parts = [leads[BASE].fill_null(0)]
    grouped: dict[str | None, list[Column]] = {key: [] for key in plan.compiled_rules.interest.groups}
    for signal in plan.signals:
        if signal.apart:
            points, rule = leads[signal.name].fill_null(0), signal.plan.lead_rule
            share = points if rule is None else holds_for(plan, leads, rule).ifelse(points, whole(0))
            grouped.get(signal.plan.group, parts).append(share)
    for key, most in plan.compiled_rules.interest.groups.items():
        parts.append(least(total(grouped[key]), whole(most)))
    return total(parts)


def _graded(plan: ColumnarPlan, leads: Table) -> Table:
    """Percent, bands, grade, and where the judgement of the stage begins."""
    fit, maximum = leads.fit_points, plan.compiled_rules.fit.maximum
    leads = leads.mutate(fit_percent=_percent(fit, maximum))
    leads = leads.mutate(
        fit_band=band(leads.fit_percent, plan.compiled_rules.fit.bands),
        interest_band=band(leads.interest_points, plan.compiled_rules.interest.bands),
    )
    return started(plan, leads.mutate(grade=leads.fit_band.concat(leads.interest_band)))


def _percent(part: Column, maximum: int) -> Column:
    """The share in hundredths of a percent, rounded half to even, between 0 and 100 percent."""
    if maximum <= 0:
        return whole(0)
    share, twice = divided(part * 10_000, maximum), (part * 10_000) % whole(maximum) * 2
    up = (twice > maximum) | ((twice == maximum) & (share % 2 == 1))
    rounded = share + up.ifelse(whole(1), whole(0))
    return choose([(part <= 0, whole(0)), (part >= maximum, whole(10_000))], rounded)


def _verdict(plan: ColumnarPlan, leads: Table) -> Table:
    """The trigger, what stands against the handover, and whether it is due."""
    verdicts = plan.compiled_rules.verdicts
    triggers = [(holds_for(plan, leads, p.rule), constant(p.trigger.key)) for p in verdicts.triggers]
    resolve = {subject: leads[plan.columns[subject]] for subject, _ in verdicts.required}
    lacking = some([is_blank(column) for column in resolve.values()])
    routes = [constant(True) if r is None else holds_for(plan, leads, r) for _, r in plan.compiled_rules.routes]
    leads = leads.mutate(
        trigger=choose(triggers, nothing("string")),
        lacking=lacking,
        blocked=_blocked(plan, leads),
        **bits(ROUTES, routes),
    )
    return leads.mutate(due=leads.trigger.notnull() & ~leads.lacking & ~leads.blocked)


def _blocked(plan: ColumnarPlan, leads: Table) -> Column:
    closed, scope = sorted(plan.compiled_rules.stages.closed), plan.compiled_rules.scope
    cooling = (leads.cool_off_until > leads.now).fill_null(False)
    return some(
        [
            constant(False) if scope is None else ~holds(scope, resolver(plan, leads)),
            *(leads[name] > 0 for name in leads.columns if name.startswith(EXCLUSIONS)),
            leads.stage_now.isin(closed) if closed else constant(False),
            leads.open_handover,
            leads.rounds >= plan.compiled_rules.verdicts.max_rounds,
            every([leads.returned, cooling | ~leads.news]),
        ]
    )
