"""A lead's persona and segment, and the journey of its segment, in judging."""

from __future__ import annotations

from typing import Any

import pytest

from domain.leads.decision import Decision
from rules.checking.checking import check_conditions
from rules.explaining.rendering import Wording
from rules.explaining.trace import trace
from rules.judging.compiled_rules import CompiledRules
from tests.rules.judging import decide
from tests.rules.samples import FIELDS, NOW, STAGES, compiled_version, document, facts, parsed

TEXT = {"field": "text", "op": "exists"}
SMALL = {"field": "account.employees", "op": "lt", "value": 50}
JOURNEY = ["trial", "pql", "sal", "customer", "lost", "recycled", "out"]


def grouped(**more: Any) -> CompiledRules:
    """The sample with two personas, two segments and a trial that only one of them knows."""
    stages = {
        **STAGES,
        "trial": {"label": "Trial", "kind": "PROSPECT", "owner": "MARKETING", "entry": TEXT, "next": ["pql"]},
        "pql": {"label": "PQL", "kind": "QUALIFIED", "owner": "MARKETING", "entry": TEXT, "next": ["sal"]},
    }
    groups = {
        "personas": {"writer": {"label": "W", "when": TEXT}, "any": {"label": "A", "when": {"not": SMALL}}},
        "segments": {
            "small": {"label": "S", "when": SMALL, "journey": JOURNEY},
            "known": {"label": "K", "when": {"field": "account.employees", "op": "exists"}},
        },
    }
    return compiled_version(journey__stages=stages, **{**groups, **more})


def judged(compiled_rules: CompiledRules, **more: Any) -> Decision:
    """The decision on a lead, by both forms."""
    return decide(compiled_rules=compiled_rules, **more)


@pytest.mark.parametrize(
    ("fields", "employees", "persona", "segment"),
    [
        ({"text": "x"}, 10, "writer", "small"),
        ({"text": "x"}, 80, "writer", "known"),
        ({}, 80, "any", "known"),
        ({}, 10, None, "small"),
    ],
)
def test_the_first_that_holds_counts(
    fields: dict[str, Any], employees: int, persona: str | None, segment: str | None
) -> None:
    """Of personas and of segments a lead is the first whose condition holds, or none."""
    decision = judged(grouped(), fields=fields, account={"employees": employees})
    assert (decision.persona, decision.segment) == (persona, segment)


@pytest.mark.parametrize(
    ("stage", "employees", "fields", "expected"),
    [
        (None, 10, {}, "trial"),
        ("contact", 10, {}, "trial"),
        ("mql", 10, {}, "pql"),
        ("trial", 10, {"text": "x"}, "pql"),
        ("contact", 80, {}, "contact"),
        ("trial", 80, {}, "trial"),
        ("customer", 10, {}, "customer"),
    ],
)
def test_a_lead_goes_the_way_of_its_segment(
    stage: str | None, employees: int, fields: dict[str, Any], expected: str
) -> None:
    """A stage that the segment leaves out counts as its first one of the same kind."""
    decision = judged(grouped(), stage=stage, fields=fields, account={"employees": employees})
    assert decision.stage == expected


def test_a_kind_that_the_segment_does_not_know_stays_on_the_documents_journey() -> None:
    """Nobody is thrown back because the segment is shorter."""
    stages = {**STAGES, "demo": {"label": "D", "kind": "OPPORTUNITY", "owner": "SALES", "next": ["customer"]}}
    segments = {"small": {"label": "S", "when": SMALL, "journey": [k for k in STAGES if k != "engaged"]}}
    decision = judged(
        compiled_version(journey__stages=stages, segments=segments), stage="demo", account={"employees": 10}
    )
    assert decision.stage == "demo"


def test_an_open_handover_keeps_the_stage() -> None:
    """While sales works a lead, its segment does not move it."""
    decision = judged(grouped(), stage="mql", account={"employees": 10}, open_handover=True)
    assert decision.stage == "mql"


def test_a_journey_of_nothing_known_is_no_journey() -> None:
    """A draft whose segment names no stage of the document can be tried all the same."""
    segments = {"small": {"label": "S", "when": SMALL, "journey": ["nope"]}}
    assert judged(grouped(segments=segments), account={"employees": 10}).stage == "contact"


def test_personas_and_segments_speak_of_fields_only() -> None:
    """Scores, stages and activities are no part of who somebody is."""
    compiled_rules = compiled_version()
    when = {"field": "grade", "op": "eq", "value": "A1"}
    document = type(compiled_rules.document).model_validate(
        compiled_rules.document.to_json()
        | {
            "personas": [{"key": "p", "label": "P", "when": when}],
            "segments": [{"key": "s", "label": "S", "when": {"field": "nope", "op": "exists"}}],
        }
    )
    assert {(f.code, f.path) for f in check_conditions(document)} == {
        ("SCORE_NOT_ALLOWED_HERE", "personas[p].when.field"),
        ("UNKNOWN_FIELD", "segments[s].when.field"),
    }


ENTERPRISE = {"field": "segment", "op": "eq", "value": "known"}


def asking(condition: dict[str, Any], **more: Any) -> CompiledRules:
    """The sample, whose trigger asks for a persona or segment."""
    return grouped(handover__triggers={"who": {"label": "Who", "priority": 1, "when": condition}}, **more)


