"""What a lead gets that is not ready: the track, the next content, when, and the question [S1.2, S4.2, S4.10]."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.decision import Nurture
from domain.document.reading import read_document
from domain.facts import ActivityFact, GivenConsent, LastReturn, LeadFacts
from domain.party import Party
from rules.judge import judge, judge_plain
from rules.rulebook import Rulebook
from tests.rules.leads import documents, fields
from tests.rules.samples import ACTIVITY_TYPES, NOW, document_data, when
from tests.rules.strategies import SETTINGS

STEP = timedelta(microseconds=1)
MAIL = ACTIVITY_TYPES | {
    "mail": {"label": "Mail", "direction": "OUTBOUND", "channel": "email"},
    "call": {"label": "Call", "direction": "OUTBOUND", "channel": "phone"},
}
WELCOME = [
    {"content": "guide", "channel": "email"},
    {"content": "case", "channel": "email", "wait": "P7D"},
    {"content": "visit", "channel": "phone", "wait": "P14D"},
]


def track(steps: list[dict[str, Any]] = WELCOME, **more: Any) -> dict[str, Any]:
    """A nurture track."""
    return {"label": "T", "steps": steps} | more


def book(nurturing: dict[str, Any], **changes: Any) -> Rulebook:
    """A compiled document with a nurturing section."""
    data = document_data(activityTypes=MAIL, nurturing=nurturing, **changes)
    loaded = read_document(data)
    assert loaded.document is not None, loaded.findings
    return Rulebook.of(loaded.document, version="nurture")


def sent(content: str | None, days: float, kind: str = "mail", **about: Any) -> ActivityFact:
    """Something sent so many days ago."""
    return ActivityFact(f"{content}-{days}", kind, NOW - timedelta(days=days), content=content, **about)


def decided(rules: Rulebook, *done: ActivityFact, at: datetime = NOW, **about: Any) -> Nurture | None:
    """What a lead gets that came a hundred days ago and did or got this."""
    facts = LeadFacts(activities=done, **{"created_at": NOW - timedelta(days=100)} | about)
    return judge_plain(rules, facts, now=at).nurture


def nurtured(rules: Rulebook, *done: ActivityFact, **about: Any) -> Nurture:
    """The same where it is something."""
    found = decided(rules, *done, **about)
    assert found is not None
    return found


ALL = {"tracks": {"all": track()}}


def test_contents_come_in_order_each_after_its_wait() -> None:
    """What was sent is told by activities; the next content waits from the one before."""
    rules = book(ALL)
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
    rules = book(ALL)
    mine = sent("guide", 1, party=Party.MARKETING)
    assert nurtured(rules, mine).step == 2
    for other in (replace(mine, party=Party.SALES), replace(mine, type="download"), replace(mine, content="other")):
        assert nurtured(rules, other).step == 1


def test_what_was_sent_is_forgotten_in_the_end() -> None:
    """Exactly when the section says; that moment ends the decision's validity."""
    rules = book(ALL | {"remembers": "P30D"})
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
    rules = book(ALL | {"remembers": "P30D"})
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
    rules = book({"tracks": tracks}, personas=people, journey=journey)
    assert nurtured(rules, fields={"whole": 10}).track == "boss"
    assert nurtured(rules, stage="engaged").track == "looking"
    assert nurtured(rules, ActivityFact("d", "download", NOW)).track == "keen"
    assert nurtured(rules, stage="lost").track == "lost"
    assert nurtured(rules).track == "rest"
    assert decided(rules, stage="customer") is None


def test_a_lead_leaves_a_track_when_its_condition_holds() -> None:
    """And gets what the next track that fits has for it."""
    tracks = {"first": track(leaveWhen=when("activities.webinar", "gte", 1)), "second": track()}
    rules = book({"tracks": tracks})
    assert nurtured(rules).track == "first"
    assert nurtured(rules, ActivityFact("w", "webinar", NOW)).track == "second"


