"""Decisions in English and German [X.4]."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest

from domain.leads.decision import Block, Blocked, Contribution, Dimension, Missing, MissingKind
from rules.explaining.explain import Explainer
from rules.explaining.phrases import WORDS
from rules.explaining.rendering import Wording
from rules.judge import judge, judge_plain
from tests.rules.samples import DOWNLOADS, HOT, NOW, activity, compiled_version, document, facts, parsed, when


def explained(language: str, **changes: Any) -> list[tuple[str, str]]:
    """The contributions to a lead of 60 people with three downloads."""
    used = compiled_version(**changes)
    found = facts(activity(fields={"pages": 9}), activity(days=1), activity(days=7), account={"employees": 60})
    explainer = Explainer(used.document, language)
    texts = [explainer.contribution(share) for share in judge(used, found, now=NOW).contributions]
    return [(text.label, text.because) for text in texts]


def test_each_contribution_says_why() -> None:
    """Bands by their condition, signals by activity and its day, which stays true, faded ones by what they were."""
    faded = {"downloads": {**DOWNLOADS, "halfLife": "P7D"}}
    changes = {"scoring__interest__signals": faded, "scoring__interest__maximum": 20}
    assert explained("en", **changes) == [
        ("Size", "Employees 50–70: 100 points"),
        ("Downloads", "Downloaded on 2026-03-10: 10 points"),
        ("Downloads", "Downloaded on 2026-03-09: 9.06 points, faded from 10"),
        ("Downloads", "Downloaded on 2026-03-03: 5 points, faded from 10"),
        ("Maximum", "At most 20 points count"),
    ]
    assert explained("de", **changes)[:3] == [
        ("Größe", "Mitarbeiter 50–70: 100 Punkte"),
        ("Downloads", "Heruntergeladen am 2026-03-10: 10 Punkte"),
        ("Downloads", "Heruntergeladen am 2026-03-09: 9,06 Punkte, verblasst von 10"),
    ]


def test_a_contribution_names_the_day_of_the_agreements_zone() -> None:
    """That of the default calendar; a decision of earlier days, in which no moment is stored, names none."""
    explainer = Explainer(document(calendars__office__timeZone="Pacific/Auckland"))
    late = Contribution(
        Dimension.INTEREST, "downloads", Decimal(10), activity="a", occurred_at=NOW + timedelta(hours=3)
    )
    assert explainer.contribution(late).because == "Downloaded on 2026-03-11: 10 points"
    assert explainer.contribution(late._replace(occurred_at=None)).because == "Downloaded: 10 points"


def test_a_signals_condition_is_part_of_the_reason() -> None:
    """With the activity type's own fields."""
    asks = {"downloads": {**DOWNLOADS, "when": when("activity.pages", "gt", 3)}}
    assert explained("en", scoring__interest__signals=asks)[1] == (
        "Downloads",
        "Downloaded on 2026-03-10: 10 points (Pages over 3)",
    )


@pytest.mark.parametrize(
    ("missing", "english", "german"),
    [
        (
            Missing(MissingKind.POINTS, "interest.points", {"points": "12"}),
            "12 more interest points",
            "12 Interessenpunkte mehr",
        ),
        (
            Missing(MissingKind.POINTS, "fit.percent", {"points": "0.5"}),
            "0.5 more fit points",
            "0,5 Passungspunkte mehr",
        ),
        (
            Missing(MissingKind.POINTS, "interest.band", {"points": "1"}),
            "1 more interest point",
            "1 Interessenpunkt mehr",
        ),
        (Missing(MissingKind.FIELD, "phone", {"required": True}), "Phone number is missing", "Telefonnummer fehlt"),
        (
            Missing(MissingKind.FIELD, "account.employees", {"op": "gt", "value": "5"}),
            "Employees is missing; needed: Employees over 5",
            "Mitarbeiter fehlt; nötig: Mitarbeiter über 5",
        ),
        (
            Missing(MissingKind.CONDITION, "x", {"field": "truth", "op": "eq", "value": True}),
            "Needed: Truth is yes",
            "Nötig: Truth ist ja",
        ),
        (
            Missing(MissingKind.CONDITION, "x", {"field": "choice", "op": "in", "value": ["red", "blue"], "not": True}),
            "Needed: not (Choice is red or blue)",
            "Nötig: nicht (Choice ist red oder blue)",
        ),
        (
            Missing(MissingKind.CONDITION, "x", {"field": "activities.form", "op": "gte", "value": "1"}),
            "Needed: Form (number in 90 days) at least 1",
            "Nötig: Form (Anzahl in 90 Tagen) mindestens 1",
        ),
        (
            Missing(MissingKind.CONSENT, "consent.x.email", {"purpose": "x", "channel": "email"}),
            "Consent is missing: x (email)",
            "Einwilligung fehlt: x (email)",
        ),
    ],
)
def test_what_is_missing_is_said_in_both_languages(missing: Missing, english: str, german: str) -> None:
    """In the document's own labels."""
    assert [Explainer(document(), language).missing(missing) for language in ("en", "de")] == [english, german]


