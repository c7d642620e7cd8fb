"""The cheapest ways in which a lead would become due, each tried by judging the lead that went it.

A way is told where judging says so: the facts with the least changed are due, or nothing stands against them but what
passes by itself (a cool-off, something new to happen, data that is awaited). Nothing is told where something stands
against the lead that no way changes: an exclusion, a closed stage, an open handover, the last round.

What a way costs: 1 for each field or consent to fill in and each activity to happen, 2 for each known value to change,
3 for time to pass, 4 for another stage, 5 for another buying centre. A request for contact is the lead's own to make,
so ways by hand-raisers stand last; otherwise the cheapest first, then the trigger of the highest priority.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from domain.facts import LeadFacts, is_blank
from domain.leads.decision import Block, Decision, Missing, MissingKind, Way
from rules.activities.activity_window import ActivityWindow
from rules.activities.measuring import Measured
from rules.conditions.syntax import checks_in
from rules.conditions.vocabulary import Origin
from rules.counterfactual.lacking import told
from rules.counterfactual.raising import Target, targets
from rules.counterfactual.reaching import Reach, scores_of
from rules.counterfactual.whatif import WhatIf, by_subject
from rules.judging.observed_values import row_of
from rules.satisfiability.terms import CHANGED, FILLED, Term, comes_out, effort, terms

if TYPE_CHECKING:
    from rules.judging.compiled_rules import CompiledRules
    from rules.judging.verdict import TriggerPlan

MOST_WAYS = 5
"""The number of ways told."""
_JUDGEMENTS, _LOOKS = 60, 30_000
"""The number of leads tried for one answer, and about how many activities are looked at for it."""
_COMPARISONS = 20_000
"""The number of comparisons of triggers looked at, those of the highest priority first."""
_CHOICES = 3
"""The number of values of a field tried on one way."""
PASSING = frozenset({Block.COOLING_OFF, Block.NOTHING_NEW, Block.DATA_AWAITED})
"""The reasons against a handover for a while only."""

Judge = Callable[..., Decision]
_MEASURED = frozenset({Origin.COUNT, Origin.AGGREGATE})


def find_ways(judge: Judge, compiled_rules: CompiledRules, facts: LeadFacts, at: datetime) -> tuple[Way, ...]:
    """The cheapest ways in which a lead would become due, at most MOST_WAYS; none where it is, or cannot be."""
    search = _Search(judge, compiled_rules, facts, at)
    verdict = search.decision.verdict
    nothing_lacks = verdict.trigger is not None and not verdict.missing
    if nothing_lacks or not _open(search.decision):
        return ()
    return search.cheapest()


def find_lacking(judge: Judge, compiled_rules: CompiledRules, facts: LeadFacts, at: datetime) -> tuple[Missing, ...]:
    """The gaps of a lead where no trigger holds and no way was found: what the easiest of them asks for, untried."""
    search = _Search(judge, compiled_rules, facts, at)
    return search.lacking() if _open(search.decision) else ()


def _open(decision: Decision) -> bool:
    """Return whether nothing stands against a handover but what passes."""
    return all(block.code in PASSING for block in decision.verdict.blocked_by)


_Order = tuple[bool, int, int]
"""By what ways stand: whether a hand-raiser ends them, what they cost, and the trigger's priority turned round."""


class _Spent(Exception):
    """So many leads were tried that no more are."""