def test_a_returned_lead_enters_where_its_reason_says() -> None:
    """At the step that is named, waiting from the return; another stage or reason goes the ordinary way."""
    again = track([{"content": "news", "channel": "email", "wait": "P30D"}, {"content": "offer", "channel": "email"}])
    section = {"tracks": {"all": track(), "again": again}, "returns": {"no-need": {"track": "again", "step": 1}}}
    rules = book(section)
    back = LastReturn(NOW - timedelta(days=5), None, news=False, reason="no-need")
    found = nurtured(rules, stage="recycled", last_return=back)
    assert (found.track, found.content, found.due_at) == ("again", "news", NOW + timedelta(days=25))
    assert nurtured(rules, stage="contact", last_return=back).track == "all"
    assert nurtured(rules, stage="recycled", last_return=replace(back, reason="budget")).track == "all"
    second = book(section | {"returns": {"no-need": {"track": "again", "step": 2}}})
    assert nurtured(second, stage="recycled", last_return=back).content == "offer"


def test_a_cap_lets_the_next_content_wait() -> None:
    """Contacts of both parties on all channels count; it is due when the oldest of them is out of the span."""
    rules = book(ALL | {"cap": {"contacts": 2, "within": "P7D"}})
    calls = [sent(None, 2, "call", party=Party.SALES), sent(None, 1, "call", party=Party.SALES)]
    assert nurtured(rules, *calls).due_at == NOW + timedelta(days=5)
    assert nurtured(rules, calls[0]).due_at == NOW - timedelta(days=100)
    guarded = book(ALL, contact={"caps": [{"contacts": 2, "within": "P7D"}]})
    assert nurtured(guarded, *calls).due_at == NOW + timedelta(days=5)
    account = book(ALL, contact={"caps": [{"contacts": 1, "within": "P7D", "per": "ACCOUNT"}]})
    assert nurtured(account, *calls).due_at == NOW - timedelta(days=100), "of the company's others nothing is known"


def test_contents_without_consent_are_passed_over() -> None:
    """The next one on a channel that the lead agreed to is sent; a withdrawal counts for any purpose."""
    rules = book(ALL, contact={"consents": {"news": {"label": "N", "party": "MARKETING", "channels": ["email"]}}})
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
    rules = book({"questions": questions}, handover__required=["phone", "account.employees"])
    assert nurtured(rules).question == "account.employees"
    found = nurtured(rules, account={"employees": 3})
    assert (found.question, found.track, found.content) == ("phone", None, None)
    assert decided(rules, account={"employees": 3}, fields={"phone": "1"}) is None
    assert decided(rules, stage="lost") is None
    assert decided(rules, open_handover=True) is None


def test_who_is_handed_over_or_screened_out_gets_nothing() -> None:
    """Nurturing is for those who are not ready, and for nobody who is not wanted."""
    rules = book(ALL, scoring__exclusions={"no": {"reason": "x", "when": when("truth", "eq", True)}})
    assert decided(rules, fields={"truth": True}) is None
    assert decided(rules, open_handover=True) is None
    due = [ActivityFact(str(n), "download", NOW) for n in range(2)]
    assert decided(rules, *due) is None


_spans = st.sampled_from(["P1D", "P3D", "PT36H", "P10D"])
_steps = st.lists(
    st.fixed_dictionaries(
        {"content": st.sampled_from("abcd"), "channel": st.sampled_from(["email", "phone"])}, optional={"wait": _spans}
    ),
    min_size=1,
    max_size=4,
)
_late = st.builds(when, st.just("interest.points"), st.sampled_from(["gte", "lt"]), st.integers(0, 40)) | st.builds(
    when, st.just("activities.mail"), st.just("gte"), st.integers(0, 3)
)
_tracks = st.fixed_dictionaries(
    {"label": st.just("x"), "steps": _steps},
    optional={
        "stages": st.lists(st.sampled_from(["contact", "engaged", "recycled"]), min_size=1, max_size=2),
        "when": _late,
        "leaveWhen": _late,
    },
)
_caps = st.fixed_dictionaries({"contacts": st.integers(1, 3), "within": _spans})


