"""A lead's persona and segment, and the journey of its segment, in judging."""

from __future__ import annotations

from typing import Any

import pytest

from domain.decision import Decision
from rules.checking import check_conditions
from rules.rulebook import Rulebook
from tests.rules.judging import decide
from tests.rules.samples import STAGES, book

TEXT = {"field": "text", "op": "exists"}
SMALL = {"field": "account.employees", "op": "lt", "value": 50}
JOURNEY = ["trial", "pql", "sal", "customer", "lost", "recycled", "out"]


def grouped(**more: Any) -> Rulebook:
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
    return book(journey__stages=stages, **{**groups, **more})


def judged(rulebook: Rulebook, **more: Any) -> Decision:
    """The decision on a lead, by both forms."""
    return decide(rulebook=rulebook, **more)


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
    decision = judged(book(journey__stages=stages, segments=segments), stage="demo", account={"employees": 10})
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
    rulebook = book()
    when = {"field": "grade", "op": "eq", "value": "A1"}
    document = type(rulebook.document).model_validate(
        rulebook.document.to_json()
        | {
            "personas": [{"key": "p", "label": "P", "when": when}],
            "segments": [{"key": "s", "label": "S", "when": {"field": "nope", "op": "exists"}}],
        }
    )
    assert {(f.code, f.path) for f in check_conditions(document)} == {
        ("SCORE_NOT_ALLOWED_HERE", "personas[p].when.field"),
        ("UNKNOWN_FIELD", "segments[s].when.field"),
    }
