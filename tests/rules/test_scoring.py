"""Fit, interest and grade of a lead [S2.2], [S2.3], [S1.4]."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.facts import FUTURE_TOLERANCE, ActivityFact
from rules.explaining.explain import Explainer
from rules.judge import judge_plain
from rules.judging.compiled_rules import CompiledRules
from tests.rules.judging import decide, numbers, points, signal
from tests.rules.samples import NOW, activity, compiled_version, facts, when


@pytest.mark.parametrize(
    ("employees", "percent", "band"),
    [(60, "100", "A"), (25, "50", "A"), (70, "100", "A"), (71, "50", "A"), (5, "0", "B")],
)
def test_of_a_criterions_bands_the_first_that_holds_counts(employees: int, percent: str, band: str) -> None:
    """Fit is a percentage of the reachable maximum."""
    decision = decide(account={"employees": employees})
    assert (str(decision.fit.percent), decision.fit.band) == (percent, band)


def test_fit_counts_missing_data_against_the_lead() -> None:
    """What is not known gives no points, and the maximum stays."""
    decision = decide()
    assert numbers(decision) == [0, 100, 0]
    assert decision.contributions == ()


def test_fit_is_clamped_and_negative_points_count() -> None:
    """A percentage lies between 0 and 100, points may be negative."""
    bands = [{"when": when("truth", "eq", True), "points": -20}, {"when": when("truth", "eq", False), "points": 30}]
    used = compiled_version(scoring__fit__criteria={"truth": {"label": "x", "weight": 1.5, "bands": bands}})
    worse, better = (
        decide(compiled_rules=used, fields={"truth": True}),
        decide(compiled_rules=used, fields={"truth": False}),
    )
    assert numbers(worse) == [-30, 45, 0]
    assert numbers(better) == [45, 45, 100]


def test_the_latest_activities_count_up_to_the_cap() -> None:
    """Of five downloads the three latest count."""
    decision = decide(*(activity(days=days) for days in (9, 1, 7, 3, 5)))
    assert [share.activity for share in decision.contributions] == ["download-1", "download-3", "download-5"]
    assert decision.interest.points == 30


def test_of_activities_at_the_same_moment_the_first_by_id_counts() -> None:
    """Whatever the order they are given in."""
    tied = [activity(days=1, name=name) for name in ("c", "a", "d", "b")]
    for given in (tied, tied[::-1]):
        assert [share.activity for share in decide(*given).contributions] == ["a", "b", "c"]


def test_activities_leave_the_window_at_its_end() -> None:
    """Thirty days after, to the microsecond, a download counts no more."""
    inside, outside = timedelta(days=30) - timedelta(microseconds=1), timedelta(days=30)
    assert decide(ActivityFact("a", "download", NOW - inside)).interest.points == 10
    assert decide(ActivityFact("a", "download", NOW - outside)).interest.points == 0


def test_what_lies_a_little_ahead_counts_as_now_and_no_more_than_that() -> None:
    """A sender's clock may be five minutes ahead."""
    near = ActivityFact("a", "download", NOW + FUTURE_TOLERANCE)
    far = ActivityFact("b", "download", NOW + FUTURE_TOLERANCE + timedelta(seconds=1))
    assert decide(near).contributions[0].age_days == 0
    decision = decide(far)
    assert decision.interest.points == 0
    assert decision.valid_until == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("days", "left"),
    [(0, "10"), (0.99, "10"), (1, "9.06"), (7, "5"), (14, "2.5"), (21, "1.25"), (28, "0.62"), (29.5, "0.57")],
)
def test_points_fade_in_whole_days(days: float, left: str) -> None:
    """After a half-life half is left, rounded to two places, half to even (0.625 is 0.62)."""
    assert points(decide(activity(days=days), compiled_rules=signal(halfLife="P7D"))) == [left]


@pytest.mark.parametrize(("half_life", "days"), [("P7D", (0.3, 2.7, 8)), ("P3D", (0.1, 0.1, 2)), ("P14D", (1, 2, 6))])
def test_a_decision_means_the_same_exactly_until_a_band_ends(half_life: str, days: tuple[float, ...]) -> None:
    """Judged each time that points fade, the band changes at the next crossing and not before."""
    rules = signal(halfLife=half_life)
    known = facts(*(activity(days=age) for age in days))
    first = judge_plain(rules, known, now=NOW)
    walked, faded = first, 0
    while walked.interest.band == first.interest.band and walked.valid_until is not None:
        walked = judge_plain(rules, known, now=walked.valid_until)
        faded += 1
    changes = walked.interest.band != first.interest.band
    assert first.next_crossing == (walked.at if changes else None)
    assert faded > 1