def test_reasons_against_a_handover_are_said_in_both_languages() -> None:
    """With the exclusion's own reason, and the end of a cool-off in the agreement's time zone."""
    sample = document(
        scoring__exclusions={"student": {"reason": {"en": "Student", "de": "Studi"}, "when": {"all": []}}}
    )
    excluded, cooling = Blocked(Block.EXCLUDED, "student"), Blocked(Block.COOLING_OFF, until=NOW + timedelta(days=1))
    english, german = Explainer(sample, "en"), Explainer(sample, "de")
    assert english.blocked(excluded).message == "Screened out: Student"
    assert german.exclusion("student").message == "Studi"
    assert german.blocked(cooling).message == "Zurückgegeben; nicht vor 2026-03-11 10:00 wieder angeboten"
    for code in Block:
        assert (
            english.blocked(Blocked(code, "student", NOW)).message
            != german.blocked(Blocked(code, "student", NOW)).message
        )


def test_rules_of_an_earlier_version_are_named_by_their_key() -> None:
    """A stored decision may speak of what the document no longer has."""
    explainer = Explainer(document(), "en")
    for dimension in Dimension:
        gone = Contribution(dimension, "gone", Decimal(1), band=0)
        assert explainer.contribution(gone).because == "A rule of an earlier version"
    assert explainer.exclusion("gone").message == "A rule of an earlier version"


def test_conditions_are_said_with_their_joints() -> None:
    """Nested joints stand in brackets."""
    condition = parsed(
        {"all": [{"any": [when("whole", "lt", 5), when("text", "startsWith", "a")]}, {"not": when("truth", "exists")}]}
    )
    assert (
        Wording(document(), "en").condition(condition)
        == "(Whole under 5 or Text begins with a) and not (Truth is known)"
    )
    assert Wording(document(), "de").condition(parsed({"any": []})) == "nie"


def test_every_phrase_has_the_same_parts_in_both_languages() -> None:
    """No placeholder is lost in translation."""
    for english, german in WORDS.values():
        parts = [sorted(part for _, part, _, _ in Formatter().parse(text) if part) for text in (english, german)]
        assert parts[0] == parts[1]


def test_what_is_needed_is_written_as_the_language_writes_numbers() -> None:
    """A decimal has a comma in German, alone and in a range; a text that looks like one keeps its point."""
    for op, value, english, german in (
        ("lt", 12.5, "Needed: Amount under 12.5", "Nötig: Amount unter 12,5"),
        ("between", [1.5, 2.5], "Needed: Amount 1.5–2.5", "Nötig: Amount 1,5–2,5"),
    ):
        hot = {**HOT, "when": when("amount", op, value)}
        decision = judge_plain(
            compiled_version(handover__triggers={"hot": hot}), facts(fields={"amount": "99.00"}), now=NOW
        )
        (missing,) = decision.verdict.missing
        used = document(handover__triggers={"hot": hot})
        assert (Explainer(used, "en").missing(missing), Explainer(used, "de").missing(missing)) == (english, german)
    hot = {**HOT, "when": when("text", "eq", "12.5")}
    decision = judge_plain(compiled_version(handover__triggers={"hot": hot}), facts(fields={"text": "x"}), now=NOW)
    used = document(handover__triggers={"hot": hot})
    assert Explainer(used, "de").missing(decision.verdict.missing[0]) == "Nötig: Text ist 12.5"
