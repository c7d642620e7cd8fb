"""What shows in customers: signs, case studies and silences, judged with the lead and exact about time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.judge import judge
from tests.rules.test_customers import BOOK, NOW, customer, days


@given(
    st.lists(st.integers(0, 3 * 3600 * 24 * 60), max_size=6),
    st.integers(0, 200),
    st.integers(0, 3600 * 24 * 200),
)
def test_signs_stay_the_same_until_the_decision_expires(ages: list[int], since: int, lazy: int) -> None:
    """At any moment before validUntil the signs are those of the decision."""
    facts = customer(*(timedelta(seconds=age) for age in ages), since=days(since))
    decision = judge(BOOK, facts, now=NOW)
    moment = NOW + timedelta(seconds=lazy)
    if decision.valid_until is None or moment < decision.valid_until:
        assert judge(BOOK, facts, now=moment).signs == decision.signs
