"""What a judgement concludes: stage, verdict, route, digest [X.4], [S4.4]."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from domain.facts import LastReturn
from domain.leads.decision import Block, MissingKind
from rules.judge import judge, judge_plain
from rules.judging.compiled_rules import CompiledRules, UnsoundDocument
from tests.rules.judging import decide
from tests.rules.samples import HOT, NOW, STAGES, activity, compiled_version, document, facts, when


def test_the_trigger_of_the_highest_priority_counts() -> None:
    """Of two that hold with equal priority, the one that stands first."""
    triggers = {
        "low": {**HOT, "priority": 1},
        "first": {**HOT, "priority": 7},
        "second": {**HOT, "priority": 7},
        "not": {**HOT, "priority": 99, "when": when("interest.points", "gte", 1000)},
    }
    verdict = decide(
        activity(days=1), activity(days=2), compiled_rules=compiled_version(handover__triggers=triggers)
    ).verdict
    assert (verdict.due, verdict.trigger, verdict.priority) == (True, "first", 7)


def test_points_that_are_missing_are_told_exactly() -> None:
    """12 more interest points, not 'some'."""
    (missing,) = decide(activity(days=1)).verdict.missing
    assert (missing.kind, missing.path, missing.detail["points"]) == (MissingKind.POINTS, "interest.points", "10")
    over = compiled_version(handover__triggers={"hot": {**HOT, "when": when("interest.points", "gt", 20.005)}})
    assert decide(compiled_rules=over).verdict.missing[0].detail["points"] == "20.01"


@pytest.mark.parametrize(
    ("condition", "lacking"),
    [
        (when("fit.percent", "gte", 50), "50"),
        (when("fit.percent", "gt", 50), "100"),
        (when("fit.band", "eq", "A"), "50"),
        (when("interest.band", "in", ["1"]), "20"),
        (when("fit.points", "between", [30, 60]), "50"),
    ],
)
def test_missing_percent_and_bands_are_told_in_points(condition: dict[str, Any], lacking: str) -> None:
    """What would lift the lead over the bar, of fit what the criteria can give: 50 or 100 points."""
    used = compiled_version(handover__triggers={"hot": {**HOT, "when": condition}})
    assert decide(compiled_rules=used).verdict.missing[0].detail["points"] == lacking


def test_the_nearest_trigger_tells_what_is_missing() -> None:
    """Fewest failing comparisons first, then the highest priority; required data is told too."""
    near = {"all": [when("whole", "exists"), {"any": [when("truth", "eq", True), when("interest.points", "gte", 5)]}]}
    far = {"all": [when("whole", "gt", 1), when("text", "eq", "x"), when("truth", "eq", True)]}
    triggers = {"far": {**HOT, "priority": 9, "when": far}, "near": {**HOT, "priority": 1, "when": near}}
    used = compiled_version(handover__triggers=triggers, handover__required=["phone", "whole"])
    missing = decide(activity(), compiled_rules=used).verdict.missing
    assert [(item.kind, item.path) for item in missing] == [(MissingKind.FIELD, "phone"), (MissingKind.FIELD, "whole")]
    denied = compiled_version(handover__triggers={"hot": {**HOT, "when": {"not": when("truth", "eq", True)}}})
    (item,) = decide(compiled_rules=denied, fields={"truth": True}).verdict.missing
    assert (item.kind, item.path, item.detail["not"]) == (
        MissingKind.CONDITION,
        "handover.triggers[hot].when.not",
        True,
    )


@pytest.mark.parametrize("phone", [None, "", "  "])
def test_required_data_must_carry_something(phone: str | None) -> None:
    """A trigger that holds waits for required data."""
    used = compiled_version(handover__required=["phone", "account.employees"])
    fields = {} if phone is None else {"phone": phone}
    verdict = decide(
        activity(days=1), activity(days=2), compiled_rules=used, fields=fields, account={"employees": 3}
    ).verdict
    assert (verdict.due, verdict.trigger) == (False, "hot")
    assert [(item.kind, item.path) for item in verdict.missing] == [(MissingKind.FIELD, "phone")]


HAND_RAISER = {
    "label": "Asks",
    "priority": 99,
    "handRaiser": True,
    "when": {
        "all": [
            when("activities.form", "gte", 1),
            when("fit.percent", "gte", 90),
            {"not": when("grade", "eq", "B2")},
            {"any": [when("truth", "eq", True), {"not": when("truth", "exists")}]},
        ]
    },
}


def test_a_hand_raiser_skips_score_and_grade_and_nothing_else() -> None:
    """Comparisons on scores never stand in its way; exclusions and required data do."""
    used = compiled_version(
        handover__triggers={"hot": HOT, "asks": HAND_RAISER},
        handover__required=["phone"],
        scoring__exclusions={"student": {"reason": "x", "when": when("text", "eq", "student")}},
    )
    asked = activity("form", days=89)
    assert decide(asked, compiled_rules=used, fields={"phone": "1"}).verdict.due
    assert not decide(asked, compiled_rules=used, fields={"phone": "1", "truth": False}).verdict.due
    assert decide(asked, compiled_rules=used).verdict.missing[0].path == "phone"
    screened = decide(asked, compiled_rules=used, fields={"phone": "1", "text": "student"})
    assert (screened.verdict.trigger, screened.exclusions) == ("asks", ("student",))
    assert [(b.code, b.rule) for b in screened.verdict.blocked_by] == [(Block.EXCLUDED, "student")]


def test_requests_for_contact_count_for_ninety_days() -> None:
    """`activities.TYPE` ends to the microsecond, and the decision knows when."""
    used = compiled_version(handover__triggers={"asks": HAND_RAISER})
    decision = decide(activity("form", days=80), compiled_rules=used)
    assert (decision.verdict.trigger, decision.valid_until) == ("asks", NOW + timedelta(days=10))
    assert decide(activity("form", days=90), compiled_rules=used).verdict.trigger is None


def test_what_stands_against_a_handover() -> None:
    """Each reason with its code; a cool-off with its end."""
    hot = [activity(days=1), activity(days=2)]
    until = NOW + timedelta(days=2)
    last = LastReturn(NOW - timedelta(days=5), until, news=False)
    blocked = decide(*hot, rounds=3, last_return=last).verdict.blocked_by
    assert [b.code for b in blocked] == [Block.MAX_ROUNDS, Block.COOLING_OFF, Block.NOTHING_NEW]
    assert blocked[1].until == until
    assert decide(*hot, last_return=LastReturn(NOW - timedelta(days=5), until, news=True)).valid_until == until
    ended = LastReturn(NOW - timedelta(days=5), NOW, news=True)
    assert decide(*hot, rounds=2, last_return=ended).verdict.due
    assert [b.code for b in decide(*hot, open_handover=True, last_return=last).verdict.blocked_by] == [
        Block.OPEN_HANDOVER
    ]
    assert [b.code for b in decide(*hot, stage="customer").verdict.blocked_by] == [Block.CLOSED_STAGE]


def staged(**entries: dict[str, Any]) -> CompiledRules:
    """The sample with entry conditions for stages."""
    stages = {key: {**stage, "entry": entries[key]} if key in entries else stage for key, stage in STAGES.items()}
    return compiled_version(journey__stages=stages)


def test_entry_conditions_move_a_lead_forward_through_allowed_transitions() -> None:
    """Step by step, and never back."""
    some = when("interest.points", "gte", 10)
    used = staged(engaged=some, mql=when("interest.points", "gte", 20), customer=some)
    assert decide(compiled_rules=used).stage == "contact"
    assert decide(activity(), compiled_rules=used).stage == "engaged"
    assert decide(activity(), activity(days=1), compiled_rules=used).stage == "mql"
    assert decide(activity(), compiled_rules=used, stage="mql").stage == "mql"
    assert decide(activity(), compiled_rules=used, stage="sal").stage == "customer"
    assert decide(activity(), compiled_rules=used, stage="gone").stage == "engaged"


def test_stages_stay_where_a_handover_is_open_or_the_lead_is_closed() -> None:
    """And stages of sales' answer are not entered by condition."""
    always: dict[str, Any] = {"all": []}
    used = staged(engaged=always, mql=always, sal=always, customer=always)
    assert decide(compiled_rules=used, open_handover=True, stage="contact").stage == "contact"
    assert decide(compiled_rules=used, stage="lost").stage == "lost"
    assert decide(compiled_rules=used).stage == "mql"


