"""Reaching points: fields that fit better, activities that show more interest, each tried by judging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.facts import LeadFacts
from domain.leads.decision import Decision, Dimension
from rules.conditions.syntax import TRUE, Every, Expression, Not
from rules.conditions.vocabulary import Origin, Place
from rules.counterfactual.raising import Target
from rules.counterfactual.whatif import MOST_ACTIVITIES, WhatIf
from rules.satisfiability.terms import Term, comes_out, effort, terms
from rules.scoring.points import hundredths
from rules.scoring.scoring import SignalPlan

if TYPE_CHECKING:
    from rules.judging.compiled_rules import CompiledRules

Look = Callable[[LeadFacts], tuple[Decision, dict[str, Any]]]
"""A judgement of facts, with all that conditions compare."""
_ROUNDS = 8
"""The number of criteria and of signals raised on one way."""


def scores_of(decision: Decision) -> Target:
    """The hundredths of fit and interest of a decision."""
    return Target(hundredths(decision.fit.points), hundredths(decision.interest.points))


@dataclass(frozen=True)
class Reach:
    """Raises the scores of leads under a document."""

    compiled_rules: CompiledRules
    whatif: WhatIf
    look: Look

    def raised(self, facts: LeadFacts, term: Term, target: Target, choice: int) -> LeadFacts | None:
        """The facts with the scores of a target at least, and a term as it was; None where they are not reached."""
        fitting = self._fitting(facts, term, target.fit, choice)
        return None if fitting is None else self._interested(fitting, target.interest)

    def _fitting(self, facts: LeadFacts, term: Term, wanted: int, choice: int) -> LeadFacts | None:
        """The facts with fields that give so much fit, changed as little as may be."""
        for _ in range(_ROUNDS):
            decision, row = self.look(facts)
            more = wanted - scores_of(decision).fit
            if more <= 0:
                return facts
            options = self._options(decision, row, more)
            wholes = (tuple(dict.fromkeys((*term, *way))) for way in options)
            tried = ((self.whatif.filled(facts, whole, choice=choice), whole) for whole in wholes)
            filled, term = next((one for one in tried if one[0] is not None), (None, term))
            if filled is None:
                return None
            facts = filled
        return None

    def _options(self, decision: Decision, row: Mapping[str, Any], wanted: int) -> Iterator[Term]:
        """Return what makes bands hold that give more than their criteria give now: those that are enough by the least
        change, else those that are least short."""
        groups, fit = self.compiled_rules.groups.conditions, self.compiled_rules.fit.criteria
        shares = {s.rule: hundredths(s.points) for s in decision.contributions if s.dimension is Dimension.FIT}
        short: dict[int, list[tuple[int, Expression]]] = {}
        for criterion, bands in zip(self.compiled_rules.document.scoring.fit.criteria, fit, strict=True):
            has, before = shares.get(criterion.key, 0), list[Expression]()
            for index, (_, _, points) in enumerate(bands):
                condition = self.compiled_rules.conditions[Place.FIT_BAND, criterion.key, index]
                if points > has:
                    short.setdefault(max(0, wanted - points + has), []).append((points, Every((condition, *before))))
                before.append(Not(condition))
        for _, alike in sorted(short.items()):
            ways = [(effort(way, row), points, way) for points, asked in alike for way in terms(asked, row, groups)[:2]]
            yield from (way for *_, way in sorted(ways, key=lambda one: one[:2]))

    def _interested(self, facts: LeadFacts, wanted: int) -> LeadFacts | None:
        """The facts with activities that give so much interest."""
        signals = [signal for signal in self.compiled_rules.interest.signals if signal.worth[0][0] > 0]
        decision, row = self.look(facts)
        for _ in range(_ROUNDS):
            more = wanted - scores_of(decision).interest
            if more <= 0:
                return facts
            if not signals:
                return None
            signal = min(signals, key=lambda one: (-(-more // one.worth[0][0]), one.worth[0][0]))
            added = self._more_of(facts, signal, row, more)
            if added is None:
                signals.remove(signal)
                continue
            after, row = self.look(added)
            if scores_of(after).interest <= scores_of(decision).interest:
                signals.remove(signal)
            else:
                facts, decision = added, after
        return None

    def _more_of(self, facts: LeadFacts, signal: SignalPlan, row: Mapping[str, Any], more: int) -> LeadFacts | None:
        """The facts with as many activities of a signal as would be enough, or as count."""
        condition = self.compiled_rules.conditions.get((Place.SIGNAL, signal.key, 0), TRUE)
        most = signal.max_count if signal.max_count > 0 else MOST_ACTIVITIES
        times = min(-(-more // signal.worth[0][0]), most)
        for term in terms(condition, row, self.compiled_rules.groups.conditions):
            if all(comes_out(one, row) for one in term if one[0].subject.origin is not Origin.ACTIVITY):
                made = list(islice(self.whatif.activities(signal.activity, term), times))
                if made:
                    return self.whatif.done(facts, made)
        return None
