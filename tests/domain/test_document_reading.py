"""A document is read from data with all faults at once, each with a stable code and its path."""

from __future__ import annotations

from typing import Any

import pytest

from domain.document.conditions import MAX_COMPARISONS, MAX_DEPTH, MAX_VALUES
from domain.document.content_hash import document_digest
from domain.document.reading.reading import MAX_FINDINGS, merge_sections, read_document
from tests.domain.document_samples import document, faults, small

HOLDS = {"field": "email", "op": "exists"}
WHEN = "scoring__fit__criteria__size__bands"
WHEN_PATH = "scoring.fit.criteria[size].bands[0].when"


def nested(depth: int) -> dict[str, Any]:
    """A comparison inside so many nots."""
    condition: dict[str, Any] = HOLDS
    for _ in range(depth):
        condition = {"not": condition}
    return condition


def test_a_sound_document_is_read() -> None:
    """Maps and short labels become keyed lists and translations."""
    read = document()
    assert [stage.key for stage in read.journey.stages][:2] == ["prospect", "mql"]
    assert read.title[0].language == "en"


def test_every_section_tells_its_faults_at_the_same_time() -> None:
    """Ten faults of ten kinds in several sections come in one go."""
    data = small(
        title={"en": "", "english": "x"},
        accountable=None,
        reviewOn="30.6.2027",
        calendars__office__timeZone="Europe/Bochum",
        calendars__office__hours__mon=["9:00-17:00"],
        fields__email__type="STRING",
        journey__stages__sal__winProbability=1.5,
        journey__stages__sal__timeLimit={"duration": "4 hours"},
        scoring__fit__criteria__size__label=None,
        handover__answerWithin={"duration": "PT4H", "clock": "business"},
        handover__triggers__hot__colour="red",
        sales={},
    )
    assert faults(data) == {
        ("UNKNOWN_SECTION", "sales"),
        ("VALUE_NOT_ALLOWED", "title.en"),
        ("VALUE_NOT_ALLOWED", "title.english"),
        ("MISSING", "accountable"),
        ("DATE_FORMAT", "reviewOn"),
        ("TIME_ZONE_UNKNOWN", "calendars[office].timeZone"),
        ("INTERVAL_FORMAT", "calendars[office].hours.mon[0]"),
        ("VALUE_NOT_ALLOWED", "fields[email].type"),
        ("OUT_OF_RANGE", "journey.stages[sal].winProbability"),
        ("DURATION_FORMAT", "journey.stages[sal].timeLimit.duration"),
        ("MISSING", "scoring.fit.criteria[size].label"),
        ("VALUE_NOT_ALLOWED", "handover.answerWithin.clock"),
        ("UNKNOWN_PROPERTY", "handover.triggers[hot].colour"),
    }


@pytest.mark.parametrize(
    ("condition", "code", "path"),
    [
        ("grade = A1", "WRONG_TYPE", WHEN_PATH),
        ({"field": "email"}, "MISSING", f"{WHEN_PATH}.op"),
        (
            {"all": [HOLDS, {"not": {"any": [{"field": 1, "op": "eq"}]}}]},
            "WRONG_TYPE",
            f"{WHEN_PATH}.all[1].not.any[0].field",
        ),
        ({"all": [], "any": []}, "UNKNOWN_PROPERTY", f"{WHEN_PATH}.any"),
        ({"all": HOLDS}, "WRONG_TYPE", f"{WHEN_PATH}.all"),
        ({"field": "email", "op": "eq", "value": {"a": 1}}, "VALUE_SHAPE", f"{WHEN_PATH}.value"),
        ({"field": "email", "op": "eq", "value": 2**53 + 1}, "VALUE_RANGE", f"{WHEN_PATH}.value"),
        ({"field": "email", "op": "in", "value": ["x"] * 5001}, "TOO_MANY_ITEMS", f"{WHEN_PATH}.value"),
        ({"field": "email", "op": "eq", "value": "a\x00"}, "TEXT_NOT_ALLOWED", f"{WHEN_PATH}.value"),
        (nested(MAX_DEPTH + 1), "CONDITION_TOO_DEEP", WHEN_PATH),
        ({"all": [{"any": [HOLDS] * 101}, {"any": [HOLDS] * 100}]}, "CONDITION_TOO_LARGE", WHEN_PATH),
    ],
)
def test_a_faulty_condition_is_named_by_its_path(condition: object, code: str, path: str) -> None:
    """Paths go through all, any and not, without anything that the models need for themselves."""
    assert (code, path) in faults(small(**{WHEN: [{"when": condition, "points": 1}]}))


def test_conditions_up_to_the_bounds_are_read() -> None:
    """The deepest and the largest condition are still fine."""
    assert not faults(small(scope=nested(MAX_DEPTH)))
    assert not faults(small(scope={"all": [HOLDS] * MAX_COMPARISONS}))
    assert not faults(small(scope={**HOLDS, "op": "in", "value": ["x"] * MAX_VALUES}))


def test_repeated_keys_are_told_beside_other_faults_of_the_same_list() -> None:
    """A list with a faulty item still tells which keys are there twice."""
    one = {"key": "email", "label": "E", "type": "TEXT"}
    assert faults(small(fields=[one, one, {"key": "x y", "label": "X", "type": "TEXT"}])) == {
        ("KEY_REPEATED", "fields[email]"),
        ("MALFORMED_KEY", "fields[x y].key"),
    }


def test_a_key_inside_must_be_the_key_outside() -> None:
    """A map whose item names another key is not guessed at."""
    assert faults(small(fields__email__key="mail")) == {("KEY_MISMATCH", "fields")}


