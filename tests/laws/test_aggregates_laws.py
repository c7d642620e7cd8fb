"""Laws of what is counted over activities: as a plain count says, however it is judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import LeadFacts
from domain.leads.decision import Dimension
from rules.activities.activity_window import ActivityWindow
from rules.conditions.syntax import checks_in
from rules.judge import judge
from tests.laws import test_judge_laws as laws
from tests.rules.counting import trigger
from tests.rules.leads import leads, measured, measuring_documents
from tests.rules.samples import NOW, compiled_version, typed
from tests.rules.strategies import SETTINGS
from tests.sizes import examples

LAWS = settings(SETTINGS, max_examples=examples(24))


@LAWS
@given(st.lists(measured(), min_size=1, max_size=4), leads())
def test_numbers_are_those_of_a_plain_count(conditions: list[dict[str, Any]], lead: LeadFacts) -> None:
    """The number a comparison sees passes it exactly when counting one by one does."""
    compiled_rules = compiled_version(**trigger({"all": conditions}))
    checks = list(checks_in(typed({"all": conditions})))
    for one in compiled_rules.measured:
        within = one.aggregate.within or timedelta.max
        observed = [
            a
            for a in lead.activities
            if a.type in one.kinds
            and a.occurred_at <= NOW + timedelta(minutes=5)
            and NOW - a.occurred_at < within
            and (not one.counts or one.counts[a.type](a))
        ]
        row: dict[str, Any] = {one.name: None}
        if one.aggregate.measure == "count":
            row = {one.name: len(observed)}
        elif one.aggregate.measure == "distinct":
            row = {one.name: len({one.told_apart[a.type](a) for a in observed} - {None})}
        elif observed:
            row = {one.name: max(0, min((NOW - a.occurred_at).days for a in observed))}
        value = one.of(ActivityWindow(lead.activities, compiled_rules.needs.types, now=NOW))
        for check in checks:
            if check.subject.name == one.name:
                passes = check.operator.plain(check.literal)
                wanted = row[one.name]
                assert (value is not None and passes(value)) == (wanted is not None and passes(wanted))


@LAWS
@given(measuring_documents(), st.lists(leads(), min_size=1, max_size=3))
def test_the_engine_and_the_plain_form_judge_alike(data: dict[str, Any], found: list[LeadFacts]) -> None:
    """The whole decision is the same, digest and end of validity included."""
    laws.test_the_engine_and_the_plain_form_judge_alike.hypothesis.inner_test(data, found)  # type: ignore[attr-defined]


@LAWS
@given(measuring_documents(), leads(), st.lists(st.integers(0, 120 * 86_400), min_size=1, max_size=6))
def test_a_decision_is_valid_exactly_until_its_end(data: dict[str, Any], lead: LeadFacts, lazy: list[int]) -> None:
    """Until its end time alone changes nothing, and at its end it does."""
    laws.test_a_decision_is_valid_exactly_until_its_end.hypothesis.inner_test(data, lead, lazy)  # type: ignore[attr-defined]


@LAWS
@given(measuring_documents(), leads())
def test_activities_beyond_what_is_needed_change_nothing(data: dict[str, Any], lead: LeadFacts) -> None:
    """Loading no more than the rulebook asks for gives the same decision."""
    laws.test_activities_beyond_what_is_needed_change_nothing.hypothesis.inner_test(data, lead)  # type: ignore[attr-defined]


@LAWS
@given(measuring_documents(), leads())
def test_contributions_are_a_ledger_with_the_cuts_of_groups(data: dict[str, Any], lead: LeadFacts) -> None:
    """The sum of the contributions is the score, to the last digit, and no group gives more than its maximum."""
    laws.test_contributions_are_a_ledger.hypothesis.inner_test(data, lead)  # type: ignore[attr-defined]
    compiled_rules = laws.compiled(data)
    groups = {signal.key: signal.group for signal in compiled_rules.document.scoring.interest.signals}
    shares = [s for s in judge(compiled_rules, lead, now=NOW).contributions if s.dimension is Dimension.INTEREST]
    for group in compiled_rules.document.scoring.interest.groups:
        own = [s.points for s in shares if groups.get(s.rule) == group.key or s.rule == f"group.{group.key}"]
        assert sum(own) <= group.maximum