def test_conditions_on_the_stage_see_the_stage_it_moves_to() -> None:
    """A trigger for engaged leads holds in the judgement that engages the lead."""
    stages = {**STAGES, "engaged": {**STAGES["engaged"], "entry": when("interest.points", "gte", 10)}}
    triggers = {
        "before": {**HOT, "priority": 9, "when": {"all": [when("stage", "eq", "contact"), when("whole", "exists")]}},
        "engaged": {**HOT, "when": when("stage", "eq", "engaged")},
    }
    used = compiled_version(journey__stages=stages, handover__triggers=triggers)
    assert decide(activity(), compiled_rules=used, fields={"whole": 1}).verdict.trigger == "engaged"
    assert decide(compiled_rules=used, fields={"whole": 1}).verdict.trigger == "before"
    assert decide(compiled_rules=used).verdict.trigger is None


def test_routes_that_hold_are_named_in_order() -> None:
    """A route without condition takes every lead."""
    routes = [
        {"team": "big", "when": when("account.employees", "gte", 250)},
        {"team": "best", "when": when("grade", "eq", "A2")},
        {"team": "rest"},
    ]
    used = compiled_version(handover__routing=routes)
    assert decide(compiled_rules=used, account={"employees": 300}).route == (0, 1, 2)
    assert decide(compiled_rules=used, account={"employees": 3}).route == (2,)


def test_the_scope_decides_whom_the_agreement_governs() -> None:
    """By fields of lead and account; without scope, everybody."""
    used = compiled_version(scope=when("account.employees", "gte", 50))
    assert used.governs(facts(account={"employees": 50}))
    assert not used.governs(facts())
    assert compiled_version().governs(facts())


def test_the_digest_covers_version_facts_used_and_result() -> None:
    """Neither the moment nor what the document does not look at."""
    first = decide(activity(days=1))
    assert decide(activity(days=1.5, name="download-1")).digest == first.digest
    assert decide(activity(days=1), activity("webinar"), fields={"other": "x"}).digest == first.digest
    assert decide(activity(days=1), account={"employees": 1}).digest != first.digest
    assert decide(activity(days=1, name="another")).digest != first.digest
    other = judge(CompiledRules.of(document(), version="other"), facts(activity(days=1)), now=NOW)
    assert other.digest != first.digest


def test_a_document_with_faults_is_not_judged_by() -> None:
    """All its faults are in the error."""
    with pytest.raises(UnsoundDocument, match=r"scope\.field"):
        CompiledRules.of(document(scope=when("nothing", "exists")), version="x")


def test_threads_may_share_a_rulebook() -> None:
    """Judging from several threads gives what judging from one does."""
    used = compiled_version()
    given = [facts(*(activity(days=d) for d in range(n)), account={"employees": 20 * n}) for n in range(6)]
    expected = [judge_plain(used, one, now=NOW) for one in given]
    wrong: list[int] = []

    def ask() -> None:
        for _ in range(60):
            wrong.extend(n for n, one in enumerate(given) if judge(used, one, now=NOW) != expected[n])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
