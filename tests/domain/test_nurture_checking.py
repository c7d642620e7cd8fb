"""Nurture tracks that name nothing, that nobody gets, or that never advance [X.1], [S1.2]."""

from __future__ import annotations

from typing import Any

import pytest

from domain.checking.checking import check_references
from domain.document.findings import Severity
from tests.domain.document_samples import document

MAIL = {"mail": {"label": "Mail", "direction": "OUTBOUND", "channel": "email", "party": "MARKETING"}}


def track(**more: Any) -> dict[str, Any]:
    """A track of one piece of content."""
    return {"label": "T", "steps": [{"content": "welcome", "channel": "email"}]} | more


def found(nurturing: dict[str, Any], **changes: Any) -> dict[tuple[str, str], Severity]:
    """What is found about a document with this section; one of its activity types tells what was sent."""
    consents = {"consents": {"news": {"label": "News"}}}
    checked = document(nurturing=nurturing, contact=consents, **({"activityTypes": MAIL} | changes))
    return {(f.code, f.path): f.severity for f in check_references(checked) if "signals" not in f.path}


def test_a_sound_section_gives_no_finding() -> None:
    """Tracks for everybody, an entry for the only reason, and a question for what is required."""
    section = {
        "startWithin": {"duration": "P2D"},
        "cap": {"contacts": 3, "within": "P14D"},
        "tracks": {"all": track(stages=["back"], buyingStages=[])},
        "returns": {"no-need": {"track": "all"}},
        "questions": [{"field": "email", "question": "Your address?"}],
    }
    assert found(section) == {}


@pytest.mark.parametrize(
    ("section", "code", "path"),
    [
        ({"tracks": {"a": track(personas=["x"])}}, "UNKNOWN_PERSONA", "nurturing.tracks[a].personas[0]"),
        ({"tracks": {"a": track(stages=["x"])}}, "UNKNOWN_STAGE", "nurturing.tracks[a].stages[0]"),
        ({"tracks": {"a": track(buyingStages=["x"])}}, "UNKNOWN_BUYING_STAGE", "nurturing.tracks[a].buyingStages[0]"),
        ({"tracks": {"a": track()}, "returns": {"x": {"track": "a"}}}, "UNKNOWN_RETURN_REASON", "nurturing.returns[x]"),
        ({"returns": {"no-need": {"track": "x"}}}, "UNKNOWN_TRACK", "nurturing.returns[no-need].track"),
        (
            {"tracks": {"a": track()}, "returns": {"no-need": {"track": "a", "step": 2}}},
            "UNKNOWN_STEP",
            "nurturing.returns[no-need].step",
        ),
        ({"questions": [{"field": "x", "question": "?"}]}, "UNKNOWN_FIELD", "nurturing.questions[0].field"),
    ],
)
def test_what_nothing_defines_stops_submission(section: dict[str, Any], code: str, path: str) -> None:
    """A name that leads nowhere is an error at its place."""
    assert found(section).get((code, path)) is Severity.ERROR


@pytest.mark.parametrize(
    ("section", "changes", "code", "path"),
    [
        (
            {"tracks": {"a": track(steps=[{"content": "c", "channel": "email"}] * 2)}},
            {},
            "CONTENT_TWICE",
            "nurturing.tracks[a].steps[1].content",
        ),
        (
            {"tracks": {"a": track()}},
            {"activityTypes": {"call": {"label": "Call", "direction": "INBOUND"}}},
            "TRACK_NEVER_ADVANCES",
            "nurturing.tracks",
        ),
        (
            {"tracks": {"a": track(stages=["prospect"])}},
            {},
            "NURTURE_WITHOUT_TRACK",
            "handover.returnReasons[no-need]",
        ),
        (
            {"tracks": {"a": track()}, "returns": {"no-need": {"track": "a"}}},
            {"handover__returnReasons": {"no-need": {"label": "No", "destination": "DISCARD"}}},
            "ENTRY_NOT_USED",
            "nurturing.returns[no-need]",
        ),
        (
            {"questions": [{"field": "account.employees", "question": "?"}]},
            {},
            "QUESTION_NOT_NEEDED",
            "nurturing.questions[0].field",
        ),
        (
            {"questions": [{"field": "email", "question": "?"}] * 2},
            {},
            "QUESTION_TWICE",
            "nurturing.questions[1].field",
        ),
    ],
)
def test_what_looks_wrong_is_shown(section: dict[str, Any], changes: dict[str, Any], code: str, path: str) -> None:
    """People decide about a track that nobody is on, or that asks for nothing."""
    assert found(section, **changes).get((code, path)) is Severity.WARNING
