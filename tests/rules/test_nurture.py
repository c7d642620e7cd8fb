"""What a lead gets that is not ready: the track, the next content, when, and the question [S1.2, S4.2, S4.10]."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.facts import ActivityFact, GivenConsent, LastReturn, LeadFacts
from domain.party import Party
from rules.conditions.vocabulary import Place
from rules.explaining.trace import trace
from rules.explaining.traced import Outcome
from rules.judge import judge_plain
from tests.rules.nurturing import STEP, compiled_version, decided, nurtured, sent, track
from tests.rules.samples import NOW, document_data, when

ALL = {"tracks": {"all": track()}}


def test_contents_come_in_order_each_after_its_wait() -> None:
    """What was sent is told by activities; the next content waits from the one before."""
    rules = compiled_version(ALL)
    first = nurtured(rules)
    assert (first.track, first.step, first.content, first.channel) == ("all", 1, "guide", "email")
    assert first.due_at == NOW - timedelta(days=100)
    second = nurtured(rules, sent("guide", 3))
    assert (second.step, second.content, second.due_at) == (2, "case", NOW + timedelta(days=4))
    assert nurtured(rules, sent("guide", 9), sent("case", 1)).due_at == NOW + timedelta(days=13)
    done = nurtured(rules, sent("guide", 30), sent("case", 20), sent("visit", 1, "call"))
    assert (done.track, done.step, done.content, done.due_at) == ("all", None, None, None)


def test_only_what_marketing_sent_counts() -> None:
    """Not what sales sent, nor what the lead did, nor another content."""
    rules = compiled_version(ALL)
    mine = sent("guide", 1, party=Party.MARKETING)
    assert nurtured(rules, mine).step == 2
    for other in (replace(mine, party=Party.SALES), replace(mine, type="download"), replace(mine, content="other")):
        assert nurtured(rules, other).step == 1


def test_what_was_sent_is_forgotten_in_the_end() -> None:
    """Exactly when the section says; that moment ends the decision's validity."""
    rules = compiled_version(ALL | {"remembers": "P30D"})
    facts = LeadFacts(activities=[sent("guide", 29)])
    decision = judge_plain(rules, facts, now=NOW)
    assert decision.nurture is not None
    assert decision.nurture.step == 2
    assert decision.valid_until == NOW + timedelta(days=1)
    again = judge_plain(rules, facts, now=NOW + timedelta(days=1)).nurture
    assert again is not None
    assert again.step == 1


def test_an_earlier_content_that_is_forgotten_comes_again() -> None:
    """Though a later one was sent since; the decision is valid until then."""
    rules = compiled_version(ALL | {"remembers": "P30D"})
    facts = LeadFacts(activities=[sent("guide", 29), sent("case", 1)])
    decision = judge_plain(rules, facts, now=NOW)
    assert decision.nurture is not None
    assert (decision.nurture.step, decision.valid_until) == (3, NOW + timedelta(days=1))
    assert nurtured(rules, *facts.activities, at=NOW + timedelta(days=1)).step == 1


def test_the_first_track_that_fits_counts() -> None:
    """By persona, by stage or the buying stage it answers, and by a condition over scores."""
    people = {"boss": {"label": "B", "when": when("whole", "gte", 10)}}
    stages = document_data()["journey"]["stages"]
    journey = {
        "buyingStages": {"looking": {"label": "L"}},
        "stages": stages | {"engaged": {**stages["engaged"], "buyingStages": ["looking"]}},
    }
    tracks = {
        "boss": track(personas=["boss"]),
        "looking": track(buyingStages=["looking"]),
        "keen": track(when=when("interest.points", "gte", 5)),
        "lost": track(stages=["lost"]),
        "rest": track(),
    }
    rules = compiled_version({"tracks": tracks}, personas=people, journey=journey)
    assert nurtured(rules, fields={"whole": 10}).track == "boss"
    assert nurtured(rules, stage="engaged").track == "looking"
    assert nurtured(rules, ActivityFact("d", "download", NOW)).track == "keen"
    assert nurtured(rules, stage="lost").track == "lost"
    assert nurtured(rules).track == "rest"
    assert decided(rules, stage="customer") is None


def test_a_lead_leaves_a_track_when_its_condition_holds() -> None:
    """And gets what the next track that fits has for it."""
    tracks = {"first": track(leaveWhen=when("activities.webinar", "gte", 1)), "second": track()}
    rules = compiled_version({"tracks": tracks})
    assert nurtured(rules).track == "first"
    assert nurtured(rules, ActivityFact("w", "webinar", NOW)).track == "second"


