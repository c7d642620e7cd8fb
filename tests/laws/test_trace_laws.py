"""Every rule as it came out, and which comparison failed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given

from domain.facts import LeadFacts
from domain.leads.decision import Dimension
from rules.conditions.expressions import typed_clauses
from rules.conditions.syntax import Check, Every, Expression, Not, Some
from rules.conditions.vocabulary import Place
from rules.explaining.trace import trace
from rules.explaining.trace_words import TraceWords
from rules.explaining.traced import Outcome
from rules.judge import judge_plain
from rules.judging.stages import enterable
from tests.laws.test_judge_laws import compiled
from tests.rules.leads import leads, measuring_documents
from tests.rules.samples import NOW
from tests.rules.strategies import SETTINGS


def has_empty_joint(expression: Expression) -> bool:
    """Whether `all` or `any` of nothing stands in it, which no comparison explains."""
    match expression:
        case Check():
            return False
        case Not(part):
            return has_empty_joint(part)
        case Every(parts) | Some(parts):
            return not parts or any(map(has_empty_joint, parts))


@SETTINGS
@given(measuring_documents(), leads())
def test_a_trace_tells_what_the_judgement_found(data: dict[str, Any], lead: LeadFacts) -> None:
    """Points, exclusions, trigger, routes and stage are those of the decision; each failure has its comparison."""
    compiled_rules = compiled(data)
    decision, rules = judge_plain(compiled_rules, lead, now=NOW), trace(compiled_rules, lead, now=NOW)
    counted = {(rule.place, rule.key, rule.index): rule for rule in rules if rule.counted}
    for dimension, place in ((Dimension.FIT, Place.FIT_BAND), (Dimension.INTEREST, Place.SIGNAL)):
        shares = [c for c in decision.contributions if c.dimension is dimension and (c.activity or c.band is not None)]
        own = [rule.points for rule in rules if rule.place is place and rule.points]
        assert sum(own, Decimal(0)) == sum((share.points for share in shares), Decimal(0))
    assert [r.key for r in rules if r.place is Place.EXCLUSION and r.counted] == list(decision.exclusions)
    assert [r.key for r in rules if r.place is Place.TRIGGER and r.counted] == list(
        filter(None, [decision.verdict.trigger])
    )
    routes = {r.index: r.outcome for r in rules if r.place is Place.ROUTE}
    assert [index for index, came in sorted(routes.items()) if came is Outcome.COUNTED] == list(decision.route[:1])
    assert {index for index, came in routes.items() if came is not Outcome.NOT_MET} == set(decision.route)
    if decision.stage != compiled_rules.stages.start(lead.stage):
        assert any(key == decision.stage for place, key, _ in counted if place is Place.STAGE_ENTRY)
    words = TraceWords(compiled_rules.document, "de")
    asked = {typed.clause.path: typed.expression for typed in typed_clauses(compiled_rules.document)[0]}
    for rule in rules:
        assert words.rule(rule).label
        if rule.outcome is Outcome.NOT_MET and rule.tests and not has_empty_joint(asked[rule.path]):
            assert any(test.failed for test in rule.tests)


@SETTINGS
@given(measuring_documents(), leads())
def test_every_rule_of_the_document_is_traced_once(data: dict[str, Any], lead: LeadFacts) -> None:
    """Whether it counted or not."""
    compiled_rules = compiled(data)
    used = compiled_rules.document
    rules = trace(compiled_rules, lead, now=NOW)
    places = [(rule.place, rule.key, rule.index) for rule in rules]
    assert len(places) == len(set(places))
    assert sum(p is Place.SIGNAL for p, _, _ in places) == len(used.scoring.interest.signals)
    assert sum(p is Place.ROUTE for p, _, _ in places) == len(used.handover.routing)
    assert sum(p is Place.TRACK for p, _, _ in places) == len(used.nurturing.tracks)
    assert sum(p is Place.STAGE_ENTRY for p, _, _ in places) >= sum(map(enterable, used.journey.stages))