@pytest.mark.parametrize(
    ("condition", "employees", "holds"),
    [
        (ENTERPRISE, 80, True),
        (ENTERPRISE, 10, False),
        (ENTERPRISE, None, False),
        ({"field": "segment", "op": "neq", "value": "known"}, 10, True),
        ({"field": "segment", "op": "neq", "value": "known"}, None, False),
        ({"not": ENTERPRISE}, None, True),
        ({"field": "segment", "op": "exists"}, None, False),
        ({"field": "persona", "op": "in", "value": ["writer"]}, 10, True),
        ({"field": "persona", "op": "notIn", "value": ["writer"]}, 10, False),
    ],
)
def test_a_condition_asks_who_the_lead_is(condition: dict[str, Any], employees: int | None, holds: bool) -> None:
    """Persona and segment are compared as an enumeration is; who is none of them has none, so that is missing."""
    account = {} if employees is None else {"employees": employees}
    decision = judged(asking(condition), fields={"text": "x"}, account=account)
    assert decision.verdict.due is holds


def test_scores_routes_and_exclusions_ask_who_the_lead_is() -> None:
    """What is worth more to a segment, where its leads go, and whom an exclusion screens out."""
    criteria = {"who": {"label": "W", "bands": [{"when": ENTERPRISE, "points": 7}]}}
    compiled_rules = grouped(
        scoring__fit__criteria=criteria,
        scoring__exclusions={"small": {"reason": "x", "when": {"field": "segment", "op": "eq", "value": "small"}}},
        handover__routing=[{"team": "big", "when": ENTERPRISE}, {"team": "inside"}],
    )
    known, small = (judged(compiled_rules, account={"employees": n}) for n in (80, 10))
    assert (str(known.fit.points), known.route, known.exclusions) == ("7", (0, 1), ())
    assert (str(small.fit.points), small.route, small.exclusions) == ("0", (1,), ("small",))


def test_who_somebody_is_cannot_depend_on_itself() -> None:
    """Neither section asks for the other, nor for itself, nor does the scope: no circle can be written."""
    changes = {
        "scope": ENTERPRISE,
        "segments": {"known": {"label": "K", "when": ENTERPRISE}},
        "personas": {"p": {"label": "P", "when": {"not": ENTERPRISE}}},
    }
    assert {(f.code, f.path) for f in check_conditions(document(**changes))} == {
        ("FIELD_NOT_ALLOWED_HERE", "scope.field"),
        ("FIELD_NOT_ALLOWED_HERE", "segments[known].when.field"),
        ("FIELD_NOT_ALLOWED_HERE", "personas[p].when.not.field"),
    }


def test_a_document_without_segments_has_none_to_ask_for() -> None:
    """The name is unknown then, and a key that no segment has is not allowed."""
    missing = check_conditions(document(handover__triggers={"hot": {"label": "H", "when": ENTERPRISE}}))
    assert [f.code for f in missing] == ["UNKNOWN_FIELD"]
    other = {"field": "segment", "op": "eq", "value": "nobody"}
    hot = {"hot": {"label": "H", "when": other}}
    found = check_conditions(document(segments={"small": {"label": "S", "when": SMALL}}, handover__triggers=hot))
    assert [(f.code, f.path) for f in found] == [("VALUE_NOT_ALLOWED", "handover.triggers[hot].when.value")]


def test_a_field_of_that_name_is_meant_instead() -> None:
    """Whoever keeps a field `segment` of its own goes on comparing that."""
    fields = {**FIELDS, "segment": {"label": "Segment of the CRM", "type": "TEXT"}}
    compiled_rules = asking({"field": "segment", "op": "eq", "value": "gold"}, fields=fields)
    decision = judged(compiled_rules, fields={"segment": "gold"}, account={"employees": 10})
    assert (decision.verdict.due, decision.segment) == (True, "small")


def test_a_trigger_for_a_segment_that_its_own_condition_rules_out_contradicts_itself() -> None:
    """What a segment means is known where conditions are held against each other."""
    small = {"field": "segment", "op": "eq", "value": "small"}
    large = {"field": "account.employees", "op": "gte", "value": 50}
    changes = {"segments": {"small": {"label": "S", "when": SMALL}}}
    hot = {"hot": {"label": "H", "when": {"all": [small, large]}}}
    found = check_conditions(document(handover__triggers=hot, **changes))
    assert [(f.code, f.path) for f in found] == [("CONTRADICTION", "handover.triggers[hot].when")]
    sound = {"hot": {"label": "H", "when": {"all": [{"not": small}, large]}}}
    assert check_conditions(document(handover__triggers=sound, **changes)) == []


def test_the_trace_says_who_the_lead_was_and_who_was_asked_for() -> None:
    """The comparison stands there as it is written, with the segment that the lead belongs to."""
    rules = trace(asking(ENTERPRISE), facts(account={"employees": 10}), now=NOW)
    (rule,) = [rule for rule in rules if rule.path == "handover.triggers[who].when"]
    assert [(test.check.subject.name, test.failed, test.observed) for test in rule.tests] == [
        ("segment", True, "small")
    ]


def test_who_the_lead_is_has_words() -> None:
    """In both languages."""
    compiled_rules = asking(ENTERPRISE)
    assert Wording(compiled_rules.document, "en").condition(parsed(ENTERPRISE)) == "Segment is known"
    assert Wording(compiled_rules.document, "de").condition(parsed({"not": ENTERPRISE})) == "nicht (Segment ist known)"