class _Search:
    """Looks for the ways of one lead."""

    def __init__(self, judge: Judge, compiled_rules: CompiledRules, facts: LeadFacts, at: datetime) -> None:
        self._judge, self.compiled_rules, self.facts, self.at = judge, compiled_rules, facts, at
        self._left = max(8, min(_JUDGEMENTS, _LOOKS // (1 + len(facts.activities))))
        self._seen: dict[tuple[int, datetime], tuple[LeadFacts, tuple[Decision, dict[str, Any]]]] = {}
        self.decision, self.row = self._look(facts, at)
        self.required = compiled_rules.verdicts.lacking(self.row)
        shared = compiled_rules.words.shared
        fields = {name: shared[name] for name, _ in compiled_rules.verdicts.required if name in shared}
        self.whatif = WhatIf(compiled_rules, at, fields)
        self.groups = compiled_rules.groups.conditions
        self.reach = Reach(compiled_rules, self.whatif, lambda changed: self._look(changed, at))

    def _look(self, facts: LeadFacts, at: datetime) -> tuple[Decision, dict[str, Any]]:
        """Return what is judged of facts at a moment, and all that conditions compare; of the same facts once."""
        known = self._seen.get((id(facts), at))
        if known is not None:
            return known[1]
        if self._left == 0:
            raise _Spent
        self._left -= 1
        decision = self._judge(self.compiled_rules, facts, now=at)
        window = ActivityWindow(facts.activities, self.compiled_rules.needs.types, now=at.astimezone(UTC))
        found = decision, row_of(self.compiled_rules, facts, window, decision)
        self._seen[id(facts), at] = facts, found
        return found

    def cheapest(self) -> tuple[Way, ...]:
        """The ways that were found within so many tries, the cheapest first."""
        found: dict[frozenset[tuple[str, str]], tuple[_Order, Way]] = {}
        try:
            for plan, term in self._terms():
                for way in self._ways(plan, term):
                    order = plan.trigger.hand_raiser, way.cost, -plan.trigger.priority
                    asked = frozenset((one.path, str(one.detail)) for one in way.missing)
                    if asked not in found or order < found[asked][0]:
                        found[asked] = order, way
        except _Spent:
            pass
        least = [one for asked, one in found.items() if not any(other < asked for other in found)]
        return tuple(way for _, way in sorted(least, key=lambda one: one[0])[:MOST_WAYS])

    def lacking(self) -> tuple[Missing, ...]:
        """Return what is missing for the trigger that asks least."""
        for _, term in self._terms():
            return told(term, self.row, self.required, None, now=scores_of(self.decision), scores=True)
        plan = self.compiled_rules.verdicts.triggers[0]
        path = f"handover.triggers[{plan.trigger.key}].when"
        return (Missing(MissingKind.CONDITION, path, {"trigger": plan.trigger.key}),)

    def _terms(self) -> list[tuple[TriggerPlan, Term]]:
        """Return what would make a trigger hold, what asks least first; the triggers take turns."""
        each, left = [], _COMPARISONS
        for number, plan in enumerate(self.compiled_rules.verdicts.triggers):
            for turn, term in enumerate(terms(plan.expression, self.row, self.groups)):
                each.append((turn, plan.trigger.hand_raiser, effort(term, self.row), number, plan, term))
            left -= sum(1 for _ in checks_in(plan.expression))
            if left < 0:
                break
        each.sort(key=lambda one: one[:4])
        return [(plan, term) for *_, plan, term in each]

    def _ways(self, plan: TriggerPlan, term: Term) -> Iterator[Way]:
        """The way of a term: the first values that lead to a handover, with no more points than must be."""
        for choice in range(_CHOICES):
            start = self._changed(term, choice)
            if start is None:
                return
            facts, at = start
            decision, row = self._look(facts, at)
            if self._due(decision, facts, term, row):
                yield self._way(plan, term, facts, at, None)
                return
            scores = [literal for literal in term if literal[0].subject.origin is Origin.SCORE]
            if at != self.at or all(comes_out(literal, row) for literal in scores):
                continue
            for target in targets(
                scores, self.compiled_rules.fit, self.compiled_rules.interest, now=scores_of(decision)
            ):
                raised = self.reach.raised(facts, term, target, choice)
                if raised is not None:
                    decision, row = self._look(raised, at)
                    if self._due(decision, raised, term, row):
                        yield self._way(plan, term, raised, at, target)
                        return

    def _due(self, decision: Decision, facts: LeadFacts, term: Term, row: dict[str, Any]) -> bool:
        """Return whether a handover is due, and all that was asked came out."""
        verdict = decision.verdict
        holds = verdict.trigger is not None and not verdict.missing and _open(decision)
        return holds and self.compiled_rules.governs(facts) and all(comes_out(literal, row) for literal in term)

    def _way(self, plan: TriggerPlan, term: Term, facts: LeadFacts, at: datetime, target: Target | None) -> Way:
        missing = told(term, self.row, self.required, target, now=scores_of(self.decision))
        return Way(plan.trigger.key, self._cost(facts, at), missing, at, facts)

    def _cost(self, facts: LeadFacts, at: datetime) -> int:
        before = self.facts
        cost = len(facts.activities) - len(before.activities)
        for now, then in ((before.fields, facts.fields), (before.account, facts.account)):
            changed = [key for key in {*now, *then} if now.get(key) != then.get(key)]
            cost += sum(FILLED if is_blank(now.get(key)) else CHANGED for key in changed)
        cost += sum(before.consents.get(key) != said for key, said in facts.consents.items())
        cost += 4 * (before.stage != facts.stage) + 5 * (before.buying_centre != facts.buying_centre)
        return cost + 3 * (at != self.at)

    def _changed(self, term: Term, choice: int) -> tuple[LeadFacts, datetime] | None:
        """The facts with all but the scores as a term wants it, and when that is; None where that cannot be."""
        facts = self.whatif.filled(self.facts, term, choice=choice)
        facts = facts and self.whatif.agreed(facts)
        facts = facts and self._placed(facts, term)
        if facts is not None and any(check.subject.origin is Origin.BUYING_CENTRE for check, _ in term):
            facts = self.whatif.joined(facts, term)
        return None if facts is None else self._done(facts, term)

    def _placed(self, facts: LeadFacts, term: Term) -> LeadFacts | None:
        """The facts with the lead at a stage as a term wants it."""
        asked = [literal for literal in term if literal[0].subject.origin is Origin.STAGE]
        if all(comes_out(literal, self.row) for literal in asked):
            return facts
        stages = self.compiled_rules.stages
        open_ = (stage for stage in stages.kinds if stage not in stages.closed)
        found = (stage for stage in open_ if all(comes_out(literal, {"stage": stage}) for literal in asked))
        stage = next(found, None)
        return None if stage is None else replace(facts, stage=stage)

    def _done(self, facts: LeadFacts, term: Term) -> tuple[LeadFacts, datetime] | None:
        """The facts with activities as a term wants them, now, or at the first moment when time alone brings it."""
        asked = {subject.name: own for subject, own in by_subject(term, _MEASURED).items()}
        numbers = [measured for measured in self.compiled_rules.measured if measured.name in asked]
        added: LeadFacts | None = facts
        for measured in numbers:
            if added is not None and not self._comes(measured, asked[measured.name], added):
                added = self.whatif.more(added, measured, asked[measured.name])
        if added is not None and all(self._comes(one, asked[one.name], added) for one in numbers):
            return added, self.at
        moments = sorted({moment for one in numbers for moment in one.changes(facts.activities, now=self.at)})
        for moment in moments[: self.whatif.most(facts)]:
            lazy = replace(self.whatif, at=moment)
            if all(self._comes(one, asked[one.name], facts, lazy) for one in numbers):
                return facts, moment
        return None

    def _comes(self, measured: Measured, own: Term, facts: LeadFacts, at: WhatIf | None = None) -> bool:
        row = {measured.name: (at or self.whatif).number(measured, facts)}
        return all(comes_out(literal, row) for literal in own)
