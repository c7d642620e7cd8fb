"""What is wrong with the journeys of segments is found, each with its code and path [X.1]."""

from __future__ import annotations

import pytest

from domain.checking.checking import check_references
from domain.document.content_hash import document_digest
from domain.document.findings import Severity
from domain.document.sections.segments import journey_of
from tests.domain.document_samples import document

WHOLE = ["prospect", "mql", "sal", "won", "lost", "back", "out"]
HOLDS = {"field": "email", "op": "exists"}


def found(*journey: str) -> set[tuple[str, str, str]]:
    """Severity, code and path of the findings about a segment with this journey."""
    segments = {"small": {"label": "Small", "when": HOLDS, "journey": list(journey)}}
    findings = check_references(document(segments=segments))
    return {(f.severity.value, f.code, f.path.removeprefix("segments[small].journey")) for f in findings}


def test_a_segment_may_take_the_whole_journey_or_say_nothing() -> None:
    """Nothing is found where nothing is wrong."""
    assert found() == set()
    assert found(*WHOLE) == set()


@pytest.mark.parametrize(
    ("journey", "expected"),
    [
        ([*WHOLE, "x"], ("ERROR", "UNKNOWN_STAGE", "[7]")),
        ([*WHOLE, "won"], ("WARNING", "STAGE_TWICE", "[7]")),
        (["mql", "prospect", *WHOLE[2:]], ("WARNING", "STAGE_ORDER", "[1]")),
        ([key for key in WHOLE if key != "back"], ("ERROR", "STAGE_KIND_MISSING", "")),
        ([key for key in WHOLE if key != "lost"], ("WARNING", "STAGE_KIND_MISSING", "")),
    ],
)
def test_a_fault_is_told_at_its_place(journey: list[str], expected: tuple[str, str, str]) -> None:
    """Each fault has its code, and the path of the stage it is about."""
    assert found(*journey) == {expected}


def test_a_stage_that_the_segment_cannot_reach_is_doubtful() -> None:
    """Leaving out a stage may cut off those behind it."""
    stages = {
        "journey__stages__sal__next": ["demo"],
        "journey__stages__demo": {
            "label": "D",
            "kind": "OPPORTUNITY",
            "owner": "SALES",
            "next": ["won", "lost"],
        },
    }
    segment = {"label": "Small", "when": HOLDS, "journey": WHOLE}
    findings = check_references(document(segments={"small": segment}, **stages))
    assert {(f.severity, f.code, f.path) for f in findings} == {
        (Severity.WARNING, "STAGE_UNREACHABLE", f"segments[small].journey[{index}]") for index in (3, 4)
    }


def test_of_the_transitions_those_between_its_stages_stay() -> None:
    """Order and content of the stages are the document's."""
    made = document(segments={"small": {"label": "S", "when": HOLDS, "journey": ["won", "sal", "prospect"]}})
    own = journey_of(made.segments[0], made.journey)
    assert [(stage.key, stage.next) for stage in own.stages] == [("prospect", ()), ("sal", ("won",)), ("won", ())]


def test_empty_sections_do_not_change_a_digest() -> None:
    """Documents from before personas and segments keep their digests."""
    bare, with_persona = document(), document(personas={"p": {"label": "P", "when": HOLDS}})
    assert document_digest(document(personas={}, segments=[])) == document_digest(bare)
    assert document_digest(with_persona) != document_digest(bare)