def test_a_returned_lead_enters_where_its_reason_says() -> None:
    """At the step that is named, waiting from the return; another stage or reason goes the ordinary way."""
    again = track([{"content": "news", "channel": "email", "wait": "P30D"}, {"content": "offer", "channel": "email"}])
    section = {"tracks": {"all": track(), "again": again}, "returns": {"no-need": {"track": "again", "step": 1}}}
    rules = compiled_version(section)
    back = LastReturn(NOW - timedelta(days=5), None, news=False, reason="no-need")
    found = nurtured(rules, stage="recycled", last_return=back)
    assert (found.track, found.content, found.due_at) == ("again", "news", NOW + timedelta(days=25))
    assert nurtured(rules, stage="contact", last_return=back).track == "all"
    assert nurtured(rules, stage="recycled", last_return=replace(back, reason="budget")).track == "all"
    second = compiled_version(section | {"returns": {"no-need": {"track": "again", "step": 2}}})
    assert nurtured(second, stage="recycled", last_return=back).content == "offer"


def test_a_cap_lets_the_next_content_wait() -> None:
    """Contacts of both parties on all channels count; it is due when the oldest of them is out of the span."""
    rules = compiled_version(ALL | {"cap": {"contacts": 2, "within": "P7D"}})
    calls = [sent(None, 2, "call", party=Party.SALES), sent(None, 1, "call", party=Party.SALES)]
    assert nurtured(rules, *calls).due_at == NOW + timedelta(days=5)
    assert nurtured(rules, calls[0]).due_at == NOW - timedelta(days=100)
    guarded = compiled_version(ALL, contact={"caps": [{"contacts": 2, "within": "P7D"}]})
    assert nurtured(guarded, *calls).due_at == NOW + timedelta(days=5)
    account = compiled_version(ALL, contact={"caps": [{"contacts": 1, "within": "P7D", "per": "ACCOUNT"}]})
    assert nurtured(account, *calls).due_at == NOW - timedelta(days=100), "of the company's others nothing is known"


def test_contents_without_consent_are_passed_over() -> None:
    """The next one on a channel that the lead agreed to is sent; a withdrawal counts for any purpose."""
    rules = compiled_version(
        ALL, contact={"consents": {"news": {"label": "N", "party": "MARKETING", "channels": ["email"]}}}
    )
    found = nurtured(rules)
    assert (found.content, found.passed_over) == ("visit", ("guide", "case"))
    agreed = {("news", "email"): GivenConsent(True)}
    assert nurtured(rules, consents=agreed).content == "guide"
    decision = judge_plain(rules, LeadFacts(consents={("news", "email"): GivenConsent(True, NOW + STEP)}), now=NOW)
    assert decision.valid_until == NOW + STEP
    withdrawn = {**agreed, ("spam", "phone"): GivenConsent(False)}
    assert nurtured(rules, sent("guide", 2), sent("case", 1), consents=withdrawn).passed_over == ("visit",)


def test_one_question_at_a_time_asks_for_what_a_handover_misses() -> None:
    """In the order of the section; also where no track fits, and not once sales is asked."""
    questions = [{"field": "account.employees", "question": "How many?"}, {"field": "phone", "question": "Number?"}]
    rules = compiled_version({"questions": questions}, handover__required=["phone", "account.employees"])
    assert nurtured(rules).question == "account.employees"
    found = nurtured(rules, account={"employees": 3})
    assert (found.question, found.track, found.content) == ("phone", None, None)
    assert decided(rules, account={"employees": 3}, fields={"phone": "1"}) is None
    assert decided(rules, stage="lost") is None
    assert decided(rules, open_handover=True) is None


def test_who_is_handed_over_or_screened_out_gets_nothing() -> None:
    """Nurturing is for those who are not ready, and for nobody who is not wanted."""
    rules = compiled_version(ALL, scoring__exclusions={"no": {"reason": "x", "when": when("truth", "eq", True)}})
    assert decided(rules, fields={"truth": True}) is None
    assert decided(rules, open_handover=True) is None
    due = [ActivityFact(str(n), "download", NOW) for n in range(2)]
    assert decided(rules, *due) is None


def test_a_trace_tells_which_track_it_is_and_why_no_other() -> None:
    """The first that fits counts; others come later, are for other leads, or would take it if it were nurtured."""
    tracks = {
        "far": track(when=when("account.employees", "gte", 5000)),
        "lost": track(stages=["recycled"]),
        "gone": track(leaveWhen=when("account.employees", "gte", 1)),
        "big": track(when=when("account.employees", "gte", 50)),
        "all": track(),
    }
    rules = compiled_version({"tracks": tracks})

    def outcomes(**about: Any) -> dict[str, Outcome]:
        found = trace(rules, LeadFacts(account={"employees": 60}, **about), now=NOW)
        return {rule.key: rule.outcome for rule in found if rule.place is Place.TRACK}

    taken = {"far": Outcome.NOT_MET, "lost": Outcome.OTHER_LEADS, "gone": Outcome.OTHER_LEADS}
    assert outcomes() == taken | {"big": Outcome.COUNTED, "all": Outcome.ANOTHER_FIRST}
    assert outcomes(open_handover=True) == taken | {"big": Outcome.NOT_NURTURED, "all": Outcome.NOT_NURTURED}
