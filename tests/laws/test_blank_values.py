"""What carries nothing is missing for conditions, however it came to be stored, in all three forms."""

from __future__ import annotations

from typing import Any

from domain.facts import LeadFacts
from rules.judge import judge, judge_plain
from tests.rules.columnar import DuckBase, decisions, same
from tests.rules.samples import HOT, NOW, activity, compiled_version, facts, when

BLANKS: dict[str, list[Any]] = {
    "text": ["", " ", "\u00a0\t\n"],
    "choice": ["", " "],
    "list": [[], [""], [" ", "\u2003"]],
    "tags": [[], [""]],
}
OTHER: dict[str, Any] = {"text": "x", "choice": "red", "list": ["x"], "tags": ["a"]}
CASES = [(name, value) for name, values in BLANKS.items() for value in values]


def conditions(name: str) -> list[dict[str, Any]]:
    """What a value that is there passes, whatever it is, and some that it may pass."""
    own = [when(name, "exists")]
    if name != "choice":
        own.append(when(name, "contains", OTHER[name][0]))
    if name in ("text", "choice"):
        own += [when(name, "eq", OTHER[name]), when(name, "neq", OTHER[name]), when(name, "notIn", [OTHER[name]])]
    return own


def outcomes(leads: list[LeadFacts], **changes: Any) -> list[dict[str, Any]]:
    """What the three forms say of leads, which is the same."""
    compiled_rules = compiled_version(**changes)
    found = [judge(compiled_rules, lead, now=NOW) for lead in leads]
    assert found == [judge_plain(compiled_rules, lead, now=NOW) for lead in leads]
    shown = [same(decision) for decision in found]
    columnar = decisions(DuckBase(), compiled_rules, leads, now=NOW)
    assert [{name: row[name] for name in one} for row, one in zip(columnar, shown, strict=True)] == shown
    return shown


def test_a_blank_value_passes_no_comparison() -> None:
    """Each comparison is false and its opposite true, and a field that must be carried is lacking."""
    asked = {f"{name}-{n}": one for name in BLANKS for n, one in enumerate(conditions(name))}
    exclusions = {key: {"reason": "x", "when": one} for key, one in asked.items()}
    exclusions |= {f"not-{key}": {"reason": "x", "when": {"not": one}} for key, one in asked.items()}
    for outcome in outcomes([facts(fields={name: value}) for name, value in CASES], scoring__exclusions=exclusions):
        assert set(outcome["exclusions"]) == {f"not-{key}" for key in asked}


def test_a_field_that_must_be_carried_is_lacking_where_it_is_blank() -> None:
    """Nothing else keeps these leads from being handed over."""
    every = {"hot": {**HOT, "when": {"all": []}}}
    leads = [facts(fields={**OTHER, name: value}) for name, value in CASES]
    found = outcomes([*leads, facts(fields=OTHER)], handover__triggers=every, handover__required=[*OTHER])
    assert [outcome["trigger"] for outcome in found] == ["hot"] * (len(leads) + 1)
    assert [outcome["due"] for outcome in found] == [*[False] * len(leads), True]


def test_the_blank_items_of_a_list_are_passed_over() -> None:
    """The others are there."""
    exclusions = {"there": {"reason": "x", "when": when("list", "contains", "x")}}
    (outcome,) = outcomes([facts(fields={"list": [" ", "x"]})], scoring__exclusions=exclusions)
    assert outcome["exclusions"] == ("there",)


def test_what_is_said_blank_of_an_activity_is_not_said() -> None:
    """It is no value of its own, and a blank channel is that of the type."""
    counted: dict[str, dict[str, Any]] = {}
    for attribute in ("channel", "campaign", "content"):
        where = when(f"activity.{attribute}", "exists")
        counted[f"said-{attribute}"] = when("activities.webinar.count", "gte", 1) | {"where": where}
        counted[f"apart-{attribute}"] = when(f"activities.webinar.distinct.{attribute}", "gte", 1)
    on_website = when("activity.channel", "eq", "website")
    counted["website"] = when("activities.download.count", "gte", 1) | {"where": on_website}
    exclusions = {key: {"reason": "x", "when": one} for key, one in counted.items()}
    blank = activity("webinar", channel=" ", campaign="", content="\t")
    found = outcomes([facts(blank), facts(activity(channel=""))], scoring__exclusions=exclusions)
    assert [outcome["exclusions"] for outcome in found] == [(), ("website",)]
