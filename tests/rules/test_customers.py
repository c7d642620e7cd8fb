"""What shows in customers: signs, case studies and silences, judged with the lead and exact about time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.facts import ActivityFact, LeadFacts
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.domain.document_samples import document

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = {"party": "MARKETING", "person": "anna.berg"}
SOON = {"duration": "P2D"}
CALLS_AGAIN = {"field": "activities.call.count", "op": "gte", "value": 2, "within": "P30D"}
RULES: dict[str, Any] = {
    "caseStudies": {
        "large": {
            "label": "Large",
            "when": {"field": "account.employees", "op": "gte", "value": 500},
            "within": SOON,
            "owner": OURS,
        }
    },
    "signs": {"calls": {"label": "Calls", "when": CALLS_AGAIN, "callsFor": "OFFER", "within": SOON, "owner": OURS}},
    "reactivations": {"quiet": {"label": "Quiet", "silentFor": "P100D", "within": SOON, "owner": OURS}},
}
BOOK = CompiledRules.of(document(afterSales=RULES), version="1")
days = timedelta
LONG = days(400)


def customer(*ages: timedelta, stage: str = "won", since: timedelta = LONG, **account: Any) -> LeadFacts:
    """A customer for some time, with calls so long ago."""
    calls = [ActivityFact(f"c{n}", "call", NOW - age) for n, age in enumerate(ages)]
    return LeadFacts(stage=stage, stage_since=NOW - since, activities=calls, account=account)


@pytest.mark.parametrize("form", [judge, judge_plain])
def test_signs_case_studies_and_silences_show_in_customers(form: Any) -> None:
    """Each by its key, in both forms of the rules [S3.6]."""
    assert form(BOOK, customer(days(1), days(2)), now=NOW).signs == ("calls",)
    assert form(BOOK, customer(days(1), employees=700), now=NOW).signs == ("large",)
    assert form(BOOK, customer(days(101)), now=NOW).signs == ("quiet",)
    assert form(BOOK, customer(), now=NOW).signs == ("quiet",)


def test_nothing_shows_in_leads_that_are_not_customers() -> None:
    """The same facts about a lead on its way give no signs, and time does not change its decision for their sake."""
    lead = judge(BOOK, customer(days(1), days(2), stage="prospect", employees=700), now=NOW)
    assert lead.signs == ()
    assert lead.valid_until is None


def test_a_decision_is_valid_until_a_sign_ends() -> None:
    """Two calls within 30 days are a sign until the older one is 30 days ago."""
    decision = judge(BOOK, customer(days(1), days(20)), now=NOW)
    assert decision.valid_until == NOW - days(20) + days(30)
    assert judge(BOOK, customer(days(1), days(20)), now=decision.valid_until).signs == ()


def test_silence_is_counted_from_the_order_at_the_earliest() -> None:
    """A new customer is not quiet at once, though nothing happened before the order either [S3.6]."""
    fresh = customer(since=days(10))
    decision = judge(BOOK, fresh, now=NOW)
    assert decision.signs == ()
    assert decision.valid_until == NOW - days(10) + days(100)
    assert judge(BOOK, fresh, now=decision.valid_until).signs == ("quiet",)


def test_signs_change_the_digest() -> None:
    """A decision that says something else is another decision."""
    before, after = (judge(BOOK, customer(age), now=NOW) for age in (days(99), days(100)))
    assert before.signs != after.signs
    assert before.digest != after.digest