def test_python_names_are_not_accepted() -> None:
    """There is one spelling outside: camelCase."""
    assert ("UNKNOWN_SECTION", "default_calendar") in faults(small() | {"default_calendar": "office"})
    assert ("UNKNOWN_PROPERTY", "handover.answer_within") in faults(small(handover__answer_within={"duration": "P1D"}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fields__email__scale": 2}, "FIELD_SCALE"),
        ({"fields__email__type": "ENUM"}, "FIELD_VALUES"),
        ({"fields__email__values": ["a"]}, "FIELD_VALUES"),
        ({"scoring__fit__bands": {"A": {"from": 0}, "B": {"from": 50}}}, "BANDS_ORDER"),
        ({"scoring__interest__signals__call__window": "PT5H"}, "WHOLE_DAYS"),
        ({"handover__answerWithin": {"duration": "PT0S"}}, "LIMIT_ZERO"),
        ({"calendars__office__hours": {}}, "NEVER_OPEN"),
        ({"calendars__office__hours__mon": ["09:00-12:00", "11:00-13:00"]}, "INTERVAL_OVERLAP"),
        ({"calendars__office__hours__mon": ["12:00-09:00"]}, "INTERVAL_ORDER"),
        ({"calendars__office__holidays": {"country": "DE", "subdivision": "QQ"}}, "HOLIDAYS_UNKNOWN"),
        ({"title": {}}, "LABEL_EMPTY"),
        ({"title": [{"language": "en", "text": "a"}, {"language": "en", "text": "b"}]}, "LABEL_REPEATED"),
        ({"priority": 10**20}, "OUT_OF_RANGE"),
        ({"priority": 1.5}, "WRONG_TYPE"),
        ({"handover__warnAt": "soon"}, "WRONG_TYPE"),
        ({"handover__warnAt": 0.12345678}, "DECIMAL_RANGE"),
        ({"handover__triggers": {}}, "TOO_FEW_ITEMS"),
        ({"handover__routing": {"team": "inside"}}, "WRONG_TYPE"),
        ({"handover__required": ["account.x.y"]}, "MALFORMED_KEY"),
        ({"accountable": "\ud800"}, "TEXT_NOT_ALLOWED"),
        ({"reviewOn": "2027-02-30"}, "DATE_FORMAT"),
        ({"reviewOn": 20270630}, "DATE_FORMAT"),
        ({"journey": []}, "WRONG_TYPE"),
    ],
)
def test_each_fault_has_its_code(changes: dict[str, Any], code: str) -> None:
    """One planted fault is one finding."""
    found = faults(small(**changes))
    assert {c for c, _ in found} == {code}, found


@pytest.mark.parametrize("data", [None, [], "text", 5, True, {}, {1: 2}, {"journey": None}])
def test_what_is_no_document_is_a_finding(data: object) -> None:
    """Anything that is not an object with the sections is refused."""
    loaded = read_document(data)
    assert loaded.document is None
    assert loaded.findings


def test_endless_nesting_is_refused() -> None:
    """However deep data is nested, it ends in a finding."""
    data: Any = {}
    for _ in range(100_000):
        data = {"all": [data]}
    assert [f.code for f in read_document({"scope": data}).findings] == ["DOCUMENT_TOO_DEEP"]


def test_a_huge_document_is_refused() -> None:
    """Beyond a million characters nothing is looked at."""
    assert [f.code for f in read_document(small(title="x" * 1_000_001)).findings] == ["DOCUMENT_TOO_LARGE"]


def test_the_number_of_findings_is_bounded() -> None:
    """A flood of faults says how many are not shown."""
    findings = read_document(small(handover__required=["a b"] * 999)).findings
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].code == "MORE_FINDINGS"


def test_a_section_replaces_and_the_rest_stays() -> None:
    """Merging a section changes that section only."""
    current = document()
    merged = merge_sections(current, {"feedback": {"outcomeUpdateEvery": {"duration": "P5D"}}, "priority": 7})
    assert merged.document is not None
    assert merged.document.priority == 7
    assert merged.document == current.model_copy(
        update={"feedback": merged.document.feedback, "priority": merged.document.priority}
    )


def test_null_removes_an_optional_section_only() -> None:
    """A required section cannot be removed, an unknown one not be set."""
    current = document(scope=HOLDS, reviewOn="2027-06-30")
    merged = merge_sections(current, {"scope": None, "reviewOn": None, "fields": None})
    assert merged.document == document(fields={})
    refused = merge_sections(current, {"journey": None, "sales": {}, "handover": {"routing": 1}})
    assert refused.document is None
    assert {("SECTION_REQUIRED", "journey"), ("UNKNOWN_SECTION", "sales"), ("WRONG_TYPE", "handover.routing")} <= {
        (f.code, f.path) for f in refused.findings
    }


@pytest.mark.parametrize("sections", [None, [], "x"])
def test_sections_are_an_object(sections: object) -> None:
    """Anything else is refused."""
    assert [f.code for f in merge_sections(document(), sections).findings] == ["WRONG_TYPE"]


def test_equal_documents_have_equal_digests() -> None:
    """The digest does not depend on how a document was written, but on every word of it."""
    written = document(handover__warnAt=0.5, title="A")
    same = document(handover__warnAt="0.50", title=[{"language": "en", "text": "A"}], targets={}, priority=0)
    assert document_digest(written) == document_digest(same)
    assert document_digest(written) != document_digest(document(handover__warnAt=0.5, title="B"))
