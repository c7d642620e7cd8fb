"""Checking tells everything at once: form, references and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.documents.check_document import check
from application.documents.document_yaml import write_yaml
from application.documents.templates import FOLDER
from domain.document.findings import Finding, Severity, has_errors
from tests.domain.document_samples import TODAY, small

UNKNOWN = {"field": "colour", "op": "eq", "value": "red"}


def errors(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    """Code and path of the findings that stop submission."""
    return {(f.code, f.path) for f in findings if f.severity is Severity.ERROR}


def test_a_sound_document_is_returned_without_findings() -> None:
    """As data and as text."""
    for written in (small(), write_yaml(small())):
        document, findings = check(written, today=TODAY)
        assert document is not None
        assert findings == ()


def test_references_and_conditions_are_checked_together() -> None:
    """Findings of both kinds come in one answer, with the document."""
    document, findings = check(small(defaultCalendar="nowhere", scope=UNKNOWN), today=TODAY)
    assert document is not None
    assert errors(findings) == {
        ("UNKNOWN_CALENDAR", "defaultCalendar"),
        ("UNKNOWN_FIELD", "scope.field"),
    }
    assert has_errors(findings)


def test_sections_that_can_be_read_are_checked_beside_faults_of_form() -> None:
    """A fault of form in one section does not hide what is wrong between the others."""
    document, findings = check(small(title="", handover__required=["fax"], scope=UNKNOWN), today=TODAY)
    assert document is None
    assert errors(findings) == {
        ("VALUE_NOT_ALLOWED", "title"),
        ("UNKNOWN_FIELD", "handover.required[0]"),
        ("UNKNOWN_FIELD", "scope.field"),
    }


def test_warnings_alone_do_not_stop_a_document() -> None:
    """A document with warnings can be submitted."""
    document, findings = check(small(handover__escalation=[]), today=TODAY)
    assert document is not None
    assert [f.code for f in findings] == ["ESCALATION_MISSING"]
    assert not has_errors(findings)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_template_file_can_be_checked_as_it_is(path: object) -> None:
    """The shipped files have no findings but that they ask for no consent to calls and visits."""
    document, findings = check(path.read_text(), today=TODAY)  # type: ignore[attr-defined]
    assert document is not None
    assert {found.code for found in findings} <= {"CONSENT_NOT_ASKED"}


CONDITION = st.recursive(
    st.fixed_dictionaries(
        {
            "field": st.sampled_from(
                ["email", "account.employees", "grade", "stage", "activities.call", "fit.percent", "x"]
            ),
            "op": st.sampled_from(["eq", "in", "between", "exists", "contains", "startsWith", "gte", "x"]),
            "value": st.none()
            | st.text(max_size=3)
            | st.integers()
            | st.lists(st.integers(), max_size=3)
            | st.booleans(),
        }
    ),
    lambda inner: st.fixed_dictionaries({"not": inner}) | st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
    max_leaves=4,
)


@given(scope=CONDITION, when=CONDITION, entry=CONDITION)
def test_no_condition_breaks_the_check(scope: object, when: object, entry: object) -> None:
    """Whatever a condition says, the answer is findings."""
    _, findings = check(
        small(scope=scope, handover__triggers__hot__when=when, journey__stages__mql__entry=entry), today=TODAY
    )
    assert all(finding.message.endswith((".", ")")) for finding in findings)


def leaves(written: Any, trail: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a document that is neither a map nor a list."""
    inside = written.items() if isinstance(written, dict) else enumerate(written) if isinstance(written, list) else None
    if inside is None:
        yield trail
        return
    for step, content in inside:
        yield from leaves(content, (*trail, step))


def test_no_fault_of_form_hides_a_name_that_nothing_defines() -> None:
    """Whatever else cannot be read, in the same section too: the unknown field of the handover is told."""
    sound = small(handover__required=["fax"], handover__returnReasons__late={"label": "L", "destination": "DATA"})
    hidden = []
    for trail, nonsense in zip(leaves(sound), cycle([{"no": "thing"}, 7.5, ""]), strict=False):
        broken = small(handover__required=["fax"], handover__returnReasons__late={"label": "L", "destination": "DATA"})
        place: Any = broken
        for step in trail[:-1]:
            place = place[step]
        place[trail[-1]] = nonsense
        _, findings = check(broken, today=TODAY)
        if trail[:2] != ("handover", "required") and "handover.required[0]" not in {f.path for f in findings}:
            hidden.append(trail)
    assert hidden == []


def test_every_finding_about_a_text_says_where_it_stands() -> None:
    """Of form, of references and of conditions; in a template's file too, whose document begins further down."""
    text = write_yaml(small(scope=UNKNOWN, handover__required=["fax"], title=""))
    _, findings = check(text, today=TODAY)
    lines = {f.path: f.message.rpartition("(line ")[2].partition(",")[0] for f in findings}
    for path in ("title", "scope.field", "handover.required[0]"):
        word = {"title": "title", "scope.field": "colour", "handover.required[0]": "fax"}[path]
        assert word in text.splitlines()[int(lines[path]) - 1]
    template = "template: {}\ndocument:\n" + "".join(f"  {line}\n" for line in text.splitlines())
    _, inside = check(template, today=TODAY)
    assert {f.path: f.message for f in inside}.keys() == lines.keys()
    shifted = {f.path: f.message.rpartition("(line ")[2].partition(",")[0] for f in inside}
    assert {path: int(line) - 2 for path, line in shifted.items()} == {path: int(line) for path, line in lines.items()}


def test_a_misspelt_name_is_told_with_the_one_that_was_meant() -> None:
    """In references between sections and in conditions."""
    misspelt = {"field": "emial", "op": "exists"}
    _, findings = check(small(handover__required=["emial"], scope=misspelt), today=TODAY)
    assert [f.message.endswith("Did you mean 'email'?") for f in findings] == [True, True]
