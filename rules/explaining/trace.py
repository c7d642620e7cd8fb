"""Every rule of a document as it came out for a lead: what counted, and of what did not, which comparison failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from domain.facts import ActivityFact, LeadFacts
from domain.leads.decision import Contribution, Decision, Dimension
from rules.activities.activity_window import ActivityWindow
from rules.conditions.conditions import Row, predicate
from rules.conditions.expressions import TypedClause
from rules.conditions.syntax import TRUE, Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Place
from rules.explaining.traced import Outcome, TracedActivity, TracedRule, TracedTest
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from rules.judging.observed_values import Seen, row_of
from rules.judging.stages import BY_ANSWER
from rules.judging.verdict import without_scores
from rules.scoring.scoring import SignalPlan


def trace(compiled_rules: CompiledRules, facts: LeadFacts, *, now: datetime) -> tuple[TracedRule, ...]:
    """Every rule of the document in its order, as a judgement of these facts at this moment finds it."""
    return tuple(_Tracer(compiled_rules, facts, now).rules())


class _Tracer:
    """Traces one judgement."""

    def __init__(self, compiled_rules: CompiledRules, facts: LeadFacts, now: datetime) -> None:
        self.compiled_rules, self.facts, self.document = compiled_rules, facts, compiled_rules.document
        self.decision: Decision = judge_plain(compiled_rules, facts, now=now)
        self.window = ActivityWindow(facts.activities, compiled_rules.needs.types, now=now.astimezone(UTC))
        self.row = row_of(compiled_rules, facts, self.window, self.decision)
        self.observed = Seen(compiled_rules, facts, self.window, self.row)
        self.clauses = compiled_rules.clauses
        self.entered = self._entered()

    def rules(self) -> Iterator[TracedRule]:
        """The rules in document order; signals without a condition end their section, tracks and routes the whole."""
        signals = {clause.clause.key: clause for clause in self.clauses if clause.clause.place is Place.SIGNAL}
        for typed in self.clauses:
            if typed.clause.place is Place.EXCLUSION and typed.clause.index == 0:
                yield from self._signals(signals)
            if typed.clause.place not in _APART:
                yield self._rule(typed)
        if not self.document.scoring.exclusions:
            yield from self._signals(signals)
        yield from self._unconditional()

    def _unconditional(self) -> Iterator[TracedRule]:
        """The nurture tracks and routes without a condition of their own."""
        for index, track in enumerate(self.document.nurturing.tracks):
            if track.when is None:
                path = f"nurturing.tracks[{track.key}]"
                yield TracedRule(Place.TRACK, track.key, index, path, self._track(track.key, holds=True))
        for index, route in enumerate(self.document.handover.routing):
            if route.when is None:
                yield TracedRule(Place.ROUTE, route.team, index, f"handover.routing[{index}]", self._route(index))

    def _rule(self, typed: TypedClause) -> TracedRule:
        clause, expression = typed.clause, self._asked(typed)
        holds = predicate(expression)(self.row)
        outcome, points = Outcome.NOT_MET, None
        if holds:
            outcome, points = _OUTCOMES[clause.place](self, typed)
        elif clause.place is Place.FIT_BAND:
            points = Decimal(0)
        if clause.place is Place.STAGE_ENTRY:
            outcome = self._entry(clause.key, holds=holds)
        elif clause.place is Place.TRACK:
            outcome = self._track(clause.key, holds=holds)
        tests = tuple(self.tests(expression, self.row))
        return TracedRule(clause.place, clause.key, clause.index, clause.path, outcome, points, tests)

    def _asked(self, typed: TypedClause) -> Expression:
        clause = typed.clause
        if clause.place is Place.TRIGGER and self.document.handover.triggers[clause.index].hand_raiser:
            return without_scores(typed.expression)
        return typed.expression

    def tests(self, expression: Expression, row: Row, *, needed: bool = True) -> Iterator[TracedTest]:
        """The comparisons of an expression as they come out for a row."""
        match expression:
            case Check():
                holds = predicate(expression)(row)
                yield TracedTest(expression, holds, needed, self.observed.value(expression.subject, row))
            case Not(part):
                yield from self.tests(part, row, needed=not needed)
            case Every(parts) | Some(parts):
                for part in parts:
                    yield from self.tests(part, row, needed=needed)

    def band(self, typed: TypedClause) -> tuple[Outcome, Decimal]:
        """A band of fit that holds."""
        for share in self.decision.contributions:
            if (share.dimension, share.rule, share.band) == (Dimension.FIT, typed.clause.key, typed.clause.index):
                return Outcome.COUNTED, share.points
        return Outcome.ANOTHER_FIRST, Decimal(0)

    def trigger(self, typed: TypedClause) -> tuple[Outcome, None]:
        """A trigger that holds."""
        counts = self.decision.verdict.trigger == typed.clause.key
        return Outcome.COUNTED if counts else Outcome.ANOTHER_FIRST, None

    def group(self, typed: TypedClause) -> tuple[Outcome, None]:
        """A persona or segment whose condition holds."""
        found = {Place.PERSONA: self.decision.persona, Place.SEGMENT: self.decision.segment}[typed.clause.place]
        return Outcome.COUNTED if found == typed.clause.key else Outcome.ANOTHER_FIRST, None

    def route(self, typed: TypedClause) -> tuple[Outcome, None]:
        """A route that holds, or a skill that it asks for."""
        return self._route(typed.clause.index), None

    def _route(self, index: int) -> Outcome:
        return Outcome.COUNTED if self.decision.route[:1] == (index,) else Outcome.ANOTHER_FIRST

    def _track(self, key: str, *, holds: bool) -> Outcome:
        """The result of a nurture track; leads also enter it by the reason of their return, whatever it says."""
        nurture, plan = self.decision.nurture, self.compiled_rules.nurture
        if nurture is not None and nurture.track == key:
            return Outcome.COUNTED
        if not holds or plan is None:
            return Outcome.NOT_MET
        if not any(track.fits(self.row, self.decision.persona) for track in plan.tracks if track.key == key):
            return Outcome.OTHER_LEADS
        return Outcome.NOT_NURTURED if nurture is None else Outcome.ANOTHER_FIRST

    def _entered(self) -> set[str]:
        """The stages that the lead went through, by its entry conditions."""
        entries = {t.clause.key: predicate(t.expression) for t in self.clauses if t.clause.place is Place.STAGE_ENTRY}
        stages, stage = self.compiled_rules.groups.start(self.decision.segment, self.facts)
        entered = set[str]()
        while stage != self.decision.stage:
            row = {**self.row, "stage": stage}
            stage = next(key for _, key in stages.onward[stage] if entries[key](row))
            entered.add(stage)
        return entered

    def _entry(self, key: str, *, holds: bool) -> Outcome:
        if key in self.entered:
            return Outcome.COUNTED
        if self.compiled_rules.stages.kinds[key] in BY_ANSWER:
            return Outcome.NOT_USED
        if not holds:
            return Outcome.NOT_MET
        return Outcome.HELD_BACK if self.facts.open_handover else Outcome.NO_WAY

    def _signals(self, clauses: dict[str, TypedClause]) -> Iterator[TracedRule]:
        for index, plan in enumerate(self.compiled_rules.interest.signals):
            clause = clauses.get(plan.key)
            path = f"scoring.interest.signals[{plan.key}]" + (".when" if clause else "")
            expression = clause.expression if clause else TRUE
            yield self._signal(plan, index, path, expression)

    def _signal(self, plan: SignalPlan, index: int, path: str, expression: Expression) -> TracedRule:
        by_activity = plan.activity_rule is not None
        tests = () if by_activity else tuple(self.tests(expression, self.row))
        done = self._activities(plan, expression if by_activity else TRUE)
        counted = [one for one in done if one.outcome is Outcome.COUNTED]
        if not by_activity and not predicate(expression)(self.row):
            outcome, done, counted = Outcome.NOT_MET, (), []
        elif counted:
            outcome = Outcome.COUNTED
        else:
            outcome = Outcome.NOTHING_COUNTS if done else Outcome.NO_ACTIVITY
        points = sum((one.points for one in counted), Decimal(0))
        return TracedRule(Place.SIGNAL, plan.key, index, path, outcome, points, tests, done)

    def _activities(self, plan: SignalPlan, expression: Expression) -> tuple[TracedActivity, ...]:
        shares = {s.activity: s for s in self.decision.contributions if s.rule == plan.key and s.activity is not None}
        rows, holds = self.compiled_rules.activity_rows(plan.activity), predicate(expression)
        ahead = [TracedActivity(a.id, Outcome.AHEAD) for a, _ in self.window.ahead.get(plan.activity, ())]
        found: list[TracedActivity] = []
        left = plan.max_count
        for activity, occurred in self.window.by_type.get(plan.activity, ()):
            row = rows.row(self.row, activity)
            outcome = self._one(plan, activity, occurred, shares, left=left, holds=holds(row))
            left -= outcome in (Outcome.COUNTED, Outcome.FADED)
            points = shares[activity.id].points if outcome is Outcome.COUNTED else Decimal(0)
            found.append(TracedActivity(activity.id, outcome, points, tuple(self.tests(expression, row))))
        return (*ahead, *found)

    def _one(
        self,
        plan: SignalPlan,
        activity: ActivityFact,
        occurred: datetime,
        shares: dict[str, Contribution],
        *,
        left: int,
        holds: bool,
    ) -> Outcome:
        if self.window.now - occurred >= plan.window:
            return Outcome.TOO_OLD
        if not holds:
            return Outcome.NOT_MET
        if left == 0:
            return Outcome.OFTEN_ENOUGH
        return Outcome.COUNTED if activity.id in shares else Outcome.FADED


_Came = Callable[[_Tracer, TypedClause], tuple[Outcome, Decimal | None]]


def _counts(_tracer: _Tracer, _typed: TypedClause) -> tuple[Outcome, None]:
    return Outcome.COUNTED, None


_APART = frozenset({Place.SIGNAL, Place.EFFORT})
"""The places whose rules are about single activities: signals are told by themselves, contacts by the effort."""
_OUTCOMES: dict[Place, _Came] = {
    Place.SCOPE: _counts,
    Place.PERSONA: _Tracer.group,
    Place.SEGMENT: _Tracer.group,
    Place.FIT_BAND: _Tracer.band,
    Place.EXCLUSION: _counts,
    Place.TRIGGER: _Tracer.trigger,
    Place.STAGE_ENTRY: _counts,
    Place.TRACK: _counts,
    Place.TRACK_LEAVE: _counts,
    Place.ROUTE: _Tracer.route,
    Place.ROUTE_SKILL: _Tracer.route,
    Place.CUSTOMER: _counts,
}
"""The effect of a rule that holds, by its place."""