@st.composite
def nurturing_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A random document with nurture tracks, questions, caps and consents."""
    tracks = {f"t{n}": one for n, one in enumerate(draw(st.lists(_tracks, min_size=1, max_size=3)))}
    section: dict[str, Any] = {"tracks": tracks, "remembers": draw(_spans)}
    section |= {"cap": draw(_caps)} if draw(st.booleans()) else {}
    section["returns"] = {"no-need": {"track": "t0", "step": 1}} if draw(st.booleans()) else {}
    section["questions"] = [{"field": "phone", "question": "?"}]
    contact: dict[str, Any] = {"consents": {"news": {"label": "x", "channels": draw(st.sampled_from([[], ["email"]]))}}}
    contact = contact if draw(st.booleans()) else {"caps": [draw(_caps)]}
    return draw(documents()) | {"activityTypes": MAIL, "nurturing": section, "contact": contact}


_ages = st.integers(0, 14 * 24).map(lambda hours: timedelta(hours=hours))


@st.composite
def nurtured_leads(draw: st.DrawFn) -> LeadFacts:
    """A lead that got some contents, perhaps was returned, perhaps consented."""
    got = [
        ActivityFact(
            f"m{number}",
            draw(st.sampled_from(["mail", "call", "download"])),
            NOW - draw(_ages),
            party=draw(st.sampled_from([None, *Party])),
            content=draw(st.sampled_from([None, *"abcde"])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    said = st.builds(GivenConsent, st.booleans(), st.none() | _ages.map(lambda age: NOW - timedelta(days=7) + age))
    returned = LastReturn(NOW - draw(_ages), None, news=False, reason="no-need")
    keys = st.sampled_from([("news", "email"), ("news", "phone"), ("other", "phone")])
    return LeadFacts(
        fields=draw(fields),
        stage=draw(st.sampled_from([None, "contact", "engaged", "recycled", "customer"])),
        activities=got,
        created_at=draw(st.none() | _ages.map(lambda age: NOW - age)),
        last_return=returned if draw(st.booleans()) else None,
        consents=draw(st.dictionaries(keys, said)),
    )


def compiled(data: dict[str, Any]) -> Rulebook:
    """The rulebook of a document as JSON."""
    loaded = read_document(data)
    assert loaded.document is not None, loaded.findings
    return Rulebook.of(loaded.document, version="law")


@SETTINGS
@given(nurturing_documents(), nurtured_leads(), st.lists(st.integers(0, 14 * 86_400), min_size=1, max_size=6))
def test_a_decision_about_nurturing_is_valid_exactly_until_its_end(
    data: dict[str, Any], facts: LeadFacts, later: list[int]
) -> None:
    """Until its end time alone changes nothing, and at its end it does."""
    rules = compiled(data)
    decision = judge_plain(rules, facts, now=NOW)
    moments = [NOW + timedelta(seconds=seconds) for seconds in later]
    if decision.valid_until is None:
        assert {judge_plain(rules, facts, now=moment).digest for moment in moments} == {decision.digest}
        return
    assert decision.valid_until > NOW
    before = [decision.valid_until - STEP, *(moment for moment in moments if moment < decision.valid_until)]
    assert {judge_plain(rules, facts, now=moment).digest for moment in before} == {decision.digest}
    at_its_end = judge_plain(rules, facts, now=decision.valid_until)
    happened = [activity.occurred_at for activity in facts.activities]
    assert at_its_end.digest != decision.digest or len(happened) > len(set(happened))


@SETTINGS
@given(nurturing_documents(), nurtured_leads(), st.randoms(use_true_random=False))
def test_nurturing_depends_on_facts_alone(data: dict[str, Any], facts: LeadFacts, chance: random.Random) -> None:
    """Not on the form that judges, the order of telling, the time zone, or activities that are too old to count."""
    rules = compiled(data)
    decision = judge_plain(rules, facts, now=NOW)
    assert judge(rules, facts, now=NOW) == decision
    shuffled = list(facts.activities)
    chance.shuffle(shuffled)
    assert judge_plain(rules, replace(facts, activities=shuffled), now=NOW) == decision
    zone = ZoneInfo("Europe/Berlin")
    local = [replace(a, occurred_at=a.occurred_at.astimezone(zone)) for a in facts.activities]
    assert judge_plain(rules, replace(facts, activities=local), now=NOW.astimezone(zone)).digest == decision.digest
    needed = []
    for activity in facts.activities:
        need = rules.needs.by_type.get(activity.type)
        if need is not None and (need.look_back is None or NOW - activity.occurred_at < need.look_back):
            bare = replace(activity, party=None, content=None)
            needed.append(activity if need.attributes else bare)
    assert judge_plain(rules, replace(facts, activities=needed), now=NOW).digest == decision.digest
    rules.close()
