"""Laws that every judgement keeps [X.4], [S2.2]."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.document.reading.reading import read_document
from domain.facts import LeadFacts
from domain.leads.decision import Decision, Dimension
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.rules.leads import documents, grouped_documents, leads, measuring_documents
from tests.rules.samples import NOW
from tests.rules.strategies import SETTINGS

STEP = timedelta(microseconds=1)


def compiled(data: dict[str, Any]) -> CompiledRules:
    """The rulebook of a document as JSON."""
    loaded = read_document(data)
    assert loaded.document is not None, loaded.findings
    return CompiledRules.of(loaded.document, version="law")


@SETTINGS
@given(documents() | grouped_documents(), st.lists(leads(), min_size=1, max_size=4))
def test_the_engine_and_the_plain_form_judge_alike(data: dict[str, Any], found: list[LeadFacts]) -> None:
    """The whole decision is the same, digest and end of validity included."""
    compiled_version = compiled(data)
    for facts in found:
        assert judge(compiled_version, facts, now=NOW) == judge_plain(compiled_version, facts, now=NOW)
    compiled_version.close()


@SETTINGS
@given(documents(), leads())
def test_contributions_are_a_ledger(data: dict[str, Any], facts: LeadFacts) -> None:
    """The sum of the contributions is the score, to the last digit."""
    decision = judge_plain(compiled(data), facts, now=NOW)
    for dimension, score in ((Dimension.FIT, decision.fit), (Dimension.INTEREST, decision.interest)):
        shares = [share.points for share in decision.contributions if share.dimension is dimension]
        assert sum(shares, Decimal(0)) == score.points
        assert all(share == share.quantize(Decimal("0.01")) for share in shares)


@SETTINGS
@given(documents(), leads(), st.randoms(use_true_random=False))
def test_the_order_of_activities_does_not_matter(data: dict[str, Any], facts: LeadFacts, chance: random.Random) -> None:
    """Activities arrive late and out of order; the decision is by when they happened."""
    shuffled = list(facts.activities)
    chance.shuffle(shuffled)
    compiled_version = compiled(data)
    assert judge_plain(compiled_version, facts, now=NOW) == judge_plain(
        compiled_version, replace(facts, activities=shuffled), now=NOW
    )


@SETTINGS
@given(
    documents() | grouped_documents() | measuring_documents(),
    leads(),
    st.lists(st.integers(0, 120 * 86_400), min_size=1, max_size=6),
)
def test_a_decision_is_valid_exactly_until_its_end(data: dict[str, Any], facts: LeadFacts, lazy: list[int]) -> None:
    """Until its end time alone changes nothing, and at its end it does."""
    compiled_version = compiled(data)
    decision = judge_plain(compiled_version, facts, now=NOW)
    moments = [NOW + timedelta(seconds=seconds) for seconds in lazy]
    if decision.valid_until is None:
        assert {judge_plain(compiled_version, facts, now=moment).digest for moment in moments} == {decision.digest}
        return
    assert decision.valid_until > NOW
    before = [decision.valid_until - STEP, *(moment for moment in moments if moment < decision.valid_until)]
    assert {judge_plain(compiled_version, facts, now=moment).digest for moment in before} == {decision.digest}
    at_its_end = judge_plain(compiled_version, facts, now=decision.valid_until)
    assert at_its_end.digest != decision.digest or _swapped(facts, decision)


@SETTINGS
@given(
    documents() | grouped_documents() | measuring_documents(),
    leads(),
    st.lists(st.integers(0, 120 * 86_400), min_size=1, max_size=6),
)
def test_until_its_next_crossing_points_alone_change(data: dict[str, Any], facts: LeadFacts, lazy: list[int]) -> None:
    """At every moment before the next crossing a fresh decision means the same, however often points have faded."""
    compiled_version = compiled(data)
    decision = judge_plain(compiled_version, facts, now=NOW)
    crossing = decision.next_crossing
    moments = [NOW + timedelta(seconds=seconds) for seconds in lazy] + ([crossing - STEP] if crossing else [])
    after = decision
    for _ in range(8):
        if after.valid_until is None:
            break
        moments.append(after.valid_until)
        after = judge_plain(compiled_version, facts, now=after.valid_until)
    before = [moment for moment in moments if crossing is None or moment < crossing]
    assert {judge_plain(compiled_version, facts, now=moment).meaning for moment in before} <= {decision.meaning}
    if crossing is not None:
        assert decision.valid_until is not None
        assert NOW < decision.valid_until <= crossing
        ahead = judge_plain(compiled_version, facts, now=crossing).next_crossing
        assert ahead is None or ahead > crossing


def _swapped(facts: LeadFacts, decision: Decision) -> bool:
    """Whether one activity began to count in the very moment in which another ceased to."""
    moments = [activity.occurred_at for activity in facts.activities]
    return decision.valid_until is not None and len(moments) > len(set(moments))


@SETTINGS
@given(documents(), leads())
def test_judging_the_lead_at_the_stage_it_moved_to_changes_no_more(data: dict[str, Any], facts: LeadFacts) -> None:
    """A stage is entered once, and the verdict is that of the stage it ends in."""
    compiled_version = compiled(data)
    decision = judge_plain(compiled_version, facts, now=NOW)
    again = judge_plain(compiled_version, replace(facts, stage=decision.stage), now=NOW)
    verdict, same = (one.verdict._replace(missing=(), ways=()) for one in (decision, again))
    assert (again.stage, same, again.route) == (decision.stage, verdict, decision.route)


@SETTINGS
@given(documents(), leads())
def test_activities_beyond_what_is_needed_change_nothing(data: dict[str, Any], facts: LeadFacts) -> None:
    """Loading no more than the rulebook asks for gives the same decision."""
    compiled_version = compiled(data)
    needed = []
    for activity in facts.activities:
        need = compiled_version.needs.by_type.get(activity.type)
        if need is not None and (need.look_back is None or NOW - activity.occurred_at < need.look_back):
            bare = replace(activity, channel=None, campaign=None, content=None, fields={})
            needed.append(activity if need.attributes else bare)
    assert judge_plain(compiled_version, replace(facts, activities=needed), now=NOW) == judge_plain(
        compiled_version, facts, now=NOW
    )


@SETTINGS
@given(documents(), leads())
def test_time_zones_do_not_matter(data: dict[str, Any], facts: LeadFacts) -> None:
    """The same instants written in another zone, over a change of clocks, give the same decision."""
    compiled_version, zone = compiled(data), ZoneInfo("Europe/Berlin")
    summer = datetime(2026, 3, 29, 12, tzinfo=UTC)
    shift = summer - NOW
    moved = [replace(a, occurred_at=a.occurred_at + shift) for a in facts.activities]
    local = [replace(a, occurred_at=a.occurred_at.astimezone(zone)) for a in moved]
    one = judge_plain(compiled_version, replace(facts, activities=moved), now=summer)
    other = judge_plain(compiled_version, replace(facts, activities=local), now=summer.astimezone(zone))
    assert (one.digest, one.valid_until) == (other.digest, other.valid_until)