def test_faded_points_vanish_in_the_end() -> None:
    """An activity that is worth nothing any more is no contribution, and never changes again."""
    forever = {"label": "x", "activity": "download", "points": 10, "halfLife": "P7D"}
    decision = decide(
        activity(days=200), compiled_rules=compiled_version(scoring__interest__signals={"downloads": forever})
    )
    assert (points(decision), decision.valid_until) == ([], None)


def test_the_maximum_is_a_contribution_that_takes_back() -> None:
    """The ledger stays right when a maximum cuts the score."""
    decision = decide(
        activity(days=1), activity(days=2), compiled_rules=compiled_version(scoring__interest__maximum=15)
    )
    assert points(decision) == ["10", "10", "-5"]
    assert decision.interest.points == 15
    assert decision.contributions[-1].rule == "maximum"


def test_a_signals_condition_asks_the_activity_and_the_lead() -> None:
    """The activity type's own channel counts where the activity names none."""
    asks = {
        "all": [when("activity.channel", "eq", "website"), when("activity.pages", "gt", 3), when("truth", "eq", True)]
    }
    used = signal(when=asks)
    done = [activity(fields={"pages": 4}), activity(days=1, channel="fair", fields={"pages": 9}), activity(days=2)]
    assert points(decide(*done, compiled_rules=used, fields={"truth": True})) == ["10"]
    assert points(decide(*done, compiled_rules=used, fields={"truth": False})) == []


def test_a_signals_condition_on_the_lead_alone_switches_it() -> None:
    """It is asked once, not for each activity."""
    used = signal(when=when("truth", "eq", True))
    assert points(decide(activity(), compiled_rules=used, fields={"truth": True})) == ["10"]
    assert points(decide(activity(), compiled_rules=used)) == []


def test_grade_joins_the_bands_of_both_dimensions() -> None:
    """Fit and interest are never mixed."""
    assert decide(activity(days=1), activity(days=2), account={"employees": 60}).grade == "A1"
    assert decide().grade == "B2"


def test_a_score_below_the_lowest_band_belongs_to_the_lowest() -> None:
    """Every lead has a grade."""
    used = compiled_version(scoring__interest__bands=[{"key": "1", "from": 20}, {"key": "2", "from": 10}])
    assert decide(compiled_rules=used).interest.band == "2"


def _grouped(most: float, *points: float, **interest: Any) -> CompiledRules:
    signals = {
        f"s{n}": {"label": "x", "activity": kind, "points": worth, "group": "content"}
        for n, (kind, worth) in enumerate(zip(("download", "webinar", "form"), points, strict=False))
    }
    changes = {f"scoring__interest__{name}": value for name, value in interest.items()}
    return compiled_version(
        scoring__interest__signals=signals, scoring__interest__groups={"content": {"maximum": most}}, **changes
    )


def test_a_group_of_signals_gives_no_more_than_its_maximum() -> None:
    """What exceeds it is taken back by a contribution of the group, before the maximum of all."""
    decision = decide(activity(), activity("webinar"), compiled_rules=_grouped(15, 10, 10))
    assert points(decision) == ["10", "10", "-5"]
    assert decision.interest.points == 15
    assert decision.contributions[-1].rule == "group.content"
    decision = decide(activity(), activity("webinar"), compiled_rules=_grouped(15, 10, 10, maximum=12))
    assert points(decision) == ["10", "10", "-5", "-3"]
    assert decision.interest.points == 12


def test_negative_points_make_room_in_a_group() -> None:
    """The sum of the group is held against its maximum, not each signal."""
    decision = decide(activity(), activity("webinar"), activity("form"), compiled_rules=_grouped(15, 10, 10, -7.5))
    assert points(decision) == ["10", "10", "-7.5"]
    assert decision.interest.points == Decimal("12.5")


def test_the_reachable_maximum_knows_groups() -> None:
    """A group bounds what its signals can reach, also where they may count without end."""
    decision = decide(compiled_rules=_grouped(15, 10, 10))
    assert decision.interest.maximum == 15
    few = {"label": "x", "activity": "form", "points": 4, "maxCount": 2, "group": "content"}
    used = compiled_version(
        scoring__interest__signals={"few": few}, scoring__interest__groups={"content": {"maximum": 15}}
    )
    assert decide(compiled_rules=used).interest.maximum == 8


def test_a_cut_of_a_group_is_explained() -> None:
    """In both languages."""
    used = _grouped(15, 10, 10)
    cut = decide(activity(), activity("webinar"), compiled_rules=used).contributions[-1]
    english, german = (Explainer(used.document, language).contribution(cut) for language in ("en", "de"))
    assert (english.label, english.because) == ("Maximum of the group content", "At most 15 points count")
    assert (german.label, german.because) == ("Höchstwert der Gruppe content", "Höchstens 15 Punkte zählen")
