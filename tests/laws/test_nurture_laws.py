"""Laws of nurturing: what a decision says holds until it ends, and depends on facts alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.document.reading.reading import read_document
from domain.facts import ActivityFact, GivenConsent, LastReturn, LeadFacts
from domain.party import Party
from rules.conditions.vocabulary import Place
from rules.explaining.trace import trace
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.rules.leads import documents, fields
from tests.rules.nurturing import MAIL, STEP
from tests.rules.samples import NOW, when
from tests.rules.strategies import SETTINGS

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


def compiled(data: dict[str, Any]) -> CompiledRules:
    """The rulebook of a document as JSON."""
    loaded = read_document(data)
    assert loaded.document is not None, loaded.findings
    return CompiledRules.of(loaded.document, version="law")


@SETTINGS
@given(nurturing_documents(), nurtured_leads(), st.lists(st.integers(0, 14 * 86_400), min_size=1, max_size=6))
def test_a_decision_about_nurturing_holds_until_its_end(
    data: dict[str, Any], facts: LeadFacts, lazy: list[int]
) -> None:
    """Until its end time alone changes nothing; judged again at its end, it holds for longer."""
    rules = compiled(data)
    decision = judge_plain(rules, facts, now=NOW)
    moments = [NOW + timedelta(seconds=seconds) for seconds in lazy]
    if decision.valid_until is None:
        assert {judge_plain(rules, facts, now=moment).digest for moment in moments} == {decision.digest}
        return
    assert decision.valid_until > NOW
    before = [decision.valid_until - STEP, *(moment for moment in moments if moment < decision.valid_until)]
    assert {judge_plain(rules, facts, now=moment).digest for moment in before} == {decision.digest}
    at_its_end = judge_plain(rules, facts, now=decision.valid_until)
    assert at_its_end.valid_until is None or at_its_end.valid_until > decision.valid_until


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


@SETTINGS
@given(nurturing_documents(), nurtured_leads())
def test_a_trace_counts_the_track_of_the_decision(data: dict[str, Any], facts: LeadFacts) -> None:
    """And no other; every track stands in it once."""
    rules = compiled(data)
    nurture = judge_plain(rules, facts, now=NOW).nurture
    traced = [rule for rule in trace(rules, facts, now=NOW) if rule.place is Place.TRACK]
    assert sorted(rule.key for rule in traced) == sorted(t.key for t in rules.document.nurturing.tracks)
    assert [r.key for r in traced if r.counted] == ([nurture.track] if nurture is not None and nurture.track else [])
